import type { Result } from '@/api/result';
import type { CellFormatter } from '@/lib/format';

const SAMPLE_ROWS = 200;
const CHARACTER_PX = 7.4;
const PADDING_PX = 24;
const HEADER_EXTRA_PX = 44;
const NARROWEST_PX = 88;
const WIDEST_PX = 320;

/** Wide enough for the label and for the first rows, within bounds. */
export function columnWidths(result: Result, formatters: CellFormatter[]): number[] {
  return result.columns.map((column, index) => {
    const format = formatters[index] ?? String;
    let longest = 0;
    for (let row = 0; row < Math.min(result.rowCount, SAMPLE_ROWS); row += 1) {
      longest = Math.max(longest, format(column.at(row)).length);
    }
    const needed = Math.max(
      longest * CHARACTER_PX + PADDING_PX,
      column.label.length * CHARACTER_PX + PADDING_PX + HEADER_EXTRA_PX,
    );
    return Math.round(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, needed)));
  });
}
