import type { Answer } from '@/api/runs';

/** One run of a question from start to end. The last good answer stays with it until a better one comes. */
export type RunState = { last: Answer | null } & (
  | { phase: 'idle' }
  | { phase: 'running'; queryId: string; startedAt: number }
  | { phase: 'failed'; error: unknown }
  | { phase: 'cancelled'; afterMs: number }
);

export type RunEvent =
  | { type: 'started'; queryId: string; at: number }
  | { type: 'answered'; answer: Answer }
  | { type: 'failed'; queryId: string; error: unknown }
  | { type: 'cancelled'; at: number };

export const idle: RunState = { phase: 'idle', last: null };

/** INVARIANT: news of a run that is no longer the current one changes nothing. */
export function runReducer(state: RunState, event: RunEvent): RunState {
  if (event.type === 'started') {
    return { phase: 'running', queryId: event.queryId, startedAt: event.at, last: state.last };
  }
  if (state.phase !== 'running') return state;
  switch (event.type) {
    case 'answered':
      return event.answer.queryId === state.queryId ? { phase: 'idle', last: event.answer } : state;
    case 'failed':
      return event.queryId === state.queryId
        ? { phase: 'failed', error: event.error, last: state.last }
        : state;
    case 'cancelled':
      return { phase: 'cancelled', afterMs: event.at - state.startedAt, last: state.last };
  }
}
