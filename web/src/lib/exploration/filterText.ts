import type { FieldFilter, Filter, Operator, Scalar } from '@/api/types';

/*
 * A filter in the address: `customers.region is EUROPE,ASIA`. A value is written bare unless it would then be read as
 * something else; in that case it is written as JSON: `"2"`, `"a, b"`. Nested filters are JSON throughout.
 */

const OPERATORS: readonly Operator[] = [
  'is',
  'is_not',
  'contains',
  'starts_with',
  'ends_with',
  'greater_than',
  'less_than',
  'at_least',
  'at_most',
  'between',
  'during',
  'before',
  'after',
  'is_null',
];

const LIST_OPERATORS: readonly Operator[] = [
  'is',
  'is_not',
  'contains',
  'starts_with',
  'ends_with',
  'between',
];

export interface FilterParts {
  field: string;
  operator: Operator;
  value: Scalar | Scalar[];
}

export function isFieldFilter(filter: Filter): filter is FieldFilter {
  return 'field' in filter;
}

export function filterParts(filter: FieldFilter): FilterParts | null {
  const operator = OPERATORS.find((name) => filter[name] !== undefined);
  const value = operator && filter[operator];
  return operator === undefined || value === undefined ? null : { field: filter.field, operator, value };
}

export function makeFilter({ field, operator, value }: FilterParts): FieldFilter {
  return { field, [operator]: value };
}

export function listOf(value: Scalar | Scalar[]): Scalar[] {
  return Array.isArray(value) ? value : [value];
}

export function writeFilter(filter: Filter): string {
  const parts = isFieldFilter(filter) ? filterParts(filter) : null;
  if (parts === null) return JSON.stringify(filter);
  return `${parts.field} ${parts.operator} ${listOf(parts.value).map(writeScalar).join(',')}`;
}

/** Null for what is not a filter; the address may have been typed by hand. */
export function readFilter(text: string): Filter | null {
  if (text.startsWith('{')) return readNested(text);
  const [field = '', operatorName = '', ...rest] = text.split(' ');
  const operator = OPERATORS.find((name) => name === operatorName);
  const values = readScalars(rest.join(' '));
  if (!isFieldName(field) || operator === undefined || values === null) return null;
  if (LIST_OPERATORS.includes(operator)) {
    if (operator === 'between' && values.length !== 2) return null;
    return makeFilter({ field, operator, value: values });
  }
  const [value] = values;
  return values.length === 1 && value !== undefined ? makeFilter({ field, operator, value }) : null;
}

function readNested(text: string): Filter | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isFilter(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isFilter(value: unknown): value is Filter {
  if (value === null || typeof value !== 'object') return false;
  const keys = Object.keys(value);
  const [only] = keys;
  if (keys.length === 1 && (only === 'any_of' || only === 'all_of')) {
    const branches: unknown = Object.values(value)[0];
    return Array.isArray(branches) && branches.every(isFilter);
  }
  if (keys.length !== 2 || !('field' in value) || typeof value.field !== 'string') return false;
  const operator = keys.find((key) => key !== 'field');
  return OPERATORS.some((name) => name === operator) && isFieldName(value.field);
}

function isFieldName(text: string): boolean {
  return /^[\w.]+(\[\w+\])?$/.test(text);
}

function writeScalar(value: Scalar): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const ambiguous = value === '' || value.startsWith('"') || value.includes(',') || isJsonScalar(value);
  return ambiguous ? JSON.stringify(value) : value;
}

function isJsonScalar(text: string): boolean {
  return (
    text === 'true' || text === 'false' || text === 'null' || /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)
  );
}

function readScalars(text: string): Scalar[] | null {
  const values: Scalar[] = [];
  for (const [raw] of text.matchAll(/"(?:[^"\\]|\\.)*"|[^,]+/g)) {
    try {
      values.push(raw.startsWith('"') || isJsonScalar(raw) ? (JSON.parse(raw) as Scalar) : raw);
    } catch {
      return null;
    }
  }
  return values.length > 0 ? values : null;
}
