// Prints the gzipped size of what a first visit loads and of each lazy chunk; fails above the budget.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD_BUDGET_KB = 250;
const LAZY_CHUNK_BUDGET_KB = 300;
const dist = join(import.meta.dirname, '..', 'dist');

const page = readFileSync(join(dist, 'index.html'), 'utf8');
const sizes = readdirSync(join(dist, 'assets'))
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => ({
    name,
    first: page.includes(`/assets/${name}`),
    kb: gzipSync(readFileSync(join(dist, 'assets', name)), { level: 9 }).length / 1000,
  }))
  .sort((a, b) => Number(b.first) - Number(a.first) || b.kb - a.kb);

for (const { name, first, kb } of sizes) {
  console.log(`${first ? 'first' : 'lazy '}  ${kb.toFixed(1).padStart(7)} kB  ${name}`);
}
const firstLoad = sizes.filter((file) => file.first).reduce((sum, file) => sum + file.kb, 0);
console.log(`first load ${firstLoad.toFixed(1)} kB of ${FIRST_LOAD_BUDGET_KB} kB, gzipped`);

const tooLarge = sizes.filter((file) => !file.first && file.kb > LAZY_CHUNK_BUDGET_KB);
for (const file of tooLarge) console.error(`${file.name} is above ${LAZY_CHUNK_BUDGET_KB} kB`);
if (firstLoad > FIRST_LOAD_BUDGET_KB) console.error('the first load is above its budget');
process.exit(firstLoad > FIRST_LOAD_BUDGET_KB || tooLarge.length > 0 ? 1 : 0);
