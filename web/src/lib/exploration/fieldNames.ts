import type { Field, Topic, View } from '@/api/types';

/** `orders.ordered_at[month]` is the field `orders.ordered_at` in the time frame `month`. */
export function splitFrame(name: string): { field: string; frame: string | null } {
  const match = /^([^[\]]+)\[([a-z_]+)\]$/.exec(name);
  return match ? { field: match[1] ?? name, frame: match[2] ?? null } : { field: name, frame: null };
}

export function withFrame(field: string, frame: string | null): string {
  return frame === null ? field : `${field}[${frame}]`;
}

export interface FoundField {
  field: Field;
  view: View;
}

export function findField(topic: Topic, name: string): FoundField | null {
  const bare = splitFrame(name).field;
  for (const view of topic.views) {
    const field = view.fields.find((candidate) => candidate.name === bare);
    if (field) return { field, view };
  }
  return null;
}

/** The frame that a click on the field itself means. */
export function usualFrame(field: Field): string | null {
  if (field.timeframes.length === 0) return null;
  return field.timeframes.includes('month') ? 'month' : (field.timeframes[0] ?? null);
}
