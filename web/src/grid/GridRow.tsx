import type { ResultColumn } from '@/api/result';
import type { CellFormatter } from '@/lib/format';
import { rawText } from '@/lib/format';
import { t } from '@/lib/text';
import classes from './ResultGrid.module.css';

interface GridRowProps {
  row: number;
  top: number;
  template: string;
  columns: ResultColumn[];
  formatters: CellFormatter[];
  focusableColumn: number | null;
  isSelected: (column: number) => boolean;
}

/** The header is row 1 for assistive technology, so the first row of data is row 2. */
const FIRST_ROW_INDEX = 2;

export function GridRow(props: GridRowProps) {
  const { row, top, template, columns, formatters, focusableColumn, isSelected } = props;
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={row + FIRST_ROW_INDEX}
      className={classes.row}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
    >
      {columns.map((column, index) => {
        const cell = column.at(row);
        return (
          <div
            key={column.name}
            role="gridcell"
            aria-colindex={index + 1}
            aria-label={cell === null ? t('grid.null') : undefined}
            aria-selected={isSelected(index)}
            tabIndex={focusableColumn === index ? 0 : -1}
            data-row={row}
            data-column={index}
            data-align={column.type === 'number' ? 'right' : 'left'}
            data-null={cell === null || undefined}
            className={classes.cell}
            title={rawText(cell, column.type)}
          >
            {formatters[index]?.(cell)}
          </div>
        );
      })}
    </div>
  );
}
