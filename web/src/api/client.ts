import { isAbort, ProblemError, readProblem, unreachable } from './problems';

export interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  accept?: string;
  queryId?: string;
  signal?: AbortSignal | undefined;
}

let onSignedOut = () => {};

/** Says what happens when the server answers that nobody is signed in. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

export async function call(path: string, { method = 'GET', body, accept, queryId, signal }: Call = {}) {
  const headers = new Headers({ accept: accept ?? 'application/json' });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (queryId !== undefined) headers.set('query-id', queryId);

  const init: RequestInit = { method, headers, credentials: 'same-origin', signal: signal ?? null };
  if (body !== undefined) init.body = JSON.stringify(body);

  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    throw isAbort(error) ? error : new ProblemError(unreachable, queryId);
  }
  if (!response.ok) {
    if (response.status === 401) onSignedOut();
    throw new ProblemError(await readProblem(response), response.headers.get('query-id') ?? queryId);
  }
  return response;
}

export async function read<T>(path: string, options?: Call): Promise<T> {
  const response = await call(path, options);
  return (await response.json()) as T;
}

/** Joins path segments, escaping what a name may contain. */
export function apiPath(...segments: string[]): string {
  return ['/api/v1', ...segments.map(encodeURIComponent)].join('/');
}
