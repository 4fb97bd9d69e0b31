import type { Field, Topic } from '@/api/types';
import { type Exploration, emptyExploration } from './exploration';
import { splitFrame, usualFrame, withFrame } from './fieldNames';

export interface SuggestedQuestion {
  title: string;
  exploration: Exploration;
}

/** Up to three questions that the topic's own fields suggest: over time, and two measures by a category. */
export function suggestedQuestions(topic: Topic): SuggestedQuestion[] {
  const fields = topic.views.flatMap((view) => view.fields).filter((field) => field.masked === null);
  const measures = bestFirst(
    fields.filter((field) => field.kind === 'measure' && field.type === 'number'),
    topic,
  );
  const dimensions = fields.filter((field) => field.kind === 'dimension');
  const [time] = bestFirst(
    dimensions.filter((field) => field.timeframes.includes('month')),
    topic,
  );
  const categories = bestFirst(
    dimensions.filter((field) => field.type === 'string' && field.suggest && !namesOneThing(field)),
    topic,
  );

  const [first, second = first] = measures;
  if (first === undefined || second === undefined) return [];
  const questions: (SuggestedQuestion | null)[] = [
    time ? overTime(first, time) : null,
    categories[0] ? byCategory(first, categories[0]) : null,
    categories[1] ? byCategory(second, categories[1]) : null,
  ];
  return questions.filter((question) => question !== null);
}

/** Fields tagged `core` before others, and those of the topic's own view before those of joined ones. */
function bestFirst(fields: Field[], topic: Topic): Field[] {
  const rank = (field: Field) =>
    (field.tags.includes('core') ? 2 : 0) + (field.name.startsWith(`${topic.base_view}.`) ? 1 : 0);
  return [...fields].sort((left, right) => rank(right) - rank(left));
}

/** A name tells one customer from the next; it is no category. */
function namesOneThing(field: Field): boolean {
  return splitFrame(field.name).field.endsWith('name');
}

function overTime(measure: Field, time: Field): SuggestedQuestion {
  const frame = usualFrame(time);
  return {
    title: `${measure.label} by ${frame}`,
    exploration: { ...emptyExploration, fields: [withFrame(time.name, frame), measure.name] },
  };
}

function byCategory(measure: Field, category: Field): SuggestedQuestion {
  return {
    title: `${measure.label} by ${category.label.toLowerCase()}`,
    exploration: {
      ...emptyExploration,
      fields: [category.name, measure.name],
      sorts: [{ field: measure.name, descending: true }],
    },
  };
}
