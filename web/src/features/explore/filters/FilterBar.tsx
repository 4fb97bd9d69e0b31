import { Button } from '@mantine/core';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { toProblem } from '@/api/problems';
import type { FieldFilter, Filter, Topic } from '@/api/types';
import { findField } from '@/lib/exploration/fieldNames';
import { t } from '@/lib/text';
import { useShortcut } from '@/ui/useShortcut';
import { AddFilter } from './AddFilter';
import { FilterChip } from './FilterChip';
import classes from './Filters.module.css';
import { LimitSelect } from './LimitSelect';
import { TimezoneSelect } from './TimezoneSelect';

interface FilterBarProps {
  model: string;
  topic: Topic;
  filters: Filter[];
  /** These are the topic's default filters, which nobody changed. */
  isUsual: boolean;
  limit: number;
  timezone: string | null;
  problem: unknown;
  /** A field that some other place wants a filter for. */
  addField: string | null;
  onAddField: (field: string | null) => void;
  onFilters: (filters: Filter[] | null) => void;
  onLimit: (limit: number | null) => void;
  onTimezone: (timezone: string | null) => void;
}

/** The conditions of the question as chips, with its row limit and its time zone. */
export function FilterBar(props: FilterBarProps) {
  const { model, topic, filters, isUsual, limit, timezone, problem, addField } = props;
  const { onAddField, onFilters, onLimit, onTimezone } = props;
  const [choosing, setChoosing] = useState(false);
  useShortcut('addFilter', () => setChoosing(true));

  const replaceAt = (index: number, filter: FieldFilter) =>
    onFilters(filters.map((present, at) => (at === index ? filter : present)));
  const keys = uniqueKeys(filters);
  const problemField = problem === null ? undefined : toProblem(problem).field;

  return (
    <div className={classes.bar} role="group" aria-label={t('filters.label')}>
      {filters.map((filter, index) => (
        <FilterChip
          key={keys[index]}
          model={model}
          topic={topic}
          filter={filter}
          hasProblem={problemField !== undefined && 'field' in filter && filter.field === problemField}
          onChange={(next) => replaceAt(index, next)}
          onRemove={() => onFilters(filters.filter((_, at) => at !== index))}
        />
      ))}
      <AddFilter
        model={model}
        topic={topic}
        field={addField === null ? null : (findField(topic, addField)?.field ?? null)}
        choosing={choosing}
        onChoosing={setChoosing}
        onField={onAddField}
        onAdd={(filter) => onFilters([...filters, filter])}
      />
      {!isUsual && topic.default_filters.length > 0 && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<RotateCcw size={12} aria-hidden />}
          onClick={() => onFilters(null)}
        >
          {t('filters.reset')}
        </Button>
      )}
      <div className={classes.settings}>
        <LimitSelect limit={limit} usual={topic.default_row_limit} onLimit={onLimit} />
        <TimezoneSelect timezone={timezone} usual={topic.timezone} onTimezone={onTimezone} />
      </div>
    </div>
  );
}

/** Two equal filters are told apart by how many came before. */
function uniqueKeys(filters: Filter[]): string[] {
  const texts = filters.map((filter) => JSON.stringify(filter));
  return texts.map(
    (text, index) => `${text} ${texts.slice(0, index).filter((other) => other === text).length}`,
  );
}
