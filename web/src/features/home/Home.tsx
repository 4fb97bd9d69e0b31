import { useQuery } from '@tanstack/react-query';
import { Database, KeyRound } from 'lucide-react';
import { models, whoami } from '@/api/queries';
import type { Whoami } from '@/api/types';
import { listInWords, t } from '@/lib/text';
import { Loading } from '@/ui/Loading';
import { Notice } from '@/ui/Notice';
import { Page } from '@/ui/Page';
import { ProblemNotice } from '@/ui/ProblemNotice';
import classes from './Home.module.css';
import { ModelTopics } from './ModelTopics';
import { StartingPoints } from './StartingPoints';

export function Home() {
  const me = useQuery(whoami);
  const list = useQuery(models);
  return (
    <Page title={t('home.title')}>
      {list.isPending && <Loading />}
      {list.isError && <ProblemNotice error={list.error} onRetry={list.refetch} />}
      {me.data && list.data && (
        <div className={classes.home}>
          {list.data.length === 0 && <NothingHere me={me.data} />}
          <StartingPoints models={list.data} />
          {list.data.map((model) => (
            <ModelTopics key={model.id} model={model} />
          ))}
        </div>
      )}
    </Page>
  );
}

/** A person without data is told so plainly, with what would change it. */
function NothingHere({ me }: { me: Whoami }) {
  const { query } = me.can;
  if (query.allowed) return <Notice icon={Database} title={t('home.noModels')} />;
  return (
    <Notice icon={KeyRound} title={t('home.nothing')}>
      <p>{t('home.nothingCan', { organization: me.organization.name })}</p>
      <p>{t('state.because', { because: query.because })}</p>
      {query.needs.length > 0 && <p>{t('state.needs', { needs: listInWords(query.needs) })}</p>}
    </Notice>
  );
}
