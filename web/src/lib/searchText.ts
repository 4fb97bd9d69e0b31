/*
 * The search part of an address for people: `?fields=orders.status,orders.orders&filter=orders.status+is+open`. A key that
 * occurs several times is a list. Only text is kept here; each route gives meaning to its own keys.
 */

export type SearchText = Record<string, string | string[]>;

export function parseSearchText(text: string): SearchText {
  const search: SearchText = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const present = search[key];
    search[key] = present === undefined ? value : [present, value].flat();
  }
  return search;
}

export function writeSearchText(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).flatMap(([key, value]) =>
    [value].flat().flatMap((item) => (typeof item === 'string' ? [`${key}=${escapeValue(item)}`] : [])),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function escapeValue(value: string): string {
  return encodeURIComponent(value)
    .replaceAll('%20', '+')
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/')
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']');
}
