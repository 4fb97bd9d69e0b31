import type { Filter, Operator, Scalar, Topic } from '@/api/types';
import { findField, splitFrame } from '@/lib/exploration/fieldNames';
import { filterParts, isFieldFilter, listOf } from '@/lib/exploration/filterText';
import { frameLabel } from '@/lib/frameLabel';
import { t } from '@/lib/text';

const MOST_VALUES = 3;

/** A filter as a person would say it: `Region is EUROPE or ASIA`. */
export function filterInWords(filter: Filter, topic: Topic): string {
  if (!isFieldFilter(filter)) {
    const [key, branches] =
      'any_of' in filter
        ? (['filters.any', filter.any_of] as const)
        : (['filters.all', filter.all_of] as const);
    return t(key, { filters: branches.map((branch) => filterInWords(branch, topic)).join(' · ') });
  }
  const parts = filterParts(filter);
  if (parts === null) return fieldInWords(filter.field, topic);
  const { operator, value } = parts;
  const field = fieldInWords(parts.field, topic);
  if (operator === 'is_null')
    return `${field} ${t(value === true ? 'operator.is_null' : 'operator.is_not_null')}`;
  return `${field} ${t(`operator.${operator}`)} ${valuesInWords(listOf(value), operator)}`;
}

export function fieldInWords(name: string, topic: Topic): string {
  const { frame } = splitFrame(name);
  const label = findField(topic, name)?.field.label ?? name;
  return frame === null ? label : `${label}, ${frameLabel(frame).toLowerCase()}`;
}

function valuesInWords(values: Scalar[], operator: Operator): string {
  const glue = operator === 'between' ? t('value.and') : t('value.or');
  const words = values.slice(0, MOST_VALUES).map(scalarInWords).join(glue);
  const rest = values.length - MOST_VALUES;
  return rest > 0 ? `${words} +${rest}` : words;
}

function scalarInWords(value: Scalar): string {
  if (value === null) return t('value.null');
  if (typeof value === 'boolean') return t(value ? 'value.true' : 'value.false');
  return String(value);
}
