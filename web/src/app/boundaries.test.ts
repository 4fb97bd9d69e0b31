// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.tsx?$/.test(name),
);

/** The part of the application that a file belongs to: `features/explore`, `grid`, `main.tsx`. */
function partOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'features' ? `${first}/${second}` : first;
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].flatMap(([, target = '']) => {
    if (target.startsWith('@/')) return [target.slice(2)];
    return target.startsWith('.') ? [join(file, '..', target)] : [];
  });
}

const crossings = files.flatMap((file) =>
  importsOf(file)
    .map((target) => ({ from: partOf(file), to: partOf(target), file }))
    .filter(({ from, to }) => from !== to),
);

test('no feature reaches into another, and nothing below knows a feature or the application', () => {
  const upward = crossings.filter(
    ({ from, to }) => from !== 'app' && from !== 'main.tsx' && (to.startsWith('features') || to === 'app'),
  );
  expect(upward).toEqual([]);
});

test('only one part knows each heavy library', () => {
  const users = (name: string) => [
    ...new Set(
      files
        .filter(
          (file) =>
            !file.includes('.test.') && readFileSync(join(source, file), 'utf8').includes(`from '${name}`),
        )
        .map(partOf),
    ),
  ];
  expect(users('echarts')).toEqual(['charts']);
  expect(users('@codemirror')).toEqual(['editor']);
  expect(users('@uwdata')).toEqual(['api']);
});
