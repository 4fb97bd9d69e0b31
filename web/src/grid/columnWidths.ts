import type { Result } from '@/api/result';
import type { CellFormatter } from '@/lib/format';

const SAMPLE_ROWS = 200;
const PADDING_PX = 26;
const HEADER_EXTRA_PX = 48;
const NARROWEST_PX = 88;
const WIDEST_PX = 320;

/** Wide enough for the label and for the first rows, within bounds. */
export function columnWidths(result: Result, formatters: CellFormatter[], font: string): number[] {
  const context = document.createElement('canvas').getContext('2d');
  if (context) context.font = `500 13px ${font}`;
  const widthOf = (text: string) => context?.measureText(text).width ?? 0;

  return result.columns.map((column, index) => {
    const format = formatters[index] ?? String;
    let widest = widthOf(column.label) + HEADER_EXTRA_PX;
    for (let row = 0; row < Math.min(result.rowCount, SAMPLE_ROWS); row += 1) {
      widest = Math.max(widest, widthOf(format(column.at(row))) + PADDING_PX);
    }
    return Math.ceil(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, widest)));
  });
}
