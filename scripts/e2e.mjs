// Starts a demonstration on a free port, with a folder of its own and little data, runs the browser tests on it, stops it.
//   node scripts/e2e.mjs TESSERA [OPTIONS OF VITEST…]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SCALE = '0.01';

const [tessera, ...options] = process.argv.slice(2);
const data = mkdtempSync(join(tmpdir(), 'tessera-e2e-'));
const server = spawn(tessera, ['demo', '--port', '0', '--data-dir', data, '--scale', SCALE], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const stopped = once(server, 'exit');

let status = 1;
try {
  const url = await listening();
  status = await run('npm', ['run', 'e2e', '--', ...options], { TESSERA_URL: url });
} catch (error) {
  console.error(error.message);
} finally {
  server.kill('SIGINT');
  await stopped;
  rmSync(data, { recursive: true, force: true });
}
process.exit(status);

/** The address that the server prints when it listens. */
function listening() {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    stopped.then(([code]) => reject(new Error(`the demonstration did not start: exit code ${code}`)), reject);
    createInterface({ input: server.stdout }).on('line', (line) => {
      const address = line.match(/http:\/\/\S+/);
      if (address) resolve(address[0]);
    });
  });
}

async function run(command, args, variables) {
  const web = join(import.meta.dirname, '..', 'web');
  const child = spawn(command, args, { cwd: web, stdio: 'inherit', env: { ...process.env, ...variables } });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
