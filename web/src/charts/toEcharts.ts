import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import type {
  AxisPointerComponentOption,
  GridComponentOption,
  LegendComponentOption,
  TooltipComponentOption,
} from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import type { Result, ResultColumn } from '@/api/result';
import { cellFormatter, numberOptions } from '@/lib/format';
import { type ChartData, chartData, type Series } from './chartData';
import { colorAt, colorsOf } from './palette';
import type { ChartSpec } from './spec';

export type ChartOption = ComposeOption<
  | AxisPointerComponentOption
  | BarSeriesOption
  | LineSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | TooltipComponentOption
>;

export interface ChartTheme {
  text: string;
  muted: string;
  line: string;
  raised: string;
  font: string;
  locale: string;
  /** Colours that values of a splitting dimension already have on this page. */
  known: ReadonlyMap<string, string>;
}

const LONG_LABEL = 12;
const MANY_BARS = 10;

/** A pure function from a chart, a result and a theme to what the drawing library takes. */
export function toEcharts(spec: ChartSpec, result: Result, theme: ChartTheme): ChartOption {
  const data = chartData(spec, result, theme.locale);
  if (data === null) return {};
  const lying = spec.kind === 'bar' && needsRoom(data);
  const colors = seriesColors(data.panels.flat(), theme.known);
  const places = data.panels.map((_, panel) => ({ panel, panels: data.panels.length, lying }));
  const named = data.panels.flat().length > 1;
  return {
    useUTC: true,
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: 12, color: theme.text },
    grid: data.panels.map((_, panel) => panelGrid(panel, data.panels.length, named)),
    legend: {
      show: named,
      type: 'scroll',
      top: 0,
      left: 8,
      itemWidth: 10,
      itemHeight: 10,
      icon: 'roundRect',
      textStyle: { color: theme.muted },
      pageTextStyle: { color: theme.muted },
    },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      axisPointer: { type: spec.kind === 'bar' ? 'shadow' : 'line', lineStyle: { color: theme.muted } },
      backgroundColor: theme.raised,
      borderColor: theme.line,
      borderWidth: 1,
      padding: 8,
      textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.font },
      confine: true,
    },
    xAxis: places.map((place, index) =>
      lying ? valueAxis(data.panels[index] ?? [], place, theme) : categoryAxis(data, place, theme),
    ),
    yAxis: places.map((place, index) =>
      lying ? categoryAxis(data, place, theme) : valueAxis(data.panels[index] ?? [], place, theme),
    ),
    series: data.panels.flatMap((panel, index) =>
      panel.map((series) => drawnSeries(spec, series, index, lying, colors, theme.locale)),
    ),
  };
}

function needsRoom(data: ChartData): boolean {
  const labels = data.panels.flat()[0]?.points.map((point) => String(point.at)) ?? [];
  return labels.length > MANY_BARS || labels.some((label) => label.length > LONG_LABEL);
}

/** The colour of each series by its name: by its value when a dimension splits, else by its place. */
export function seriesColors(series: Series[], known: ReadonlyMap<string, string>): Map<string, string> {
  const splits = series.flatMap(({ split }) => (split === null ? [] : [split]));
  if (splits.length > 0) return colorsOf(splits, known);
  return new Map(series.map(({ name }, index) => [name, colorAt(index)]));
}

/** Several panels stand above each other on one left edge, so that equal times are at equal places. */
function panelGrid(panel: number, count: number, named: boolean): GridComponentOption {
  const first = named ? 12 : 4;
  if (count === 1) return { left: 12, right: 24, top: `${first}%`, bottom: 12, outerBoundsMode: 'same' };
  const height = (88 - first) / count;
  return {
    left: 72,
    right: 24,
    top: `${first + panel * height + 2}%`,
    height: `${height - 6}%`,
    outerBoundsMode: 'none',
  };
}

interface AxisPlace {
  panel: number;
  panels: number;
  lying: boolean;
}

function categoryAxis(data: ChartData, { panel, panels, lying }: AxisPlace, theme: ChartTheme) {
  const show = lying || panel === panels - 1;
  const axisLabel = { show, color: theme.muted, hideOverlap: true };
  const axisLine = { lineStyle: { color: theme.line } };
  if (data.overTime) {
    const format = timeLabels(data.category, theme.locale);
    return {
      type: 'time' as const,
      gridIndex: panel,
      axisLine,
      axisLabel: { ...axisLabel, formatter: format },
      axisPointer: { label: { formatter: ({ value }: { value: unknown }) => format(Number(value)) } },
    };
  }
  const labels = [
    ...new Set(data.panels.flat().flatMap((series) => series.points.map((point) => String(point.at)))),
  ];
  return {
    type: 'category' as const,
    gridIndex: panel,
    data: labels,
    inverse: lying,
    axisLine,
    axisTick: { show: false },
    axisLabel: { ...axisLabel, width: 160, overflow: 'truncate' as const },
  };
}

function timeLabels(category: ResultColumn, locale: string): (at: number) => string {
  const format = cellFormatter(category, locale);
  if (category.type === 'timestamp') return format;
  return (at) => format(new Date(at).toISOString().slice(0, 10));
}

function valueAxis(series: Series[], { panel, panels }: AxisPlace, theme: ChartTheme) {
  const measure = series[0]?.measure;
  const compact = new Intl.NumberFormat(theme.locale, {
    ...numberOptions(measure?.format ?? null),
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
    notation: 'compact',
  });
  return {
    type: 'value' as const,
    gridIndex: panel,
    splitNumber: panels > 1 ? 2 : 4,
    splitLine: { lineStyle: { color: theme.line } },
    axisLabel: { color: theme.muted, formatter: (value: number) => compact.format(value) },
  };
}

function drawnSeries(
  spec: ChartSpec,
  series: Series,
  axis: number,
  lying: boolean,
  colors: Map<string, string>,
  locale: string,
): BarSeriesOption | LineSeriesOption {
  const format = cellFormatter(series.measure, locale);
  const common = {
    name: series.name,
    xAxisIndex: axis,
    yAxisIndex: axis,
    color: colors.get(series.name) ?? colorAt(0),
    tooltip: { valueFormatter: (value: unknown) => format(typeof value === 'number' ? value : null) },
    data: series.points.map(({ at, value }) => (lying ? [value, at] : [at, value])),
  };
  if (spec.kind === 'bar') return { ...common, type: 'bar', barMaxWidth: 40, barCategoryGap: '24%' };
  const few = series.points.length <= 40;
  return {
    ...common,
    type: 'line',
    showSymbol: few,
    symbol: 'circle',
    symbolSize: 5,
    sampling: 'lttb',
    lineStyle: { width: 2 },
  };
}
