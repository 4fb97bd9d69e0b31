import { queryOptions } from '@tanstack/react-query';
import { apiPath, call, read } from './client';
import type {
  DemoPerson,
  Explanation,
  FieldQuery,
  Model,
  OpenOrganization,
  OperatorSelf,
  Suggestions,
  Topic,
  TopicSummary,
  Whoami,
} from './types';

const MINUTE_MS = 60_000;

export const whoami = queryOptions({
  queryKey: ['whoami'],
  queryFn: ({ signal }) => read<Whoami>(apiPath('whoami'), { signal }),
  staleTime: MINUTE_MS,
});

export const demoPeople = queryOptions({
  queryKey: ['demo-people'],
  queryFn: async ({ signal }) => (await read<{ people: DemoPerson[] }>('/demo/people', { signal })).people,
});

export const models = queryOptions({
  queryKey: ['models'],
  queryFn: async ({ signal }) => (await read<{ models: Model[] }>(apiPath('models'), { signal })).models,
  staleTime: MINUTE_MS,
});

export const topics = (model: string) =>
  queryOptions({
    queryKey: ['topics', model],
    queryFn: async ({ signal }) =>
      (await read<{ topics: TopicSummary[] }>(apiPath('models', model, 'topics'), { signal })).topics,
    staleTime: MINUTE_MS,
  });

export const topic = (model: string, name: string) =>
  queryOptions({
    queryKey: ['topic', model, name],
    queryFn: ({ signal }) => read<Topic>(apiPath('models', model, 'topics', name), { signal }),
    staleTime: MINUTE_MS,
  });

export const suggestions = (model: string, topicName: string, field: string, contains: string) =>
  queryOptions({
    queryKey: ['suggestions', model, topicName, field, contains],
    queryFn: ({ signal }) =>
      read<Suggestions>(apiPath('queries', 'suggest'), {
        method: 'POST',
        body: { model, topic: topicName, field, contains, limit: 50 },
        signal,
      }),
    staleTime: MINUTE_MS,
  });

export const explanation = (model: string, what: { topic: string } | { request: FieldQuery }) =>
  queryOptions({
    queryKey: ['explanation', model, what],
    queryFn: ({ signal }) =>
      read<Explanation>(apiPath('explain'), { method: 'POST', body: { model, what }, signal }),
    staleTime: MINUTE_MS,
  });

export const operatorSession = queryOptions({
  queryKey: ['operator-session'],
  queryFn: ({ signal }) => read<OperatorSelf>(apiPath('operator', 'session'), { signal }),
});

export const openOrganizations = queryOptions({
  queryKey: ['open-organizations'],
  queryFn: async ({ signal }) =>
    (await read<{ organizations: OpenOrganization[] }>(apiPath('operator', 'organizations'), { signal }))
      .organizations,
});

export async function enterOrganization(organization: string): Promise<void> {
  await call(apiPath('operator', 'support-sessions'), { method: 'POST', body: { organization } });
}

export async function signOutOperator(): Promise<void> {
  await call(apiPath('operator', 'session'), { method: 'DELETE' });
}

export async function signInAs(person: string): Promise<void> {
  await call('/demo/sign-in', { method: 'POST', body: { person } });
}

export async function signOut(): Promise<void> {
  await call(apiPath('session'), { method: 'DELETE' });
}
