import { TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { suggestions } from '@/api/queries';
import type { Field, Topic } from '@/api/types';
import { t } from '@/lib/text';
import { FoundValues } from './FoundValues';

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

/** Several texts: typed, or taken from the values that were found. */
export function TextValues({ model, topic, field, lookUp, texts, onTexts }: TextValuesProps) {
  const [typed, setTyped] = useState('');
  const [contains] = useDebouncedValue(typed, TYPING_PAUSE_MS);
  const found = useQuery({
    ...suggestions(model, topic.name, field.name, contains),
    enabled: lookUp,
    placeholderData: keepPreviousData,
  });
  const values = found.data?.values.filter((value) => value !== null) ?? [];
  const toggle = (value: string) => {
    onTexts(texts.includes(value) ? texts.filter((text) => text !== value) : [...texts, value]);
    setTyped('');
  };

  /** While values are found, Enter takes one of them: half a word would match nothing. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || typed === '') return;
    const best = bestMatch(values, typed);
    if (best === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (!texts.includes(best)) toggle(best);
  };

  return (
    <>
      <TagsInput
        data-autofocus
        label={t('filters.values')}
        placeholder={lookUp ? t('filters.lookUp') : undefined}
        value={texts}
        searchValue={typed}
        acceptValueOnBlur={!lookUp}
        onSearchChange={setTyped}
        onChange={onTexts}
        onKeyDownCapture={lookUp ? onKeyDown : undefined}
      />
      {lookUp && (
        <FoundValues
          values={values}
          truncated={found.data?.truncated ?? false}
          searching={found.isFetching}
          chosen={texts}
          onToggle={toggle}
        />
      )}
    </>
  );
}

function bestMatch(values: string[], typed: string): string | undefined {
  const wanted = typed.trim().toLowerCase();
  const containing = values.filter((value) => value.toLowerCase().includes(wanted));
  return containing.find((value) => value.toLowerCase() === wanted) ?? containing[0];
}
