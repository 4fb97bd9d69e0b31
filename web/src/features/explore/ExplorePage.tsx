import { useQuery } from '@tanstack/react-query';
import { models, topic } from '@/api/queries';
import { t } from '@/lib/text';
import { Loading } from '@/ui/Loading';
import { Page } from '@/ui/Page';
import { ProblemNotice } from '@/ui/ProblemNotice';
import { Workspace } from './Workspace';

interface ExplorePageProps {
  model: string;
  topic: string;
  styleNonce: string;
}

/** Waits for what the person may know of the topic; what they may not know looks like what does not exist. */
export function ExplorePage({ model: modelId, topic: topicName, styleNonce }: ExplorePageProps) {
  const list = useQuery(models);
  const detail = useQuery(topic(modelId, topicName));
  const error = detail.error ?? list.error;
  const model = list.data?.find((candidate) => candidate.id === modelId);

  if (detail.data && model) return <Workspace model={model} topic={detail.data} styleNonce={styleNonce} />;
  const retry = () => Promise.all([list.refetch(), detail.refetch()]);
  return (
    <Page title={t('explore.title')}>
      {error ? <ProblemNotice error={error} onRetry={retry} /> : <Loading />}
    </Page>
  );
}
