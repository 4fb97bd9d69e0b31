import type { Field, Topic } from '@/api/types';
import { type Exploration, emptyExploration } from './exploration';
import { usualFrame, withFrame } from './fieldNames';

export interface SuggestedQuestion {
  title: string;
  exploration: Exploration;
}

/** Up to three questions that the topic's own fields suggest: over time, by a category, and a second measure. */
export function suggestedQuestions(topic: Topic): SuggestedQuestion[] {
  const fields = topic.views.flatMap((view) => view.fields).filter((field) => field.masked === null);
  const measures = preferHome(
    fields.filter((field) => field.kind === 'measure'),
    topic,
  );
  const dimensions = fields.filter((field) => field.kind === 'dimension');
  const time = preferHome(
    dimensions.filter((field) => field.timeframes.includes('month')),
    topic,
  )[0];
  const categories = dimensions.filter((field) => field.type === 'string' && field.suggest);

  const [first, second = first] = measures;
  if (first === undefined || second === undefined) return [];
  const questions: (SuggestedQuestion | null)[] = [
    time ? overTime(first, time) : null,
    categories[0] ? byCategory(first, categories[0]) : null,
    categories[1] ? byCategory(second, categories[1]) : null,
  ];
  return questions.filter((question) => question !== null);
}

function preferHome(fields: Field[], topic: Topic): Field[] {
  const home = (field: Field) => Number(field.name.startsWith(`${topic.base_view}.`));
  return [...fields].sort((left, right) => home(right) - home(left));
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
