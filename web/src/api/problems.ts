import type { Problem } from './types';

/** What went wrong, in the words that the server chose. A problem without a status never reached the server. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly problem: Problem,
    readonly queryId: string | null = null,
  ) {
    super(problem.detail);
  }
}

const local = (kind: string, title: string, detail: string): Problem => ({
  type: `https://tessera.dev/problems/${kind}`,
  title,
  status: 0,
  detail,
  request_id: '',
});

export const unreachable = local(
  'unreachable',
  'The server cannot be reached',
  'Check your connection; nothing you did here is lost.',
);

export const incomplete = local(
  'incomplete',
  'The answer broke off',
  'Only a part of the rows arrived, so none are shown.',
);

/** Reads an answer that is not a success. An intermediary may have put its own page in place of a problem. */
export async function readProblem(response: Response): Promise<Problem> {
  const isProblem = response.headers.get('content-type')?.includes('json');
  if (isProblem) {
    const body: unknown = await response.json();
    if (body !== null && typeof body === 'object' && 'title' in body && 'detail' in body)
      return body as Problem;
  }
  return {
    type: 'about:blank',
    title: 'The request failed',
    status: response.status,
    detail: `The server answered with status ${response.status}.`,
    request_id: '',
  };
}

export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return local('browser', 'Something went wrong on this page', error instanceof Error ? error.message : '');
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
