import { useEffect, useState } from 'react';
import { t } from '@/lib/text';
import classes from './Explore.module.css';

const SILENT_MS = 2000;
const TICK_MS = 100;

/** The clock of a running query; it stays hidden while waiting is short. */
export function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    now - since >= SILENT_MS && (
      <span aria-hidden className={classes.elapsed}>
        {t('run.clock', { seconds: inSeconds(now - since) })}
      </span>
    )
  );
}

export function inSeconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
