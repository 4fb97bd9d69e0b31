import { apiPath, call, read } from './client';
import { incomplete, isAbort, ProblemError } from './problems';
import { decodeResult, endsComplete, type Result } from './result';
import type { FieldQuery, QueryState } from './types';

const ARROW = 'application/vnd.apache.arrow.stream';

export interface Answer {
  queryId: string;
  request: FieldQuery;
  result: Result;
  truncated: boolean;
  elapsedMs: number;
}

export interface RunOptions {
  model: string;
  request: FieldQuery;
  queryId: string;
  signal: AbortSignal;
}

/** Runs a field query to its end. INVARIANT: a stream without its end marker never becomes a result. */
export async function run({ model, request, queryId, signal }: RunOptions): Promise<Answer> {
  const response = await call(apiPath('queries'), {
    method: 'POST',
    body: { model, request },
    accept: ARROW,
    queryId,
    signal,
  });
  const bytes = await readBytes(response);
  const state = await read<QueryState>(apiPath('queries', queryId), { signal });
  if (bytes === null || !endsComplete(bytes)) throw new ProblemError(state.problem ?? incomplete, queryId);
  return {
    queryId,
    request,
    result: decodeResult(bytes),
    truncated: state.truncated,
    elapsedMs: state.elapsed_ms,
  };
}

/** Null when the connection broke while the body was on its way. */
async function readBytes(response: Response): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (isAbort(error)) throw error;
    return null;
  }
}

/** Stops a query at the engine; that it has ended by itself meanwhile is no failure. */
export async function cancel(queryId: string): Promise<void> {
  try {
    await call(apiPath('queries', queryId), { method: 'DELETE' });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
}

/** The whole answer as a file, written and checked by the server, without the interactive row cap. */
export async function downloadCsv(model: string, request: FieldQuery): Promise<Blob> {
  const { limit: _interactive, ...everything } = request;
  const response = await call(apiPath('queries'), {
    method: 'POST',
    body: { model, request: everything, download: true },
    accept: 'text/csv',
  });
  return response.blob();
}
