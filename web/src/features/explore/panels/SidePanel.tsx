import { CloseButton, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { explanation } from '@/api/queries';
import type { FieldQuery, Model, Topic } from '@/api/types';
import type { Panel } from '@/lib/exploration/exploration';
import { t } from '@/lib/text';
import { ErrorBoundary } from '@/ui/ErrorBoundary';
import { Loading } from '@/ui/Loading';
import { ProblemNotice } from '@/ui/ProblemNotice';
import classes from './Panels.module.css';
import { WhyPanel } from './WhyPanel';

const SqlPanel = lazy(() => import('./SqlPanel'));

interface SidePanelProps {
  panel: Panel;
  model: Model;
  topic: Topic;
  /** The question whose answer is shown; null before the first one. */
  request: FieldQuery | null;
  styleNonce: string;
  onPanel: (panel: Panel | null) => void;
}

/** The reasons of the answer that is shown: in words, and for those who may see it, as SQL. */
export function SidePanel({ panel, model, topic, request, styleNonce, onPanel }: SidePanelProps) {
  const maySeeSql = model.can.view_sql.allowed;
  const shown = maySeeSql ? panel : 'why';
  const explained = useQuery(explanation(model.id, request === null ? { topic: topic.name } : { request }));

  return (
    <aside className={classes.panel} aria-label={t(`${shown}.title`)}>
      <header className={classes.header}>
        {maySeeSql ? (
          <SegmentedControl
            size="xs"
            aria-label={t('panel.choose')}
            value={shown}
            onChange={(value) => onPanel(value as Panel)}
            data={[
              { value: 'why', label: t('why.title') },
              { value: 'sql', label: t('sql.title') },
            ]}
          />
        ) : (
          <h2 className={classes.title}>{t('why.title')}</h2>
        )}
        <CloseButton size={28} aria-label={t('app.close')} onClick={() => onPanel(null)} />
      </header>
      {explained.isPending && <Loading />}
      {explained.isError && <ProblemNotice error={explained.error} onRetry={explained.refetch} />}
      {explained.data && (
        <ErrorBoundary resetKey={explained.data}>
          {shown === 'why' && <WhyPanel explanation={explained.data} topic={topic} />}
          {shown === 'sql' && (
            <Suspense fallback={<Loading />}>
              <SqlPanel explanation={explained.data} styleNonce={styleNonce} />
            </Suspense>
          )}
        </ErrorBoundary>
      )}
    </aside>
  );
}
