import type { Result } from '@/api/result';
import { rawText } from '@/lib/format';

/** Row −1 is the header. */
export interface Position {
  row: number;
  column: number;
}

export interface Selection {
  anchor: Position;
  active: Position;
}

export const HEADER_ROW = -1;

/** The same place in another result, or the nearest one that it has. */
export function within({ anchor, active }: Selection, rows: number, columns: number): Selection {
  const inside = ({ row, column }: Position): Position => ({
    row: Math.min(row, rows - 1),
    column: Math.max(0, Math.min(column, columns - 1)),
  });
  return { anchor: inside(anchor), active: inside(active) };
}

interface Size {
  rows: number;
  columns: number;
  page: number;
}

interface Stroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** Where a key leads from a cell; null when the key does not move. */
export function move(from: Position, { key, ctrlKey, metaKey }: Stroke, size: Size): Position | null {
  const far = ctrlKey || metaKey;
  const last = { row: size.rows - 1, column: size.columns - 1 };
  const to = (row: number, column: number): Position => ({
    row: Math.max(HEADER_ROW, Math.min(last.row, row)),
    column: Math.max(0, Math.min(last.column, column)),
  });
  switch (key) {
    case 'ArrowDown':
      return to(far ? last.row : from.row + 1, from.column);
    case 'ArrowUp':
      return to(far ? 0 : from.row - 1, from.column);
    case 'ArrowRight':
      return to(from.row, far ? last.column : from.column + 1);
    case 'ArrowLeft':
      return to(from.row, far ? 0 : from.column - 1);
    case 'PageDown':
      return to(from.row + size.page, from.column);
    case 'PageUp':
      return to(Math.max(0, from.row - size.page), from.column);
    case 'Home':
      return to(far ? 0 : from.row, 0);
    case 'End':
      return to(far ? last.row : from.row, last.column);
    default:
      return null;
  }
}

interface Rectangle {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** The selected data cells; null when only a header is. */
export function rectangle({ anchor, active }: Selection): Rectangle | null {
  const bottom = Math.max(anchor.row, active.row);
  if (bottom < 0) return null;
  return {
    top: Math.max(0, Math.min(anchor.row, active.row)),
    bottom,
    left: Math.min(anchor.column, active.column),
    right: Math.max(anchor.column, active.column),
  };
}

export function isSelected(area: Rectangle | null, row: number, column: number): boolean {
  return (
    area !== null && row >= area.top && row <= area.bottom && column >= area.left && column <= area.right
  );
}

/** Tab-separated raw values. INVARIANT: no copied text cell can act as a formula in a spreadsheet. */
export function toTsv(result: Result, area: Rectangle): string {
  const columns = result.columns.slice(area.left, area.right + 1);
  const lines: string[] = [];
  for (let row = area.top; row <= area.bottom; row += 1) {
    const cells = columns.map((column) => {
      const text = rawText(column.at(row), column.type).replace(/[\t\r\n]+/g, ' ');
      return column.type === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text;
    });
    lines.push(cells.join('\t'));
  }
  return lines.join('\n');
}
