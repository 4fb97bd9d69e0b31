import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChartLine } from 'lucide-react';
import { topic, topics } from '@/api/queries';
import type { Model } from '@/api/types';
import { writeExploration } from '@/lib/exploration/address';
import { suggestedQuestions } from '@/lib/exploration/suggestedQuestions';
import { t } from '@/lib/text';
import classes from './Home.module.css';

const MOST_TOPICS = 4;
const MOST_PER_TOPIC = 3;
const MOST_QUESTIONS = 6;

/** Questions that the first topics can answer, one click away: the best of each topic before the second best. */
export function StartingPoints({ models }: { models: Model[] }) {
  const open = models.filter((model) => model.can.query_topics.allowed);
  const lists = useQueries({ queries: open.map((model) => topics(model.id)) });
  const known = open.flatMap((model, index) =>
    (lists[index]?.data ?? []).slice(0, MOST_TOPICS).map(({ name }) => ({ model: model.id, topic: name })),
  );
  const details = useQueries({ queries: known.map((place) => topic(place.model, place.topic)) });
  const byTopic = known.map((place, index) => {
    const detail = details[index]?.data;
    const suggested = detail ? suggestedQuestions(detail) : [];
    return suggested.map((question) => ({ ...question, ...place, topicLabel: detail?.label }));
  });
  const ranks = Array.from({ length: MOST_PER_TOPIC }, (_, rank) =>
    byTopic.flatMap((own) => own[rank] ?? []),
  );
  const questions = ranks.flat().slice(0, MOST_QUESTIONS);
  if (questions.length === 0) return null;

  return (
    <section aria-labelledby="start">
      <h2 className={classes.heading} id="start">
        {t('home.start')}
      </h2>
      <ul className={classes.questions}>
        {questions.map((question) => (
          <li key={`${question.model}/${question.topic} ${question.title}`}>
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
