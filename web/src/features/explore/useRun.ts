import { useCallback, useEffect, useReducer, useRef } from 'react';
import { isAbort } from '@/api/problems';
import { cancel, run } from '@/api/runs';
import type { FieldQuery } from '@/api/types';
import { idle, type RunState, runReducer } from './runReducer';

interface Running {
  queryId: string;
  abort: AbortController;
}

export interface Runner {
  state: RunState;
  start: (request: FieldQuery) => void;
  stop: () => void;
}

/** Runs one question at a time. A new one, or leaving the screen, stops the one before it at the engine. */
export function useRun(model: string): Runner {
  const [state, dispatch] = useReducer(runReducer, idle);
  const running = useRef<Running | null>(null);

  const halt = useCallback(() => {
    const current = running.current;
    running.current = null;
    if (!current) return false;
    current.abort.abort();
    void cancel(current.queryId);
    return true;
  }, []);

  const start = useCallback(
    async (request: FieldQuery) => {
      halt();
      const queryId = crypto.randomUUID();
      const abort = new AbortController();
      running.current = { queryId, abort };
      dispatch({ type: 'started', queryId, at: Date.now() });
      try {
        const answer = await run({ model, request, queryId, signal: abort.signal });
        dispatch({ type: 'answered', answer });
      } catch (error) {
        if (!isAbort(error)) dispatch({ type: 'failed', queryId, error });
      } finally {
        if (running.current?.queryId === queryId) running.current = null;
      }
    },
    [model, halt],
  );

  const stop = useCallback(() => {
    if (halt()) dispatch({ type: 'cancelled', at: Date.now() });
  }, [halt]);

  useEffect(() => () => void halt(), [halt]);

  return { state, start, stop };
}
