import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Result } from '@/api/result';
import type { Sort } from '@/api/types';
import { cellFormatter } from '@/lib/format';
import { locale } from '@/lib/locale';
import { isShortcut } from '@/lib/shortcuts';
import { t } from '@/lib/text';
import { ColumnHeader } from './ColumnHeader';
import type { ColumnCommand } from './columnCommands';
import { columnWidths } from './columnWidths';
import { GridRow } from './GridRow';
import classes from './ResultGrid.module.css';
import {
  HEADER_ROW,
  isSelected,
  move,
  type Position,
  rectangle,
  type Selection,
  toTsv,
  within,
} from './selection';

const ROW_PX = 26;

interface ResultGridProps {
  result: Result;
  sorts: Sort[];
  mayCopy: boolean;
  onSort: (field: string, add: boolean) => void;
  onCommand: (command: ColumnCommand, field: string) => void;
}

const START: Selection = { anchor: { row: HEADER_ROW, column: 0 }, active: { row: HEADER_ROW, column: 0 } };

/** A table of any length: only the rows in sight exist, one cell is in the tab order, and arrows move from there. */
export function ResultGrid({ result, sorts, mayCopy, onSort, onCommand }: ResultGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [chosen, setSelection] = useState(START);
  const [openMenu, setOpenMenu] = useState<number | null>(null);
  const [spoken, setSpoken] = useState('');
  const focusWanted = useRef(false);
  const selection = within(chosen, result.rowCount, result.columns.length);
  const { active } = selection;

  const formatters = useMemo(() => result.columns.map((column) => cellFormatter(column, locale)), [result]);
  const widths = useMemo(() => columnWidths(result, formatters, pageFont()), [result, formatters]);
  const template = useMemo(() => widths.map((width) => `${width}px`).join(' '), [widths]);

  const rows = useVirtualizer({
    count: result.rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    // The active row stays mounted, or the focus would be lost when it scrolls out of sight.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      if (active.row < 0 || active.row >= result.rowCount || indexes.includes(active.row)) return indexes;
      return [...indexes, active.row].sort((left, right) => left - right);
    },
  });

  useEffect(() => {
    if (!focusWanted.current) return;
    focusWanted.current = false;
    const cell = `[data-row="${active.row}"][data-column="${active.column}"]`;
    scroller.current?.querySelector<HTMLElement>(cell)?.focus();
  }, [active.row, active.column]);

  // A new answer is read from its top; the focus stays where it is, on a header that was sorted by, say.
  useEffect(() => {
    if (scroller.current && result.rowCount > 0) scroller.current.scrollTop = 0;
  }, [result]);

  const go = (to: Position, extend: boolean) => {
    if (to.row >= 0) rows.scrollToIndex(to.row);
    focusWanted.current = true;
    setSelection((before) => ({ anchor: extend ? before.anchor : to, active: to }));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const column = result.columns[active.column];
    if (
      column &&
      active.row === HEADER_ROW &&
      event.target instanceof HTMLElement &&
      isHeader(event.target)
    ) {
      if (isShortcut(event, 'sortColumn')) {
        event.preventDefault();
        onSort(column.name, event.shiftKey);
        return;
      }
      if (isShortcut(event, 'columnMenu')) {
        event.preventDefault();
        setOpenMenu(active.column);
        return;
      }
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2);
    const to = move(active, event, { rows: result.rowCount, columns: result.columns.length, page });
    if (to) {
      event.preventDefault();
      go(to, event.shiftKey);
    }
  };

  const onCellPointer = (event: PointerEvent) => {
    const cell = event.target instanceof Element && event.target.closest<HTMLElement>('[role=gridcell]');
    if (!cell) return;
    const to = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
    const extend = event.shiftKey || (event.type === 'pointerover' && event.buttons === 1);
    if (event.type === 'pointerdown' || extend) go(to, extend);
  };

  const area = rectangle(selection);
  const onCopy = (event: ClipboardEvent) => {
    if (area === null) return;
    event.preventDefault();
    if (!mayCopy) {
      setSpoken(t('grid.mayNotCopy'));
      return;
    }
    event.clipboardData.setData('text/plain', toTsv(result, area));
    setSpoken(t('grid.copied', { count: (area.bottom - area.top + 1) * (area.right - area.left + 1) }));
  };

  return (
    <div className={classes.frame}>
      <div
        ref={scroller}
        role="grid"
        aria-label={t('grid.label')}
        aria-rowcount={result.rowCount + 1}
        aria-colcount={result.columns.length}
        aria-multiselectable
        tabIndex={-1}
        className={classes.grid}
        onKeyDown={onKeyDown}
        onPointerDown={onCellPointer}
        onPointerOver={onCellPointer}
        onCopy={onCopy}
      >
        <div
          role="row"
          tabIndex={-1}
          aria-rowindex={1}
          className={classes.header}
          style={{ gridTemplateColumns: template }}
        >
          {result.columns.map((column, index) => (
            <ColumnHeader
              key={column.name}
              column={column}
              index={index}
              last={index === result.columns.length - 1}
              sorts={sorts}
              focusable={active.row === HEADER_ROW && active.column === index}
              menuOpen={openMenu === index}
              onMenu={(open) => setOpenMenu(open ? index : null)}
              onFocus={() =>
                setSelection({
                  anchor: { row: HEADER_ROW, column: index },
                  active: { row: HEADER_ROW, column: index },
                })
              }
              onSort={(add) => onSort(column.name, add)}
              onCommand={(command) => onCommand(command, column.name)}
            />
          ))}
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => (
            <GridRow
              key={item.key}
              row={item.index}
              top={item.start}
              template={template}
              columns={result.columns}
              formatters={formatters}
              focusableColumn={active.row === item.index ? active.column : null}
              isSelected={(column) => isSelected(area, item.index, column)}
            />
          ))}
        </div>
      </div>
      <p role="status" className={classes.spoken}>
        {spoken}
      </p>
    </div>
  );
}

function pageFont(): string {
  return getComputedStyle(document.body).fontFamily;
}

function isHeader(element: HTMLElement): boolean {
  return element.getAttribute('role') === 'columnheader';
}
