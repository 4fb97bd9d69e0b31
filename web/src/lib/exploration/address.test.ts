import { expect, test } from 'vitest';
import { parseSearchText, writeSearchText } from '@/lib/searchText';
import { readExploration, validateExploreSearch, writeExploration } from './address';
import { type Exploration, emptyExploration } from './exploration';

const question: Exploration = {
  fields: ['orders.ordered_at[month]', 'order_items.revenue'],
  filters: [
    { field: 'customers.region', is: ['EUROPE', 'MIDDLE EAST'] },
    { field: 'orders.ordered_at', during: 'last 12 months' },
  ],
  sorts: [{ field: 'order_items.revenue', descending: true }],
  limit: 500,
  timezone: 'Europe/Berlin',
  show: 'table',
  panel: 'why',
};

test('an exploration is readable in the address and read back unchanged', () => {
  const text = writeSearchText({ ...writeExploration(question) });
  expect(text).toBe(
    '?fields=orders.ordered_at[month],order_items.revenue' +
      '&filter=customers.region+is+EUROPE,MIDDLE+EAST&filter=orders.ordered_at+during+last+12+months' +
      '&sort=-order_items.revenue&limit=500&timezone=Europe/Berlin&show=table&panel=why',
  );
  expect(readExploration(parseSearchText(text))).toEqual(question);
});

test('the default filters and no filters at all are two different things', () => {
  expect(writeExploration(emptyExploration)).toEqual({});
  const cleared = writeExploration({ ...emptyExploration, filters: [] });
  expect(cleared).toEqual({ filter: ['none'] });
  expect(readExploration({ ...cleared }).filters).toEqual([]);
  expect(readExploration({}).filters).toBeNull();
});

test('what is unknown or wrong leaves the address', () => {
  const search = parseSearchText(
    '?junk=1&fields=a.b,a.b,<x>&filter=BAD&filter=a.b+is+x&sort=-a.b,%20&limit=-3&timezone=Mars&show=pie&panel=x',
  );
  expect(validateExploreSearch(search)).toEqual({ fields: 'a.b', filter: ['a.b is x'], sort: '-a.b' });
});

test('a limit beyond the highest becomes the highest', () => {
  expect(readExploration({ limit: '9999999' }).limit).toBe(50_000);
});
