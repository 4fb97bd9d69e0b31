import { Button, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Field, FieldFilter, Topic } from '@/api/types';
import { t } from '@/lib/text';
import { type Condition, conditionsFor, type Draft, filterOf, withCondition } from './draft';
import classes from './Filters.module.css';
import { ValueEditor } from './ValueEditor';

interface FilterEditorProps {
  model: string;
  topic: Topic;
  field: Field;
  draft: Draft;
  onApply: (filter: FieldFilter) => void;
}

/** Condition and values of one filter; nothing changes before it is applied. */
export function FilterEditor({ model, topic, field, draft: initial, onApply }: FilterEditorProps) {
  const [draft, setDraft] = useState(initial);
  const filter = filterOf(draft, field.type);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (filter !== null) onApply(filter);
  };
  return (
    <form className={classes.editor} onSubmit={submit}>
      <Select
        label={t('filters.condition')}
        data={conditionsFor(field).map((condition) => ({
          value: condition,
          label: t(`operator.${condition}`),
        }))}
        value={draft.condition}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(condition) =>
          condition && setDraft(withCondition(draft, condition as Condition, field.type))
        }
      />
      <ValueEditor
        model={model}
        topic={topic}
        field={field}
        draft={draft}
        onTexts={(texts) => setDraft({ ...draft, texts })}
      />
      <Button type="submit" disabled={filter === null}>
        {t('filters.apply')}
      </Button>
    </form>
  );
}
