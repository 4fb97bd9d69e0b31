import { expect, test } from 'vitest';
import type { Cell, Result, ResultColumn } from '@/api/result';
import { HEADER_ROW, isSelected, move, rectangle, toTsv, within } from './selection';

const size = { rows: 100, columns: 3, page: 10 };
const key = (name: string, far = false) => ({ key: name, ctrlKey: far, metaKey: false });

test('arrows stay inside, and the header is the row above the first', () => {
  expect(move({ row: 0, column: 0 }, key('ArrowUp'), size)).toEqual({ row: HEADER_ROW, column: 0 });
  expect(move({ row: HEADER_ROW, column: 0 }, key('ArrowUp'), size)).toEqual({ row: HEADER_ROW, column: 0 });
  expect(move({ row: 99, column: 2 }, key('ArrowRight'), size)).toEqual({ row: 99, column: 2 });
  expect(move({ row: 5, column: 1 }, key('PageDown'), size)).toEqual({ row: 15, column: 1 });
  expect(move({ row: 5, column: 1 }, key('End', true), size)).toEqual({ row: 99, column: 2 });
  expect(move({ row: 5, column: 1 }, key('x'), size)).toBeNull();
});

test('a selection is the rectangle between two cells', () => {
  const area = rectangle({ anchor: { row: 4, column: 2 }, active: { row: 1, column: 1 } });
  expect(area).toEqual({ top: 1, bottom: 4, left: 1, right: 2 });
  expect(isSelected(area, 2, 1)).toBe(true);
  expect(isSelected(area, 2, 0)).toBe(false);
  const header = { row: HEADER_ROW, column: 0 };
  expect(rectangle({ anchor: header, active: header })).toBeNull();
});

test('in a smaller result the selection moves to the nearest cell', () => {
  const selection = { anchor: { row: 90, column: 2 }, active: { row: HEADER_ROW, column: 2 } };
  expect(within(selection, 10, 2)).toEqual({
    anchor: { row: 9, column: 1 },
    active: { row: HEADER_ROW, column: 1 },
  });
});

test('what is copied is raw and cannot become a formula', () => {
  const column = (name: string, type: ResultColumn['type'], cells: Cell[]): ResultColumn => ({
    name,
    label: name,
    type,
    kind: 'dimension',
    format: 'usd',
    masked: false,
    zone: null,
    at: (row) => cells[row] ?? null,
  });
  const result: Result = {
    columns: [column('a', 'string', ['=1+1', 'two\tlines\n']), column('b', 'number', ['-12.50', null])],
    rowCount: 2,
    governedBy: [],
    notices: [],
  };
  expect(toTsv(result, { top: 0, bottom: 1, left: 0, right: 1 })).toBe("'=1+1\t-12.50\ntwo lines \t");
});
