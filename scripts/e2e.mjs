// Starts a demonstration on a free port, with a folder of its own and little data, runs the browser tests on it, stops it.
//   node scripts/e2e.mjs TESSERA [OPTIONS OF VITEST…]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SCALE = '0.01';
const START_LIMIT_MS = 120_000;

const [tessera, ...options] = process.argv.slice(2);
const data = mkdtempSync(join(tmpdir(), 'tessera-e2e-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = spawn(tessera, ['demo', '--port', String(port), '--data-dir', data, '--scale', SCALE], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
const stopped = new Promise((resolve) => server.once('exit', (code, signal) => resolve(signal ?? code)));

let status = 1;
try {
  await ready();
  status = await run('npm', ['run', 'e2e', '--', ...options], { TESSERA_URL: url });
} catch (error) {
  console.error(error.message);
} finally {
  server.kill('SIGINT');
  await stopped;
  rmSync(data, { recursive: true, force: true });
}
process.exit(status);

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = createServer().once('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

async function ready() {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit) {
    const over = await Promise.race([stopped, pause(100, 'running')]);
    if (over !== 'running') throw new Error(`the demonstration did not start: ${over}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
  }
  throw new Error(`the demonstration did not answer within ${START_LIMIT_MS / 1000} s`);
}

function run(command, args, variables) {
  const web = join(import.meta.dirname, '..', 'web');
  const child = spawn(command, args, { cwd: web, stdio: 'inherit', env: { ...process.env, ...variables } });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
