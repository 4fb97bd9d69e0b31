import { describe, expect, test } from 'vitest';
import type { Cell, Result, ResultColumn } from '@/api/result';
import { chartData } from './chartData';
import { colorsOf, PALETTE } from './palette';
import { chooseChart } from './spec';
import { chartSummary } from './summary';
import { type ChartTheme, toEcharts } from './toEcharts';

type Written = Partial<ResultColumn> & { name: string; cells: Cell[] };

function resultOf(columns: Written[]): Result {
  return {
    columns: columns.map(({ cells, ...column }) => ({
      label: column.name,
      type: 'string',
      kind: 'dimension',
      format: null,
      masked: false,
      zone: null,
      ...column,
      at: (row) => cells[row] ?? null,
    })),
    rowCount: columns[0]?.cells.length ?? 0,
    governedBy: [],
    notices: [],
  };
}

const month: Written = {
  name: 'orders.at[month]',
  label: 'Month',
  type: 'date',
  cells: ['2026-02-01', '2026-01-01', '2026-04-01'],
};
const revenue: Written = {
  name: 'items.revenue',
  label: 'Revenue',
  type: 'number',
  kind: 'measure',
  format: 'usd',
  cells: ['20.50', '10', null],
};
const count: Written = {
  name: 'items.count',
  label: 'Items',
  type: 'number',
  kind: 'measure',
  format: 'integer',
  cells: [2n, 1n, 0n],
};
const region: Written = { name: 'customers.region', label: 'Region', cells: ['EUROPE', 'ASIA', null] };
const nation: Written = { name: 'customers.nation', cells: ['a', 'b', 'c'] };

const theme: ChartTheme = {
  text: '#000',
  muted: '#555',
  line: '#ddd',
  raised: '#fff',
  font: 'Inter',
  locale: 'en-US',
  known: new Map(),
};

function chosen(result: Result) {
  const choice = chooseChart(result.columns, result.rowCount);
  if (!('spec' in choice)) throw new Error(choice.reason);
  return choice.spec;
}

describe('the chart that fits', () => {
  test('time makes a line, a category makes bars', () => {
    expect(chosen(resultOf([month, revenue])).kind).toBe('line');
    expect(chosen(resultOf([region, revenue])).kind).toBe('bar');
  });

  test('the second dimension splits, whatever its place', () => {
    const spec = chosen(resultOf([region, month, revenue]));
    expect(spec).toEqual({ kind: 'line', category: 1, series: 0, panels: [[2]] });
  });

  test('measures of different formats do not share an axis', () => {
    const spec = chosen(resultOf([month, revenue, count, { ...revenue, name: 'items.cost' }]));
    expect(spec.panels).toEqual([[1, 3], [2]]);
  });

  test.each([
    [[month], 'chart.needsMeasure'],
    [[revenue], 'chart.needsDimension'],
    [[month, region, nation, revenue], 'chart.needsDimension'],
  ])('there is a reason when there is none', (columns, reason) => {
    const result = resultOf(columns);
    expect(chooseChart(result.columns, result.rowCount)).toEqual({ reason });
    expect(chooseChart(resultOf([month, revenue]).columns, 5001)).toEqual({ reason: 'chart.tooManyPoints' });
  });
});

describe('the data of a chart', () => {
  test('a line runs through time whatever the order of the rows, and a gap stays a gap', () => {
    const result = resultOf([month, revenue]);
    const points = chartData(chosen(result), result, 'en-US')?.panels[0]?.[0]?.points;
    expect(points).toEqual([
      { at: Date.UTC(2026, 0, 1), value: 10 },
      { at: Date.UTC(2026, 1, 1), value: 20.5 },
      { at: Date.UTC(2026, 3, 1), value: null },
    ]);
  });

  test('what does not fit is left out and counted, never added up', () => {
    const many = Array.from({ length: 30 }, (_, index) => `part ${index}`);
    const result = resultOf([
      { ...nation, cells: many },
      { ...revenue, cells: many.map(() => '1') },
    ]);
    expect(chartData(chosen(result), result, 'en-US')?.shown).toEqual({ shown: 20, total: 30 });
  });
});

test('a line chart as the drawing library takes it', () => {
  const result = resultOf([month, revenue]);
  expect(toEcharts(chosen(result), result, theme)).toMatchSnapshot();
});

test('bars with long names lie down', () => {
  const result = resultOf([{ ...region, cells: ['a very long region name', 'ASIA', null] }, revenue]);
  expect(toEcharts(chosen(result), result, theme)).toMatchSnapshot();
});

test('a tooltip never is markup', () => {
  const result = resultOf([month, revenue]);
  expect(toEcharts(chosen(result), result, theme).tooltip).toMatchObject({ renderMode: 'richText' });
});

test('a value keeps its colour when others leave and come', () => {
  const all = colorsOf(['AFRICA', 'AMERICA', 'ASIA', 'EUROPE'], new Map());
  const some = colorsOf(['EUROPE', 'MIDDLE EAST'], all);
  expect(some.get('EUROPE')).toBe(all.get('EUROPE'));
  expect(some.get('MIDDLE EAST')).not.toBe(some.get('EUROPE'));
});

test('ten values have ten colours', () => {
  const ten = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  expect(new Set(colorsOf(ten, new Map()).values()).size).toBe(PALETTE.length);
});

test('the summary says in words what the chart shows', () => {
  const line = resultOf([month, revenue]);
  expect(chartSummary(chosen(line), line, 'en-US')).toBe(
    'Revenue by Month: 2 points from $10.00 to $20.50, lowest $10.00, highest $20.50.',
  );
  const bars = resultOf([region, revenue]);
  expect(chartSummary(chosen(bars), bars, 'en-US')).toBe(
    'Revenue by Region: 2 values, highest $20.50 at EUROPE.',
  );
});
