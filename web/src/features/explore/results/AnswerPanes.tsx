import { useMemo, useState } from 'react';
import type { Answer } from '@/api/runs';
import type { Sort } from '@/api/types';
import { ChartPane } from '@/charts/ChartPane';
import { chooseChart } from '@/charts/spec';
import type { ColumnCommand } from '@/grid/columnCommands';
import { ResultGrid } from '@/grid/ResultGrid';
import type { Show } from '@/lib/exploration/exploration';
import { t } from '@/lib/text';
import { ErrorBoundary } from '@/ui/ErrorBoundary';
import { SplitHandle } from '@/ui/SplitHandle';
import classes from '../Explore.module.css';

const USUAL_CHART_SHARE = 42;

interface AnswerPanesProps {
  answer: Answer;
  show: Show;
  sorts: Sort[];
  mayCopy: boolean;
  onSort: (field: string, add: boolean) => void;
  onCommand: (command: ColumnCommand, field: string) => void;
}

/** An answer as a chart above its table, or as one of the two. */
export function AnswerPanes({ answer, show, sorts, mayCopy, onSort, onCommand }: AnswerPanesProps) {
  const { result, queryId } = answer;
  const [share, setShare] = useState(USUAL_CHART_SHARE);
  const choice = useMemo(() => chooseChart(result.columns, result.rowCount), [result]);
  return (
    <div className={classes.panes}>
      {show !== 'table' && (
        <ChartPane choice={choice} result={result} share={show === 'both' ? share : null} />
      )}
      {show === 'both' && 'spec' in choice && (
        <SplitHandle label={t('explore.chartHeight')} share={share} onShare={setShare} />
      )}
      {show !== 'chart' && (
        <ErrorBoundary resetKey={queryId}>
          <ResultGrid result={result} sorts={sorts} mayCopy={mayCopy} onSort={onSort} onCommand={onCommand} />
        </ErrorBoundary>
      )}
    </div>
  );
}
