import { SegmentedControl, TextInput } from '@mantine/core';
import type { Field, Topic } from '@/api/types';
import { t } from '@/lib/text';
import { type Draft, exactNumber } from './draft';
import { NumberValues } from './NumberValues';
import { PeriodValue } from './PeriodValue';
import { TextValues } from './TextValues';

interface ValueEditorProps {
  model: string;
  topic: Topic;
  field: Field;
  draft: Draft;
  onTexts: (texts: string[]) => void;
}

/** The values that fit the field's type and the condition. */
export function ValueEditor({ model, topic, field, draft, onTexts }: ValueEditorProps) {
  const { condition, texts } = draft;
  if (condition === 'is_null' || condition === 'is_not_null') return null;
  if (field.type === 'boolean') {
    return (
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('filters.value')}
        value={texts[0] ?? 'true'}
        onChange={(value) => onTexts([value])}
        data={[
          { value: 'true', label: t('value.true') },
          { value: 'false', label: t('value.false') },
        ]}
      />
    );
  }
  if (condition === 'during') return <PeriodValue text={texts[0] ?? ''} onText={(text) => onTexts([text])} />;
  if (condition === 'between') return <Range field={field} texts={texts} onTexts={onTexts} />;
  if (field.type === 'string') {
    const mayLookUp = condition === 'is' || condition === 'is_not';
    return (
      <TextValues
        model={model}
        topic={topic}
        field={field}
        lookUp={mayLookUp && field.suggest}
        texts={texts}
        onTexts={onTexts}
      />
    );
  }
  if (field.type === 'number') {
    const several = condition === 'is' || condition === 'is_not';
    return <NumberValues several={several} texts={texts} onTexts={onTexts} />;
  }
  return (
    <Moment
      field={field}
      label={t('filters.value')}
      text={texts[0] ?? ''}
      onText={(text) => onTexts([text])}
    />
  );
}

interface RangeProps {
  field: Field;
  texts: string[];
  onTexts: (texts: string[]) => void;
}

/** Inclusive for numbers, half-open for time, and it says so. */
function Range({ field, texts, onTexts }: RangeProps) {
  const [from = '', to = ''] = texts;
  const toLabel = field.type === 'number' ? t('filters.to') : t('filters.toExclusive');
  return (
    <>
      <Moment field={field} label={t('filters.from')} text={from} onText={(text) => onTexts([text, to])} />
      <Moment field={field} label={toLabel} text={to} onText={(text) => onTexts([from, text])} />
    </>
  );
}

interface MomentProps {
  field: Field;
  label: string;
  text: string;
  onText: (text: string) => void;
}

function Moment({ field, label, text, onText }: MomentProps) {
  const isNumber = field.type === 'number';
  return (
    <TextInput
      type={isNumber ? 'text' : 'date'}
      inputMode={isNumber ? 'decimal' : undefined}
      label={label}
      value={text}
      error={isNumber && text !== '' && exactNumber(text.trim()) === null ? t('filters.number') : null}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
}
