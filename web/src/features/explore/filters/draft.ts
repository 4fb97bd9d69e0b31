import type { Field, FieldFilter, FieldType, Operator, Scalar } from '@/api/types';
import { filterParts, listOf, makeFilter } from '@/lib/exploration/filterText';

/** A condition as the editor offers it; `is_not_null` is `is_null: false` to the server. */
export type Condition = Operator | 'is_not_null';

/** A filter while it is being written: values are still the typed text. */
export interface Draft {
  field: string;
  condition: Condition;
  texts: string[];
}

const CONDITIONS: Record<FieldType, readonly Condition[]> = {
  string: ['is', 'is_not', 'contains', 'starts_with', 'ends_with', 'is_null', 'is_not_null'],
  number: [
    'is',
    'is_not',
    'greater_than',
    'at_least',
    'less_than',
    'at_most',
    'between',
    'is_null',
    'is_not_null',
  ],
  boolean: ['is', 'is_null', 'is_not_null'],
  date: ['during', 'between', 'before', 'after', 'is_null', 'is_not_null'],
  timestamp: ['during', 'between', 'before', 'after', 'is_null', 'is_not_null'],
};

export function conditionsFor(field: Field): readonly Condition[] {
  return CONDITIONS[field.type];
}

const FIRST_TEXTS: Record<FieldType, string[]> = {
  string: [],
  number: [''],
  boolean: ['true'],
  date: ['last 12 months'],
  timestamp: ['last 12 months'],
};

export function newDraft(field: Field): Draft {
  const measureFirst: Condition = field.kind === 'measure' ? 'greater_than' : 'is';
  const condition = field.type === 'number' ? measureFirst : (CONDITIONS[field.type][0] ?? 'is');
  return { field: field.name, condition, texts: FIRST_TEXTS[field.type] };
}

/** Null when the filter says something that the editor has no form for; it is then shown but not edited. */
export function draftOf(filter: FieldFilter, field: Field): Draft | null {
  const parts = filterParts(filter);
  if (parts === null) return null;
  const { operator, value } = parts;
  if (operator === 'is_null') {
    return { field: filter.field, condition: value === true ? 'is_null' : 'is_not_null', texts: [] };
  }
  const values = listOf(value);
  if (!conditionsFor(field).includes(operator) || values.includes(null)) return null;
  if (field.type === 'boolean' && values.length !== 1) return null;
  return { field: filter.field, condition: operator, texts: values.map(String) };
}

/** Null while something is missing or not of the field's type. */
export function filterOf(draft: Draft, type: FieldType): FieldFilter | null {
  const { field, condition } = draft;
  if (condition === 'is_null' || condition === 'is_not_null') {
    return makeFilter({ field, operator: 'is_null', value: condition === 'is_null' });
  }
  const texts = draft.texts.map((text) => text.trim()).filter((text) => text !== '');
  const values = texts.map((text) => scalarOf(text, type));
  if (values.length === 0 || values.includes(null)) return null;
  switch (condition) {
    case 'between':
      return values.length === 2 ? makeFilter({ field, operator: condition, value: values }) : null;
    case 'is':
    case 'is_not':
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return makeFilter({ field, operator: condition, value: values });
    default:
      return makeFilter({ field, operator: condition, value: values[0] ?? null });
  }
}

function scalarOf(text: string, type: FieldType): Scalar {
  if (type === 'number') return exactNumber(text);
  if (type === 'boolean') return text === 'true';
  return text;
}

/** Null for what is no number, and for a number with more digits than a JSON number keeps here. */
export function exactNumber(text: string): number | null {
  const MOST_DIGITS = 15;
  const digits = text.replace(/^-?0*|\./g, '').length;
  return /^-?\d+(\.\d+)?$/.test(text) && digits <= MOST_DIGITS ? Number(text) : null;
}

/** The texts that stay when another condition is chosen. */
export function withCondition(draft: Draft, condition: Condition, type: FieldType): Draft {
  const becomesPeriod = condition === 'during';
  const wasPeriod = draft.condition === 'during';
  if (condition === 'is_null' || condition === 'is_not_null') return { ...draft, condition, texts: [] };
  if (becomesPeriod !== wasPeriod)
    return { ...draft, condition, texts: becomesPeriod ? ['last 12 months'] : [] };
  if (type === 'boolean' && draft.texts.length === 0) return { ...draft, condition, texts: ['true'] };
  return { ...draft, condition };
}
