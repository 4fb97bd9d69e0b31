import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChartLine } from 'lucide-react';
import { topic, topics } from '@/api/queries';
import type { Model } from '@/api/types';
import { writeExploration } from '@/lib/exploration/address';
import { suggestedQuestions } from '@/lib/exploration/suggestedQuestions';
import { t } from '@/lib/text';
import classes from './Home.module.css';

/** Questions that the first topic of each model can answer, one click away. */
export function StartingPoints({ models }: { models: Model[] }) {
  const open = models.filter((model) => model.can.query_topics.allowed);
  const lists = useQueries({ queries: open.map((model) => topics(model.id)) });
  const firsts = open.flatMap((model, index) => {
    const first = lists[index]?.data?.[0];
    return first ? [{ model: model.id, topic: first.name }] : [];
  });
  const details = useQueries({ queries: firsts.map((first) => topic(first.model, first.topic)) });
  const questions = firsts.flatMap((first, index) => {
    const detail = details[index]?.data;
    if (!detail) return [];
    return suggestedQuestions(detail).map((question) => ({
      ...question,
      ...first,
      topicLabel: detail.label,
    }));
  });
  if (questions.length === 0) return null;

  return (
    <section aria-labelledby="start">
      <h2 className={classes.heading} id="start">
        {t('home.start')}
      </h2>
      <ul className={classes.questions}>
        {questions.map((question) => (
          <li key={`${question.model} ${question.title}`}>
            <Link
              to="/explore/$model/$topic"
              params={{ model: question.model, topic: question.topic }}
              search={writeExploration(question.exploration)}
              className={classes.question}
            >
              <ChartLine size={16} className={classes.icon} aria-hidden />
              <span className={classes.label}>{question.title}</span>
              <span className={classes.quiet}>{question.topicLabel}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
