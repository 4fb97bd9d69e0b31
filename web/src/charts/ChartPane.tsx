import { useComputedColorScheme } from '@mantine/core';
import { ChartNoAxesColumn } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import type { Result } from '@/api/result';
import { locale } from '@/lib/locale';
import { t } from '@/lib/text';
import { ErrorBoundary } from '@/ui/ErrorBoundary';
import { Hairline } from '@/ui/Hairline';
import classes from './ChartPane.module.css';
import { chartData } from './chartData';
import { chooseChart, MOST_POINTS } from './spec';
import { chartSummary } from './summary';

const Drawing = lazy(() => import('./Drawing'));

/** The chart that fits the result, or the reason why there is none. */
export function ChartPane({ result, alone }: { result: Result; alone: boolean }) {
  const scheme = useComputedColorScheme();
  const choice = useMemo(() => chooseChart(result.columns, result.rowCount), [result]);
  if (!('spec' in choice)) {
    return (
      <section
        className={classes.pane}
        data-alone={alone || undefined}
        data-empty
        aria-label={t('chart.label')}
      >
        <p className={classes.none}>
          <ChartNoAxesColumn size={16} aria-hidden />
          {t('chart.none')}.{' '}
          {choice.reason === 'chart.tooManyPoints'
            ? t(choice.reason, { count: MOST_POINTS.toLocaleString(locale) })
            : t(choice.reason)}
        </p>
      </section>
    );
  }
  const { spec } = choice;
  const shown = chartData(spec, result, locale)?.shown;
  return (
    <section className={classes.pane} data-alone={alone || undefined} aria-label={t('chart.label')}>
      <ErrorBoundary resetKey={result}>
        <Suspense fallback={<Hairline active />}>
          <Drawing key={scheme} spec={spec} result={result} label={chartSummary(spec, result, locale)} />
        </Suspense>
      </ErrorBoundary>
      {shown && <p className={classes.shown}>{t('chart.first', shown)}</p>}
    </section>
  );
}
