import type { Field, Topic } from '@/api/types';
import { withFrame } from '@/lib/exploration/fieldNames';

export type PickerRow =
  | { type: 'view'; key: string; label: string; chosen: number }
  | { type: 'kind'; key: string; kind: Field['kind'] }
  | { type: 'group'; key: string; label: string }
  | { type: 'field'; key: string; field: Field; chosen: boolean; open: boolean }
  | { type: 'frame'; key: string; field: Field; frame: string | null; chosen: boolean };

interface PickerState {
  search: string;
  chosen: string[];
  /** Fields whose time frames are shown. */
  open: ReadonlySet<string>;
}

/** The list of fields as rows from top to bottom: what is seen is what the arrow keys walk. */
export function pickerRows(topic: Topic, { search, chosen, open }: PickerState): PickerRow[] {
  return topic.views.flatMap((view) => {
    const fields = view.fields.filter((field) => matches(field, search));
    if (fields.length === 0) return [];
    const chosenCount = view.fields.flatMap(namesOf).filter((name) => chosen.includes(name)).length;
    const heading: PickerRow = {
      type: 'view',
      key: `view ${view.name}`,
      label: view.label,
      chosen: chosenCount,
    };
    const parts = (['dimension', 'measure'] as const).flatMap((kind) => {
      const ofKind = fields.filter((field) => field.kind === kind);
      if (ofKind.length === 0) return [];
      const title: PickerRow = { type: 'kind', key: `${kind} ${view.name}`, kind };
      return [title, ...grouped(ofKind, title.key, (field) => fieldRows(field, chosen, open))];
    });
    return [heading, ...parts];
  });
}

/** Fields without a group label come first, then each group under its label. */
function grouped(fields: Field[], key: string, rowsOf: (field: Field) => PickerRow[]): PickerRow[] {
  const labels = [...new Set(fields.map((field) => field.group_label))].sort((left) =>
    left === null ? -1 : 0,
  );
  return labels.flatMap((label) => {
    const rows = fields.filter((field) => field.group_label === label).flatMap(rowsOf);
    return label === null ? rows : [{ type: 'group', key: `${key} ${label}`, label }, ...rows];
  });
}

function fieldRows(field: Field, chosen: string[], open: ReadonlySet<string>): PickerRow[] {
  const isOpen = field.timeframes.length > 0 && open.has(field.name);
  const row: PickerRow = {
    type: 'field',
    key: field.name,
    field,
    chosen: namesOf(field).some((name) => chosen.includes(name)),
    open: isOpen,
  };
  if (!isOpen) return [row];
  const frames = [...field.timeframes, null].map((frame): PickerRow => {
    const name = withFrame(field.name, frame);
    return { type: 'frame', key: `${name} frame`, field, frame, chosen: chosen.includes(name) };
  });
  return [row, ...frames];
}

/** All the ways in which a query can name the field. */
export function namesOf(field: Field): string[] {
  return [field.name, ...field.timeframes.map((frame) => withFrame(field.name, frame))];
}

/** Every word of the search occurs in the name, label, description, or a synonym. */
function matches(field: Field, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [field.name, field.label, field.description ?? '', field.group_label ?? '', ...field.synonyms]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

export function isWalkable(row: PickerRow): row is Extract<PickerRow, { type: 'field' | 'frame' }> {
  return row.type === 'field' || row.type === 'frame';
}
