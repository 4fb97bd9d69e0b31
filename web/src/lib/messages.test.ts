// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { messages } from './messages';

const source = join(import.meta.dirname, '..');
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('messages.ts'))
  .map((name) => readFileSync(join(source, name), 'utf8'))
  .join('\n');

/** Written out, counted (`tCount('status.rows', …)`), or made from its group: `operator.${name}`. */
function isUsed(key: string): boolean {
  const [group] = key.split('.');
  const base = key.replace(/\.(one|other)$/, '');
  const made = key.slice(0, key.lastIndexOf('.'));
  return [`'${key}'`, `'${base}'`, `\`${made}.$`, `\`${group}.$`].some((text) => code.includes(text));
}

test('every message is said somewhere', () => {
  expect(Object.keys(messages).filter((key) => !isUsed(key))).toEqual([]);
});
