import { Button, Popover, Select } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Field, FieldFilter, Topic } from '@/api/types';
import { t } from '@/lib/text';
import { newDraft } from './draft';
import { FilterEditor } from './FilterEditor';
import classes from './Filters.module.css';

interface AddFilterProps {
  model: string;
  topic: Topic;
  /** The field to filter by, once it is known. */
  field: Field | null;
  choosing: boolean;
  onChoosing: (choosing: boolean) => void;
  onField: (field: string | null) => void;
  onAdd: (filter: FieldFilter) => void;
}

/** A new filter: first its field, then its condition. */
export function AddFilter({ model, topic, field, choosing, onChoosing, onField, onAdd }: AddFilterProps) {
  const opened = choosing || field !== null;
  const close = () => {
    onChoosing(false);
    onField(null);
  };
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && close()}
      position="bottom-start"
      width={300}
      trapFocus
    >
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<Plus size={14} aria-hidden />}
          aria-label={t('shortcut.addFilter')}
          onClick={() => (opened ? close() : onChoosing(true))}
        >
          {t('filters.add')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('shortcut.addFilter')}>
        {field === null ? (
          <Select
            data-autofocus
            label={t('filters.choose')}
            placeholder={t('picker.search')}
            searchable
            defaultDropdownOpened
            comboboxProps={{ withinPortal: false }}
            maxDropdownHeight={280}
            nothingFoundMessage={t('palette.nothing')}
            data={topic.views.map((view) => ({
              group: view.label,
              items: view.fields.map(({ name, label }) => ({ value: name, label })),
            }))}
            onChange={onField}
          />
        ) : (
          <>
            <h2 className={classes.editorTitle}>{field.label}</h2>
            <FilterEditor
              model={model}
              topic={topic}
              field={field}
              draft={newDraft(field)}
              onApply={(filter) => {
                close();
                onAdd(filter);
              }}
            />
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
