import type { Column } from '@/api/types';

/** What to draw, in column numbers of a result; how it looks is decided in `toEcharts`. */
export interface ChartSpec {
  kind: 'line' | 'bar';
  category: number;
  /** The dimension that splits the measure into series. */
  series: number | null;
  /** Measures of one format share a panel and its axis; another format gets a panel of its own. */
  panels: number[][];
}

export type ChartChoice =
  | { spec: ChartSpec }
  | { reason: 'chart.needsMeasure' | 'chart.needsDimension' | 'chart.tooManyPoints' };

export const MOST_POINTS = 5000;
const MOST_PANELS = 3;

type Kinds = Pick<Column, 'kind' | 'type' | 'format'>;

/** The chart that fits the kinds of the columns, or the reason why there is none. */
export function chooseChart(columns: Kinds[], rowCount: number): ChartChoice {
  const indexes = (wanted: (column: Kinds) => boolean) =>
    columns.flatMap((column, index) => (wanted(column) ? [index] : []));
  const measures = indexes((column) => column.kind === 'measure' && column.type === 'number');
  const dimensions = indexes((column) => column.kind === 'dimension');
  const times = indexes((column) => column.kind === 'dimension' && isTime(column));

  const [firstMeasure] = measures;
  if (firstMeasure === undefined) return { reason: 'chart.needsMeasure' };
  if (dimensions.length === 0 || dimensions.length > 2) return { reason: 'chart.needsDimension' };
  if (rowCount > MOST_POINTS) return { reason: 'chart.tooManyPoints' };

  const category = times[0] ?? dimensions[0] ?? 0;
  const series = dimensions.find((index) => index !== category) ?? null;
  return {
    spec: {
      kind: times.length > 0 ? 'line' : 'bar',
      category,
      series,
      panels: series === null ? byFormat(columns, measures).slice(0, MOST_PANELS) : [[firstMeasure]],
    },
  };
}

export function isTime(column: Pick<Column, 'type'>): boolean {
  return column.type === 'date' || column.type === 'timestamp';
}

function byFormat(columns: Kinds[], measures: number[]): number[][] {
  const groups = new Map<string | null, number[]>();
  for (const index of measures) {
    const format = columns[index]?.format ?? null;
    groups.set(format, [...(groups.get(format) ?? []), index]);
  }
  return [...groups.values()];
}
