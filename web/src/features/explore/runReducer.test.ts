import { expect, test } from 'vitest';
import type { Answer } from '@/api/runs';
import { idle, type RunEvent, type RunState, runReducer } from './runReducer';

const answer = (queryId: string): Answer => ({
  queryId,
  request: { topic: 't', fields: [], filters: [], sorts: [] },
  result: { columns: [], rowCount: 0, governedBy: [], notices: [] },
  truncated: false,
  elapsedMs: 1,
});

const after = (...events: RunEvent[]): RunState => events.reduce(runReducer, idle);
const started = (queryId: string, at = 0): RunEvent => ({ type: 'started', queryId, at });

test('the last good answer outlives the next run, its failure and its cancellation', () => {
  const good: RunEvent[] = [started('1'), { type: 'answered', answer: answer('1') }, started('2', 1000)];
  expect(after(...good).last?.queryId).toBe('1');
  const failed = after(...good, { type: 'failed', queryId: '2', error: 'no' });
  expect(failed).toMatchObject({ phase: 'failed', error: 'no', last: { queryId: '1' } });
  const cancelled = after(...good, { type: 'cancelled', at: 4100 });
  expect(cancelled).toMatchObject({ phase: 'cancelled', afterMs: 3100, last: { queryId: '1' } });
});

test('late news of an earlier run changes nothing', () => {
  const running = after(started('1'), started('2'));
  expect(runReducer(running, { type: 'answered', answer: answer('1') })).toBe(running);
  expect(runReducer(running, { type: 'failed', queryId: '1', error: 'no' })).toBe(running);
  const stopped = after(started('1'), { type: 'cancelled', at: 1 });
  expect(runReducer(stopped, { type: 'answered', answer: answer('1') })).toBe(stopped);
});
