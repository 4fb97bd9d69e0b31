// The shapes of docs/api.md.

export interface Verdict {
  allowed: boolean;
  because: string;
  needs: string[];
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  help?: string;
  position?: { line: number; column: number };
  field?: string;
  needs?: string[];
  request_id: string;
}

export interface AttributeValue {
  name: string;
  label: string;
  type: string;
  state: 'set' | 'missing' | 'conflict';
  values: (string | number | boolean)[];
  origin: string;
}

export interface Whoami {
  actor: { kind: string; id: string; email: string; name: string };
  /** Who it is really, when somebody sees the product as another person does. */
  viewed_by: { id: string; name: string } | null;
  /** The grant under which one of the operator's staff is here. */
  support: OpenGrant | null;
  organization: { id: string; name: string };
  organization_role: string;
  groups: { key: string; name: string }[];
  attributes: AttributeValue[];
  connections: { name: string; abilities: { name: string; because: string }[] }[];
  can: { query: Verdict; see_all_queries: Verdict };
}

export interface OpenGrant {
  id: string;
  /** An instant, in UTC. */
  expires_at: string;
}

/** One that lets the operator's staff in. */
export interface OpenOrganization {
  key: string;
  name: string;
  grants: OpenGrant[];
}

export interface OperatorSelf {
  id: string;
  email: string;
  name: string;
}

export interface DemoPerson {
  person: string;
  name: string;
  organization: string;
  kind: 'member' | 'operator';
  is: string;
  sees: string;
}

export interface Model {
  id: string;
  label: string;
  connection: string;
  version: number;
  can: Record<'query_topics' | 'query_all_views' | 'write_sql' | 'view_sql' | 'download', Verdict>;
}

export interface TopicSummary {
  name: string;
  label: string;
  description: string | null;
  base_view: string;
}

export type FieldType = 'string' | 'number' | 'boolean' | 'date' | 'timestamp';
export type FieldKind = 'dimension' | 'measure';

export interface Field {
  name: string;
  label: string;
  description: string | null;
  kind: FieldKind;
  type: FieldType;
  format: string | null;
  group_label: string | null;
  timeframes: string[];
  masked: string | null;
  suggest: boolean;
  tags: string[];
  synonyms: string[];
}

export interface View {
  name: string;
  label: string;
  fields: Field[];
}

export interface Topic extends TopicSummary {
  timezone: string;
  default_row_limit: number;
  default_filters: Filter[];
  views: View[];
}

export type Scalar = string | number | boolean | null;

export type Operator =
  | 'is'
  | 'is_not'
  | 'contains'
  | 'starts_with'
  | 'ends_with'
  | 'greater_than'
  | 'less_than'
  | 'at_least'
  | 'at_most'
  | 'between'
  | 'during'
  | 'before'
  | 'after'
  | 'is_null';

export type FieldFilter = { field: string } & { [operator in Operator]?: Scalar | Scalar[] };
export type Filter = FieldFilter | { any_of: Filter[] } | { all_of: Filter[] };

export interface Sort {
  field: string;
  descending: boolean;
}

export interface FieldQuery {
  topic: string;
  fields: string[];
  filters: Filter[];
  sorts: Sort[];
  limit?: number;
  timezone?: string;
}

export interface Column {
  name: string;
  label: string;
  type: FieldType;
  kind: FieldKind;
  format: string | null;
  masked: boolean;
}

export interface Rule {
  relation: string;
  rule: string;
  because: string;
}

export interface QueryState {
  query_id: string;
  model: string;
  person: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  row_count: number;
  truncated: boolean;
  elapsed_ms: number;
  problem: Problem | null;
}

export interface Suggestions {
  values: (string | null)[];
  truncated: boolean;
}

export interface Explanation {
  decision: 'allowed' | 'limited' | 'denied';
  summary: string;
  because: string[];
  needs: string[];
  governed_by: Rule[];
  fields: { name: string; state: 'visible' | 'masked'; how: string | null; because: string }[];
  sql: {
    text: string;
    rules: { start: number; end: number; relation: string; label: string }[];
  } | null;
}
