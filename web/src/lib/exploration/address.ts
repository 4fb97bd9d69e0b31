import type { Filter, Sort } from '@/api/types';
import { type Exploration, emptyExploration, HIGHEST_LIMIT, type Panel, type Show } from './exploration';
import { readFilter, writeFilter } from './filterText';

/** The search part of Explore's address, as the router holds it. Every key is optional, absent means the usual. */
export interface ExploreSearch {
  fields?: string;
  filter?: string[];
  sort?: string;
  limit?: string;
  timezone?: string;
  show?: Show;
  panel?: Panel;
}

type RawSearch = Record<string, unknown>;

const NO_FILTERS = 'none';
const FIELD = /^[\w.]+(\[\w+\])?$/;

export function readExploration(search: RawSearch): Exploration {
  const filters = texts(search.filter);
  return {
    fields: unique(commaSeparated(search.fields).filter((name) => FIELD.test(name))),
    filters: filters.length === 0 ? null : filters.map(readFilter).filter((filter) => filter !== null),
    sorts: commaSeparated(search.sort).flatMap(readSort),
    limit: readLimit(search.limit),
    timezone: readTimezone(search.timezone),
    show: search.show === 'chart' || search.show === 'table' ? search.show : 'both',
    panel: search.panel === 'why' || search.panel === 'sql' ? search.panel : null,
  };
}

export function writeExploration(exploration: Exploration): ExploreSearch {
  const { fields, filters, sorts, limit, timezone, show, panel } = exploration;
  const search: ExploreSearch = {};
  if (fields.length > 0) search.fields = fields.join(',');
  if (filters !== null) search.filter = writeFilters(filters);
  if (sorts.length > 0) search.sort = sorts.map(writeSort).join(',');
  if (limit !== null) search.limit = String(limit);
  if (timezone !== null) search.timezone = timezone;
  if (show !== emptyExploration.show) search.show = show;
  if (panel !== null) search.panel = panel;
  return search;
}

/** The router calls this for every address; what it does not return is dropped from the address. */
export function validateExploreSearch(search: RawSearch): ExploreSearch {
  return writeExploration(readExploration(search));
}

function writeFilters(filters: Filter[]): string[] {
  return filters.length === 0 ? [NO_FILTERS] : filters.map(writeFilter);
}

function writeSort(sort: Sort): string {
  return sort.descending ? `-${sort.field}` : sort.field;
}

function readSort(text: string): Sort[] {
  const descending = text.startsWith('-');
  const field = descending ? text.slice(1) : text;
  return FIELD.test(field) ? [{ field, descending }] : [];
}

function readLimit(value: unknown): number | null {
  const limit = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0;
  return limit >= 1 ? Math.min(limit, HIGHEST_LIMIT) : null;
}

function readTimezone(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }) && value;
  } catch {
    return null;
  }
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string');
}

function commaSeparated(value: unknown): string[] {
  return typeof value === 'string' ? value.split(',') : [];
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
