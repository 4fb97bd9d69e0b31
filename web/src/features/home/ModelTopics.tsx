import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowRight, Lock, Table2 } from 'lucide-react';
import { topics } from '@/api/queries';
import type { Model } from '@/api/types';
import { listInWords, t } from '@/lib/text';
import { Loading } from '@/ui/Loading';
import { ProblemNotice } from '@/ui/ProblemNotice';
import classes from './Home.module.css';

/** A model and its topics, or why its topics are closed. */
export function ModelTopics({ model }: { model: Model }) {
  const may = model.can.query_topics;
  const list = useQuery({ ...topics(model.id), enabled: may.allowed });
  return (
    <section aria-labelledby={`model-${model.id}`}>
      <h2 className={classes.heading} id={`model-${model.id}`}>
        {model.label}
      </h2>
      {!may.allowed && (
        <div className={classes.closed}>
          <Lock size={16} aria-hidden />
          <div>
            <strong>{t('home.closed')}</strong>
            <p>{t('state.because', { because: may.because })}</p>
            {may.needs.length > 0 && <p>{t('state.needs', { needs: listInWords(may.needs) })}</p>}
          </div>
        </div>
      )}
      {list.isLoading && <Loading lines={3} />}
      {list.isError && <ProblemNotice error={list.error} onRetry={list.refetch} />}
      {list.data?.length === 0 && <p className={classes.quiet}>{t('home.noTopics')}</p>}
      {list.data && list.data.length > 0 && (
        <ul className={classes.list}>
          {list.data.map((topic) => (
            <li key={topic.name}>
              <Link
                to="/explore/$model/$topic"
                params={{ model: model.id, topic: topic.name }}
                className={classes.row}
              >
                <Table2 size={16} className={classes.icon} aria-hidden />
                <span className={classes.label}>{topic.label}</span>
                <span className={classes.description}>{topic.description}</span>
                <ArrowRight size={14} className={classes.icon} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
