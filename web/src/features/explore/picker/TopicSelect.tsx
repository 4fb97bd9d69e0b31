import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { topics } from '@/api/queries';
import type { Topic } from '@/api/types';
import { t } from '@/lib/text';

export function TopicSelect({ model, topic }: { model: string; topic: Topic }) {
  const { data = [topic] } = useQuery(topics(model));
  const navigate = useNavigate();
  return (
    <Select
      aria-label={t('explore.topic')}
      data={data.map(({ name, label }) => ({ value: name, label }))}
      value={topic.name}
      allowDeselect={false}
      searchable={data.length > 12}
      onChange={(name) => name && navigate({ to: '/explore/$model/$topic', params: { model, topic: name } })}
    />
  );
}
