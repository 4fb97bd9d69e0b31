import { TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { suggestions } from '@/api/queries';
import type { Field, Topic } from '@/api/types';
import { t } from '@/lib/text';

const TYPING_PAUSE_MS = 200;

interface TextValuesProps {
  model: string;
  topic: Topic;
  field: Field;
  /** Offer values that occur in the data; the server answers with those the person may see. */
  lookUp: boolean;
  texts: string[];
  onTexts: (texts: string[]) => void;
}

export function TextValues({ model, topic, field, lookUp, texts, onTexts }: TextValuesProps) {
  const [typed, setTyped] = useState('');
  const [contains] = useDebouncedValue(typed, TYPING_PAUSE_MS);
  const found = useQuery({
    ...suggestions(model, topic.name, field.name, contains),
    enabled: lookUp,
    placeholderData: keepPreviousData,
  });
  const values = found.data?.values.filter((value) => value !== null) ?? [];
  return (
    <TagsInput
      data-autofocus
      label={t('filters.values')}
      description={found.isFetching ? t('filters.suggesting') : undefined}
      data={[...new Set(values)]}
      value={texts}
      searchValue={typed}
      acceptValueOnBlur
      comboboxProps={{ withinPortal: false }}
      maxDropdownHeight={200}
      onSearchChange={setTyped}
      onChange={onTexts}
    />
  );
}
