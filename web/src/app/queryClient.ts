import { QueryClient } from '@tanstack/react-query';
import { toProblem } from '@/api/problems';

const RETRIES = 2;
const PASSING_STATUSES = [0, 429, 502, 503];

/** Only what may pass by itself is tried again; a refusal stays a refusal. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      retry: (count, error) => count < RETRIES && PASSING_STATUSES.includes(toProblem(error).status),
    },
  },
});
