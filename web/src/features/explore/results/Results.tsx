import { Button } from '@mantine/core';
import { CircleSlash } from 'lucide-react';
import type { Topic } from '@/api/types';
import type { ColumnCommand } from '@/grid/columnCommands';
import type { Exploration } from '@/lib/exploration/exploration';
import { t } from '@/lib/text';
import { Hairline } from '@/ui/Hairline';
import { Loading } from '@/ui/Loading';
import { ProblemNotice, ProblemStrip } from '@/ui/ProblemNotice';
import { inSeconds } from '../Elapsed';
import classes from '../Explore.module.css';
import type { RunState } from '../runReducer';
import { AnswerPanes } from './AnswerPanes';
import { NoRows } from './NoRows';
import { Start } from './Start';

interface ResultsProps {
  topic: Topic;
  state: RunState;
  exploration: Exploration;
  /** The last answer is that of the question in the address. */
  isAsked: boolean;
  mayCopy: boolean;
  onRun: () => void;
  onAsk: (exploration: Exploration) => void;
  onSort: (field: string, add: boolean) => void;
  onCommand: (command: ColumnCommand, field: string) => void;
}

/** The answer in each of its states. What was answered last stays in sight until there is something better. */
export function Results(props: ResultsProps) {
  const { topic, state, exploration, isAsked, mayCopy, onRun, onAsk, onSort, onCommand } = props;
  const { last } = state;
  const running = state.phase === 'running';

  return (
    <section className={classes.results} aria-busy={running}>
      <Hairline active={running} />
      {state.phase === 'cancelled' && <Cancelled afterMs={state.afterMs} onRun={onRun} />}
      {state.phase === 'failed' && last !== null && <ProblemStrip error={state.error} onRetry={onRun} />}
      {state.phase === 'idle' && last !== null && !isAsked && exploration.fields.length > 0 && (
        <Changed onRun={onRun} />
      )}
      {last !== null && last.result.rowCount > 0 && (
        <AnswerPanes
          answer={last}
          show={exploration.show}
          sorts={exploration.sorts}
          mayCopy={mayCopy}
          onSort={onSort}
          onCommand={onCommand}
        />
      )}
      {last !== null && last.result.rowCount === 0 && (
        <NoRows answer={last} exploration={exploration} onAsk={onAsk} />
      )}
      {last === null && running && <Loading lines={10} />}
      {last === null && state.phase === 'failed' && <ProblemNotice error={state.error} onRetry={onRun} />}
      {last === null && state.phase === 'idle' && <Start topic={topic} onAsk={onAsk} />}
    </section>
  );
}

function Cancelled({ afterMs, onRun }: { afterMs: number; onRun: () => void }) {
  return (
    <div className={classes.strip} role="status">
      <CircleSlash size={16} aria-hidden />
      <span>{t('run.cancelled', { seconds: inSeconds(afterMs) })}</span>
      <Button variant="default" onClick={onRun}>
        {t('run.again')}
      </Button>
    </div>
  );
}

function Changed({ onRun }: { onRun: () => void }) {
  return (
    <div className={classes.strip} role="status">
      <span>{t('explore.changed')}</span>
      <Button variant="default" onClick={onRun}>
        {t('explore.run')}
      </Button>
    </div>
  );
}
