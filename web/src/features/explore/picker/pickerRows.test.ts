import { expect, test } from 'vitest';
import { orders } from '../topic.fixture';
import { pickerRows } from './pickerRows';

const keys = (search: string, chosen: string[] = [], open: string[] = []) =>
  pickerRows(orders, { search, chosen, open: new Set(open) }).map((row) => row.key);

test('a view lists its dimensions, grouped ones after the others, then its measures', () => {
  expect(keys('')).toEqual([
    'view orders',
    'dimension orders',
    'orders.at',
    'orders.total',
    'dimension orders Progress',
    'orders.status',
    'measure orders',
    'orders.count',
    'view customers',
    'dimension customers',
    'customers.name',
  ]);
});

test('the search reads labels, names and synonyms, every word of it', () => {
  expect(keys('number ORD')).toEqual(['view orders', 'measure orders', 'orders.count']);
  expect(keys('day')).toContain('orders.at');
  expect(keys('nothing like this')).toEqual([]);
});

test('an open field shows its time frames and the exact value', () => {
  const rows = pickerRows(orders, {
    search: 'ordered',
    chosen: ['orders.at[month]'],
    open: new Set(['orders.at']),
  });
  expect(rows.flatMap((row) => (row.type === 'frame' ? [[row.frame, row.chosen]] : []))).toEqual([
    ['month', true],
    ['year', false],
    [null, false],
  ]);
  expect(rows.find((row) => row.key === 'orders.at')).toMatchObject({ chosen: true, open: true });
});
