import { Button } from '@mantine/core';
import { CircleAlert, CircleSlash, Lock, WifiOff } from 'lucide-react';
import { ProblemError, toProblem, unreachable } from '@/api/problems';
import type { Problem } from '@/api/types';
import { listInWords, t } from '@/lib/text';
import { CopyText } from './CopyText';
import { Notice } from './Notice';
import classes from './ProblemNotice.module.css';

interface ProblemNoticeProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** A failure in a pane of its own. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const problem = toProblem(error);
  if (problem.status === 404) {
    return (
      <Notice icon={CircleSlash} title={t('state.notFound')}>
        <p>{t('state.notFoundDetail')}</p>
      </Notice>
    );
  }
  if (problem.status === 403) {
    return (
      <Notice icon={Lock} title={problem.title || t('state.noAccess')}>
        <ProblemWords problem={problem} />
      </Notice>
    );
  }
  return (
    <Notice
      icon={problem === unreachable ? WifiOff : CircleAlert}
      tone="bad"
      title={problem.title}
      actions={
        onRetry && (
          <Button variant="default" onClick={onRetry}>
            {t('state.retry')}
          </Button>
        )
      }
    >
      <ProblemWords problem={problem} />
      <ProblemIdentity error={error} />
    </Notice>
  );
}

/** A failure above content that stays on the page. */
export function ProblemStrip({ error, onRetry }: ProblemNoticeProps) {
  const problem = toProblem(error);
  const forbidden = problem.status === 403;
  return (
    <section className={classes.strip} data-tone={forbidden ? 'calm' : 'bad'} role="alert">
      {forbidden ? <Lock size={16} aria-hidden /> : <CircleAlert size={16} aria-hidden />}
      <div className={classes.words}>
        <h2 className={classes.title}>{problem.title}</h2>
        <ProblemWords problem={problem} />
        {!forbidden && <ProblemIdentity error={error} />}
        <p>{t('state.lastGood')}</p>
      </div>
      {onRetry && !forbidden && (
        <Button variant="default" onClick={onRetry}>
          {t('state.retry')}
        </Button>
      )}
    </section>
  );
}

function ProblemWords({ problem }: { problem: Problem }) {
  return (
    <>
      <p>{problem.detail}</p>
      {problem.help && <p>{problem.help}</p>}
      {problem.needs && problem.needs.length > 0 && (
        <p>{t('state.needs', { needs: listInWords(problem.needs) })}</p>
      )}
    </>
  );
}

/** The id that the people who run the server will ask for. */
function ProblemIdentity({ error }: { error: unknown }) {
  const queryId = error instanceof ProblemError ? error.queryId : null;
  const requestId = toProblem(error).request_id;
  const id = queryId ?? requestId;
  if (id === '') return null;
  return (
    <p className={classes.identity}>
      {queryId === null ? t('state.requestId') : t('state.queryId')} <code>{id}</code>
      <CopyText text={id} />
    </p>
  );
}
