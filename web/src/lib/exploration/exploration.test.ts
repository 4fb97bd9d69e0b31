import { expect, test } from 'vitest';
import type { Topic } from '@/api/types';
import { cycleSort, emptyExploration, moveField, toFieldQuery, toggleField } from './exploration';

const topic: Topic = {
  name: 'orders',
  label: 'Orders',
  description: null,
  base_view: 'orders',
  timezone: 'UTC',
  default_row_limit: 1000,
  default_filters: [{ field: 'orders.at', during: 'last 12 months' }],
  views: [],
};

test('the topic gives the filters and the limit that the address leaves out', () => {
  expect(toFieldQuery({ ...emptyExploration, fields: ['a.b'] }, topic)).toEqual({
    topic: 'orders',
    fields: ['a.b'],
    filters: topic.default_filters,
    sorts: [],
    limit: 1000,
  });
});

test('a sort on a field that is gone is not sent', () => {
  const sorted = { ...emptyExploration, fields: ['a.b'], sorts: [{ field: 'a.c', descending: false }] };
  expect(toFieldQuery(sorted, topic).sorts).toEqual([]);
});

test('taking a field away takes its sort away', () => {
  const before = { ...emptyExploration, fields: ['a.b', 'a.c'], sorts: [{ field: 'a.b', descending: true }] };
  expect(toggleField(before, 'a.b')).toMatchObject({ fields: ['a.c'], sorts: [] });
  expect(toggleField(before, 'a.d').fields).toEqual(['a.b', 'a.c', 'a.d']);
});

test('a header goes through both directions and back to unsorted', () => {
  const first = cycleSort([], 'a', true, false);
  const second = cycleSort(first, 'a', true, false);
  expect(first).toEqual([{ field: 'a', descending: true }]);
  expect(second).toEqual([{ field: 'a', descending: false }]);
  expect(cycleSort(second, 'a', true, false)).toEqual([]);
});

test('with shift the other sorts stay in their order', () => {
  const sorts = [
    { field: 'a', descending: true },
    { field: 'b', descending: false },
  ];
  expect(cycleSort(sorts, 'a', true, true)).toEqual([{ field: 'a', descending: false }, sorts[1]]);
  expect(cycleSort(sorts, 'c', false, true)).toEqual([...sorts, { field: 'c', descending: false }]);
  expect(cycleSort(sorts, 'c', false, false)).toEqual([{ field: 'c', descending: false }]);
});

test('a field does not move past the edge', () => {
  const three = { ...emptyExploration, fields: ['a', 'b', 'c'] };
  expect(moveField(three, 'b', -1).fields).toEqual(['b', 'a', 'c']);
  expect(moveField(three, 'a', -1).fields).toEqual(['a', 'b', 'c']);
  expect(moveField(three, 'c', 1).fields).toEqual(['a', 'b', 'c']);
});
