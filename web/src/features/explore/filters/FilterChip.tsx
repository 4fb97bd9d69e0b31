import { CloseButton, Popover, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { FieldFilter, Filter, Topic } from '@/api/types';
import { findField } from '@/lib/exploration/fieldNames';
import { isFieldFilter } from '@/lib/exploration/filterText';
import { t } from '@/lib/text';
import { draftOf } from './draft';
import { FilterEditor } from './FilterEditor';
import classes from './Filters.module.css';
import { filterInWords } from './filterWords';

interface FilterChipProps {
  model: string;
  topic: Topic;
  filter: Filter;
  hasProblem: boolean;
  onChange: (filter: FieldFilter) => void;
  onRemove: () => void;
}

export function FilterChip({ model, topic, filter, hasProblem, onChange, onRemove }: FilterChipProps) {
  const [editing, setEditing] = useState(false);
  const words = filterInWords(filter, topic);
  const field = isFieldFilter(filter) ? (findField(topic, filter.field)?.field ?? null) : null;
  const draft = field !== null && isFieldFilter(filter) ? draftOf(filter, field) : null;

  return (
    <div className={classes.chip} data-problem={hasProblem || undefined}>
      {field === null || draft === null ? (
        <span className={classes.words} title={words}>
          {words}
        </span>
      ) : (
        <Popover opened={editing} onChange={setEditing} position="bottom-start" width={300} trapFocus>
          <Popover.Target>
            <UnstyledButton
              className={classes.words}
              title={words}
              aria-label={t('filters.edit', { filter: words })}
              onClick={() => setEditing(!editing)}
            >
              {words}
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown aria-label={t('filters.edit', { filter: words })}>
            <FilterEditor
              model={model}
              topic={topic}
              field={field}
              draft={draft}
              onApply={(next) => {
                setEditing(false);
                onChange(next);
              }}
            />
          </Popover.Dropdown>
        </Popover>
      )}
      <CloseButton
        size={24}
        iconSize={14}
        aria-label={t('filters.remove', { filter: words })}
        onClick={onRemove}
      />
    </div>
  );
}
