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
import { type ChartChoice, type ChartSpec, MOST_POINTS } from './spec';
import { chartSummary } from './summary';

const Drawing = lazy(() => import('./Drawing'));

interface ChartPaneProps {
  choice: ChartChoice;
  result: Result;
  /** Percent of the height that it shares with the table; null when it is alone. */
  share: number | null;
}

/** The chart that was chosen, or in one line the reason why there is none. */
export function ChartPane({ choice, result, share }: ChartPaneProps) {
  const alone = share === null || undefined;
  if (!('spec' in choice)) {
    return (
      <section className={classes.pane} data-alone={alone} aria-label={t('chart.label')}>
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
  const height = share === null ? undefined : `${share}%`;
  return (
    <section className={classes.pane} data-alone={alone} style={{ height }} aria-label={t('chart.label')}>
      <ErrorBoundary resetKey={result}>
        <Suspense fallback={<Hairline active />}>
          <Chart spec={choice.spec} result={result} />
        </Suspense>
      </ErrorBoundary>
    </section>
  );
}

function Chart({ spec, result }: { spec: ChartSpec; result: Result }) {
  const scheme = useComputedColorScheme();
  const shown = useMemo(() => chartData(spec, result, locale)?.shown, [spec, result]);
  return (
    <>
      <Drawing key={scheme} spec={spec} result={result} label={chartSummary(spec, result, locale)} />
      {shown && <p className={classes.shown}>{t('chart.first', shown)}</p>}
    </>
  );
}
