import { expect, test } from 'vitest';
import type { Field, Topic } from '@/api/types';
import { suggestedQuestions } from './suggestedQuestions';

const field = (name: string, more: Partial<Field>): Field => ({
  name,
  label: name,
  description: null,
  kind: 'dimension',
  type: 'string',
  format: null,
  group_label: null,
  timeframes: [],
  masked: null,
  suggest: true,
  tags: [],
  synonyms: [],
  ...more,
});

const topic = (fields: Field[]): Topic => ({
  name: 't',
  label: 'T',
  description: null,
  base_view: 'own',
  timezone: 'UTC',
  default_row_limit: 1000,
  default_filters: [],
  views: [{ name: 'own', label: 'Own', fields }],
});

test('questions use the core fields, and never a masked one', () => {
  const questions = suggestedQuestions(
    topic([
      field('own.count', { kind: 'measure', type: 'number' }),
      field('own.revenue', { kind: 'measure', type: 'number', tags: ['core'] }),
      field('own.at', { type: 'date', timeframes: ['date', 'month'] }),
      field('own.phone', { masked: 'hash' }),
      field('own.name', {}),
      field('own.status', {}),
    ]),
  );
  expect(questions.map(({ exploration }) => exploration.fields)).toEqual([
    ['own.at[month]', 'own.revenue'],
    ['own.status', 'own.revenue'],
  ]);
});

test('without a measure there is nothing to suggest', () => {
  expect(suggestedQuestions(topic([field('own.status', {})]))).toEqual([]);
});
