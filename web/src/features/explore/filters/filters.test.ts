import { expect, test } from 'vitest';
import type { FieldFilter } from '@/api/types';
import { field, orders } from '../topic.fixture';
import { draftOf, exactNumber, filterOf, newDraft, withCondition } from './draft';
import { filterInWords } from './filterWords';

test.each<[FieldFilter, 'string' | 'number' | 'boolean' | 'date']>([
  [{ field: 'a.b', is: ['x', 'y'] }, 'string'],
  [{ field: 'a.b', between: [1, 2.5] }, 'number'],
  [{ field: 'a.b', at_least: 3 }, 'number'],
  [{ field: 'a.b', is: [false] }, 'boolean'],
  [{ field: 'a.b', during: 'this year' }, 'date'],
  [{ field: 'a.b', before: '2026-01-01' }, 'date'],
  [{ field: 'a.b', is_null: false }, 'string'],
])('%j goes through the editor unchanged', (filter, type) => {
  const draft = draftOf(filter, field('a.b', { type }));
  expect(draft && filterOf(draft, type)).toEqual(filter);
});

test('what the editor has no form for is not opened in it', () => {
  expect(draftOf({ field: 'a.b', is: [null] }, field('a.b'))).toBeNull();
  expect(draftOf({ field: 'a.b', greater_than: 'x' }, field('a.b'))).toBeNull();
});

test('an unfinished filter is no filter', () => {
  expect(filterOf({ field: 'a.b', condition: 'is', texts: [] }, 'string')).toBeNull();
  expect(filterOf({ field: 'a.b', condition: 'between', texts: ['1', ''] }, 'number')).toBeNull();
  expect(filterOf({ field: 'a.b', condition: 'is', texts: ['one'] }, 'number')).toBeNull();
});

test('a number keeps all its digits or is refused', () => {
  expect(exactNumber('-1200.50')).toBe(-1200.5);
  expect(exactNumber('12345678901234567')).toBeNull();
  expect(exactNumber('1e3')).toBeNull();
});

test('a new filter starts with what is usual for its type', () => {
  expect(newDraft(field('a.b', { type: 'date' }))).toMatchObject({
    condition: 'during',
    texts: ['last 12 months'],
  });
  expect(newDraft(field('a.b', { type: 'number', kind: 'measure' })).condition).toBe('greater_than');
  const period = newDraft(field('a.b', { type: 'date' }));
  expect(withCondition(period, 'before', 'date').texts).toEqual([]);
});

test('filters are said in words', () => {
  expect(filterInWords({ field: 'orders.status', is: ['open', 'done'] }, orders)).toBe(
    'Status is open or done',
  );
  expect(filterInWords({ field: 'orders.status', is: ['a', 'b', 'c', 'd'] }, orders)).toBe(
    'Status is a or b or c +1',
  );
  expect(filterInWords({ field: 'orders.status', is_null: false }, orders)).toBe('Status is not empty');
  expect(filterInWords({ field: 'orders.at[month]', is: [null] }, orders)).toBe('Ordered at, month is empty');
  expect(
    filterInWords(
      {
        any_of: [
          { field: 'orders.total', at_most: 3 },
          { field: 'x.y', is: [true] },
        ],
      },
      orders,
    ),
  ).toBe('any of: Total is at most 3 · x.y is yes');
});
