import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Table2 } from 'lucide-react';
import { models, topics } from '@/api/queries';
import { t } from '@/lib/text';
import classes from './Shell.module.css';

/** The topics of every model that one may query. */
export function NavTopics() {
  const { data = [] } = useQuery(models);
  const open = data.filter((model) => model.can.query_topics.allowed);
  const lists = useQueries({ queries: open.map((model) => topics(model.id)) });

  return open.map((model, index) => (
    <section key={model.id} aria-label={t('nav.topicsOf', { model: model.label })}>
      <h2 className={classes.heading}>{model.label}</h2>
      <ul>
        {lists[index]?.data?.map((topic) => (
          <li key={topic.name}>
            <Link
              to="/explore/$model/$topic"
              params={{ model: model.id, topic: topic.name }}
              activeOptions={{ includeSearch: false }}
              className={classes.item}
            >
              <Table2 size={16} aria-hidden />
              <span className={classes.itemLabel}>{topic.label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  ));
}
