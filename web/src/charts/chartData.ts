import type { Cell, Result, ResultColumn } from '@/api/result';
import { cellFormatter } from '@/lib/format';
import { type ChartSpec, isTime } from './spec';

export interface Point {
  /** A place on the time axis in milliseconds, or the label of a category. */
  at: number | string;
  value: number | null;
}

export interface Series {
  name: string;
  measure: ResultColumn;
  /** The value of the splitting dimension; null when the series is the measure itself. */
  split: string | null;
  points: Point[];
}

export interface ChartData {
  category: ResultColumn;
  overTime: boolean;
  panels: Series[][];
  /** What of the result is drawn, when not all of it is. */
  shown: { shown: number; total: number } | null;
}

const MOST_BARS = 20;
const MOST_SERIES = 9;

/** Reads the columns once, in order. Values that do not fit are left out and counted, never added up. */
export function chartData(spec: ChartSpec, result: Result, locale: string): ChartData | null {
  const category = result.columns[spec.category];
  if (!category) return null;
  const overTime = spec.kind === 'line' && isTime(category);
  const data: ChartData =
    spec.series === null
      ? measureSeries(spec, result, category, overTime, locale)
      : splitSeries(spec, spec.series, result, category, overTime, locale);
  if (overTime) sortByTime(data);
  return data;
}

function measureSeries(
  spec: ChartSpec,
  result: Result,
  category: ResultColumn,
  overTime: boolean,
  locale: string,
): ChartData {
  const place = placeOf(category, overTime, locale);
  const count = overTime ? result.rowCount : Math.min(result.rowCount, MOST_BARS);
  const panels = spec.panels.map((measures) =>
    measures.flatMap((index) => {
      const measure = result.columns[index];
      if (!measure) return [];
      const points = Array.from({ length: count }, (_, row) => ({
        at: place(row),
        value: numberOf(measure.at(row)),
      }));
      return [{ name: measure.label, measure, split: null, points }];
    }),
  );
  return { category, overTime, panels, shown: partial(count, result.rowCount) };
}

function splitSeries(
  spec: ChartSpec,
  split: number,
  result: Result,
  category: ResultColumn,
  overTime: boolean,
  locale: string,
): ChartData {
  const by = result.columns[split];
  const measure = result.columns[spec.panels[0]?.[0] ?? -1];
  if (!by || !measure) return { category, overTime, panels: [], shown: null };

  const place = placeOf(category, overTime, locale);
  const splitName = cellFormatter(by, locale);
  const series = new Map<string, Point[]>();
  const weights = new Map<string, number>();
  const categories = new Set<number | string>();
  for (let row = 0; row < result.rowCount; row += 1) {
    const at = place(row);
    if (!overTime && !categories.has(at) && categories.size === MOST_BARS) continue;
    categories.add(at);
    const name = splitName(by.at(row));
    const value = numberOf(measure.at(row));
    series.set(name, [...(series.get(name) ?? []), { at, value }]);
    weights.set(name, (weights.get(name) ?? 0) + Math.abs(value ?? 0));
  }
  const heaviest = [...series.keys()]
    .sort((left, right) => (weights.get(right) ?? 0) - (weights.get(left) ?? 0))
    .slice(0, MOST_SERIES);
  const drawn = heaviest.map((name) => ({ name, measure, split: name, points: series.get(name) ?? [] }));
  return { category, overTime, panels: [drawn], shown: partial(drawn.length, series.size) };
}

function partial(shown: number, total: number): ChartData['shown'] {
  return shown < total ? { shown, total } : null;
}

function placeOf(
  category: ResultColumn,
  overTime: boolean,
  locale: string,
): (row: number) => number | string {
  if (overTime) return (row) => timeOf(category.at(row));
  const format = cellFormatter(category, locale);
  return (row) => format(category.at(row));
}

function timeOf(cell: Cell): number {
  if (typeof cell === 'number') return cell;
  return cell === null ? Number.NaN : Date.parse(`${cell}T00:00:00Z`);
}

function numberOf(cell: Cell): number | null {
  if (cell === null) return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** A row without a time has no place on the axis. */
function sortByTime(data: ChartData): void {
  for (const series of data.panels.flat()) {
    series.points = series.points
      .filter((point) => !Number.isNaN(point.at))
      .sort((left, right) => Number(left.at) - Number(right.at));
  }
}
