import type { FieldQuery, Filter, Sort, Topic } from '@/api/types';

export type Show = 'both' | 'chart' | 'table';
export type Panel = 'why' | 'sql';

/** A question to a topic and how its answer is shown: all that the address of Explore holds. */
export interface Exploration {
  fields: string[];
  /** Null stands for the topic's default filters; an empty list means that somebody took them away. */
  filters: Filter[] | null;
  sorts: Sort[];
  limit: number | null;
  timezone: string | null;
  show: Show;
  panel: Panel | null;
}

export const emptyExploration: Exploration = {
  fields: [],
  filters: null,
  sorts: [],
  limit: null,
  timezone: null,
  show: 'both',
  panel: null,
};

export const HIGHEST_LIMIT = 50_000;

export function effectiveFilters(exploration: Exploration, topic: Topic): Filter[] {
  return exploration.filters ?? topic.default_filters;
}

export function toFieldQuery(exploration: Exploration, topic: Topic): FieldQuery {
  const query: FieldQuery = {
    topic: topic.name,
    fields: exploration.fields,
    filters: effectiveFilters(exploration, topic),
    sorts: exploration.sorts.filter((sort) => exploration.fields.includes(sort.field)),
    limit: exploration.limit ?? topic.default_row_limit,
  };
  if (exploration.timezone !== null) query.timezone = exploration.timezone;
  return query;
}

/** Two questions are the same when the server would be sent the same bytes. */
export function sameQuestion(left: FieldQuery, right: FieldQuery): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

export function toggleField(exploration: Exploration, field: string): Exploration {
  const chosen = exploration.fields.includes(field);
  return {
    ...exploration,
    fields: chosen ? exploration.fields.filter((name) => name !== field) : [...exploration.fields, field],
    sorts: chosen ? exploration.sorts.filter((sort) => sort.field !== field) : exploration.sorts,
  };
}

/** A column goes unsorted → first direction → other direction → unsorted; `add` keeps the sorts on other columns. */
export function cycleSort(sorts: Sort[], field: string, firstDescending: boolean, add: boolean): Sort[] {
  const present = sorts.find((sort) => sort.field === field);
  const next =
    present === undefined
      ? [{ field, descending: firstDescending }]
      : present.descending === firstDescending
        ? [{ field, descending: !firstDescending }]
        : [];
  if (!add) return next;
  if (present === undefined) return [...sorts, ...next];
  return sorts.flatMap((sort) => (sort.field === field ? next : [sort]));
}

export function moveField(exploration: Exploration, field: string, by: -1 | 1): Exploration {
  const fields = [...exploration.fields];
  const from = fields.indexOf(field);
  const to = from + by;
  if (from < 0 || to < 0 || to >= fields.length) return exploration;
  fields.splice(to, 0, ...fields.splice(from, 1));
  return { ...exploration, fields };
}
