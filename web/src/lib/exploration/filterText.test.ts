import { expect, test } from 'vitest';
import type { Filter } from '@/api/types';
import { readFilter, writeFilter } from './filterText';

const cases: [Filter, string][] = [
  [{ field: 'customers.region', is: ['EUROPE', 'ASIA'] }, 'customers.region is EUROPE,ASIA'],
  [{ field: 'parts.size', is: ['2'] }, 'parts.size is "2"'],
  [{ field: 'parts.size', is: [2] }, 'parts.size is 2'],
  [{ field: 'parts.name', contains: ['a, b', 'say "x"', ''] }, 'parts.name contains "a, b",say "x",""'],
  [{ field: 'a.b', is: [null] }, 'a.b is null'],
  [{ field: 'a.b', is: ['null'] }, 'a.b is "null"'],
  [{ field: 'a.b', is: [true] }, 'a.b is true'],
  [{ field: 'a.b', is_null: false }, 'a.b is_null false'],
  [{ field: 'a.b', greater_than: -1.5 }, 'a.b greater_than -1.5'],
  [{ field: 'a.b', during: 'last 3 complete weeks' }, 'a.b during last 3 complete weeks'],
  [{ field: 'a.b', between: ['2026-01-01', '2026-02-01'] }, 'a.b between 2026-01-01,2026-02-01'],
  [
    { any_of: [{ field: 'a.b', is: ['x'] }, { all_of: [{ field: 'a.c', less_than: 1 }] }] },
    '{"any_of":[{"field":"a.b","is":["x"]},{"all_of":[{"field":"a.c","less_than":1}]}]}',
  ],
];

test.each(cases)('%j is written and read back', (filter, text) => {
  expect(writeFilter(filter)).toBe(text);
  expect(readFilter(text)).toEqual(filter);
});

test.each([
  '',
  'a.b',
  'a.b is',
  'a.b likes x',
  'a b is x',
  '<b> is x',
  'a.b between 1',
  'a.b greater_than 1,2',
  'a.b is "open',
  '{"any_of":[{"field":"a.b"}]}',
  '{"none_of":[]}',
  '{broken',
])('`%s` is no filter', (text) => {
  expect(readFilter(text)).toBeNull();
});
