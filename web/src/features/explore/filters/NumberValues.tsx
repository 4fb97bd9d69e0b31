import { TagsInput, TextInput } from '@mantine/core';
import { t } from '@/lib/text';
import { exactNumber } from './draft';

interface NumberValuesProps {
  several: boolean;
  texts: string[];
  onTexts: (texts: string[]) => void;
}

export function NumberValues({ several, texts, onTexts }: NumberValuesProps) {
  const isWrong = texts.some((text) => text.trim() !== '' && exactNumber(text.trim()) === null);
  const error = isWrong ? t('filters.number') : null;
  if (several) {
    return (
      <TagsInput
        data-autofocus
        label={t('filters.values')}
        value={texts.filter((text) => text !== '')}
        error={error}
        acceptValueOnBlur
        onChange={onTexts}
      />
    );
  }
  return (
    <TextInput
      data-autofocus
      inputMode="decimal"
      label={t('filters.value')}
      value={texts[0] ?? ''}
      error={error}
      onChange={(event) => onTexts([event.currentTarget.value])}
    />
  );
}
