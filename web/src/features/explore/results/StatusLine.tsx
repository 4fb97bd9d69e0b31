import { Button } from '@mantine/core';
import { Code, ShieldCheck } from 'lucide-react';
import { HIGHEST_LIMIT, type Panel } from '@/lib/exploration/exploration';
import { t, tCount } from '@/lib/text';
import { useDelayed } from '@/ui/useDelayed';
import { inSeconds } from '../Elapsed';
import classes from '../Explore.module.css';
import type { RunState } from '../runReducer';

const LONG_MS = 15_000;
const RAISE = 10;

interface StatusLineProps {
  state: RunState;
  connection: string;
  timezone: string;
  maySeeSql: boolean;
  panel: Panel | null;
  onPanel: (panel: Panel) => void;
  onRaiseLimit: (limit: number) => void;
}

/** What the answer is: how much, how fast, in which zone, from where; and the way to its reasons. */
export function StatusLine(props: StatusLineProps) {
  const { state, connection, timezone, maySeeSql, panel, onPanel, onRaiseLimit } = props;
  const { last } = state;
  const running = state.phase === 'running';
  const long = useDelayed(running, LONG_MS);
  const higher = last && Math.min(HIGHEST_LIMIT, (last.request.limit ?? 0) * RAISE);

  return (
    <footer className={classes.status}>
      <div className={classes.facts} role="status">
        {last && (
          <>
            <span>{tCount('status.rows', last.result.rowCount)}</span>
            <span>{t('status.seconds', { seconds: inSeconds(last.elapsedMs) })}</span>
          </>
        )}
        {running && <span>{long ? t('run.stillRunning', { connection }) : last && t('run.updating')}</span>}
      </div>
      {last?.truncated && (
        <span className={classes.truncated}>
          {t('status.truncated', { count: last.result.rowCount.toLocaleString('en') })}
          {higher !== null && higher > last.result.rowCount && (
            <Button variant="subtle" size="compact-xs" onClick={() => onRaiseLimit(higher)}>
              {t('status.raise')}
            </Button>
          )}
        </span>
      )}
      <span>{timezone}</span>
      <span>{connection}</span>
      {last?.result.notices.map((notice) => (
        <span key={notice}>{notice}</span>
      ))}
      <div className={classes.panelButtons}>
        {maySeeSql && (
          <Button
            variant={panel === 'sql' ? 'light' : 'subtle'}
            size="compact-xs"
            leftSection={<Code size={12} aria-hidden />}
            aria-expanded={panel === 'sql'}
            onClick={() => onPanel('sql')}
          >
            {t('status.sql')}
          </Button>
        )}
        <Button
          variant={panel === 'why' ? 'light' : 'subtle'}
          size="compact-xs"
          leftSection={<ShieldCheck size={12} aria-hidden />}
          aria-expanded={panel === 'why'}
          onClick={() => onPanel('why')}
        >
          {t('status.why')}
        </Button>
      </div>
    </footer>
  );
}
