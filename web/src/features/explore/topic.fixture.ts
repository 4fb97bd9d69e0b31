import type { Field, Topic } from '@/api/types';

export function field(name: string, more: Partial<Field> = {}): Field {
  return {
    name,
    label: name.split('.')[1] ?? name,
    description: null,
    kind: 'dimension',
    type: 'string',
    format: null,
    group_label: null,
    timeframes: [],
    masked: null,
    suggest: true,
    tags: [],
    synonyms: [],
    ...more,
  };
}

export const orders: Topic = {
  name: 'orders',
  label: 'Orders',
  description: null,
  base_view: 'orders',
  timezone: 'UTC',
  default_row_limit: 1000,
  default_filters: [],
  views: [
    {
      name: 'orders',
      label: 'Orders',
      fields: [
        field('orders.count', { kind: 'measure', type: 'number', label: 'Number of orders' }),
        field('orders.status', { label: 'Status', group_label: 'Progress' }),
        field('orders.at', {
          label: 'Ordered at',
          type: 'date',
          timeframes: ['month', 'year'],
          synonyms: ['day'],
        }),
        field('orders.total', { label: 'Total', type: 'number' }),
      ],
    },
    { name: 'customers', label: 'Customers', fields: [field('customers.name', { masked: 'hash' })] },
  ],
};
