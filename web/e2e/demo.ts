/** The names of the demonstration that these scripts use: `demo/acme` and `demo/demo.yaml`. */

export const MODEL = 'warehouse';
export const TOPIC = 'order_items';
export const TOPIC_LABEL = 'Sales';

export const field = {
  region: 'customers.region',
  customer: 'customers.name',
  phone: 'customers.phone',
  month: 'orders.ordered_at[month]',
  status: 'orders.status',
  priority: 'orders.priority',
  shipMode: 'order_items.ship_mode',
  revenue: 'order_items.revenue',
  items: 'order_items.line_items',
} as const;

/** Finance only: to others it does not exist. A supplier has a balance too, which everybody sees. */
export const hidden = { customers: 'customers.balance', suppliers: 'suppliers.balance' } as const;

export const label = {
  region: 'Region',
  phone: 'Phone',
  revenue: 'Revenue',
  shipMode: 'Ship mode',
} as const;

/** Who sees the customers of which regions. */
export const regionsOf = {
  quinn: ['EUROPE'],
  rita: ['AMERICA', 'ASIA'],
  ada: ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'],
} as const;

export function explore(search: Record<string, string | string[]> = {}): string {
  const pairs = Object.entries(search).flatMap(([key, values]) =>
    [values].flat().map((value): [string, string] => [key, value]),
  );
  return `/explore/${MODEL}/${TOPIC}?${new URLSearchParams(pairs)}`;
}

export const revenueByRegion = explore({ fields: `${field.region},${field.revenue}` });
export const revenueByMonth = explore({ fields: `${field.month},${field.revenue}` });
