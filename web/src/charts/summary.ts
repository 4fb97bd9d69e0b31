import type { Result } from '@/api/result';
import { cellFormatter } from '@/lib/format';
import { t } from '@/lib/text';
import { chartData, type Point } from './chartData';
import type { ChartSpec } from './spec';

/** The chart in a sentence or a few, for those who do not see it. */
export function chartSummary(spec: ChartSpec, result: Result, locale: string): string {
  const data = chartData(spec, result, locale);
  if (data === null) return '';
  const sentences = data.panels.flat().map((series) => {
    const format = cellFormatter(series.measure, locale);
    const values = series.points.filter((point) => point.value !== null);
    const [first] = values;
    const last = values.at(-1);
    const highest = extreme(values, (left, right) => left > right);
    const lowest = extreme(values, (left, right) => left < right);
    if (!first || !last || !highest || !lowest) return '';
    const measure = series.split === null ? series.name : `${series.measure.label}, ${series.name}`;
    const common = {
      measure,
      category: data.category.label,
      points: values.length,
      highest: format(highest.value),
    };
    return data.overTime
      ? t('chart.summaryLine', {
          ...common,
          first: format(first.value),
          last: format(last.value),
          lowest: format(lowest.value),
        })
      : t('chart.summaryBar', { ...common, where: String(highest.at) });
  });
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function extreme(points: Point[], better: (left: number, right: number) => boolean): Point | undefined {
  return points.reduce<Point | undefined>(
    (best, point) => (best === undefined || better(point.value ?? 0, best.value ?? 0) ? point : best),
    undefined,
  );
}
