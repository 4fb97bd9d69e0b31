import {
  columnFromArray,
  type DataType,
  dateDay,
  decimal,
  float64,
  int64,
  TimeUnit,
  tableFromColumns,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette';
import { expect, test } from 'vitest';
import { decimalText, decodeResult, endsComplete } from './result';
import type { Column, FieldType } from './types';

function stream(values: [name: string, type: FieldType, arrow: DataType, cells: unknown[]][]): Uint8Array {
  const table = tableFromColumns(
    values.map(([name, , arrow, cells]) => [name, columnFromArray(cells, arrow)] as const),
  );
  const columns = values.map(
    ([name, type]): Column => ({ name, label: name, type, kind: 'dimension', format: null, masked: false }),
  );
  table.schema.metadata = new Map([
    ['tessera:columns', JSON.stringify(columns)],
    ['tessera:governed_by', JSON.stringify([{ relation: 'orders', rule: 'r', because: 'b' }])],
    ['tessera:notices', '["n"]'],
  ]);
  const bytes = tableToIPC(table, { format: 'stream' });
  if (bytes === null) throw new Error('no bytes');
  return bytes;
}

function cells(type: FieldType, arrow: DataType, values: unknown[]) {
  const { columns, rowCount } = decodeResult(stream([['x', type, arrow, values]]));
  return Array.from({ length: rowCount }, (_, row) => columns[0]?.at(row));
}

test('a 64-bit integer above 2^53 keeps its last digit', () => {
  expect(cells('number', int64(), [9007199254740993n, null])).toEqual([9007199254740993n, null]);
});

test('a decimal is its exact text', () => {
  expect(cells('number', decimal(38, 4, 128), [12345678901234567890125000n, -500n, null])).toEqual([
    '1234567890123456789012.5000',
    '-0.0500',
    null,
  ]);
  expect(decimalText(-5n, 2)).toBe('-0.05');
  expect(decimalText(12n, 0)).toBe('12');
  expect(decimalText(12n, -2)).toBe('1200');
});

test('a date is a day and never passes through a zone', () => {
  expect(cells('date', dateDay(), [new Date('2026-03-01T00:00:00Z'), null])).toEqual(['2026-03-01', null]);
});

test('a day that arrives as an instant is a day all the same', () => {
  expect(cells('date', timestamp(TimeUnit.NANOSECOND), [Date.UTC(2026, 2, 1)])).toEqual(['2026-03-01']);
});

test('an instant is UTC, and its column knows the zone to show it in', () => {
  const type = timestamp(TimeUnit.MICROSECOND, 'Asia/Kolkata');
  const bytes = stream([['x', 'timestamp', type, [Date.UTC(2026, 2, 1, 12)]]]);
  const [column] = decodeResult(bytes).columns;
  expect(column?.at(0)).toBe(Date.UTC(2026, 2, 1, 12));
  expect(column?.zone).toBe('Asia/Kolkata');
});

test('rules and notices come from the metadata', () => {
  const result = decodeResult(stream([['x', 'string', utf8(), ['a']]]));
  expect(result.governedBy).toEqual([{ relation: 'orders', rule: 'r', because: 'b' }]);
  expect(result.notices).toEqual(['n']);
});

test('floats keep what is no number', () => {
  expect(cells('number', float64(), [Number.NaN, Number.POSITIVE_INFINITY, -0])).toEqual([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
  ]);
});

test('a stream without its end marker is incomplete', () => {
  const bytes = stream([['x', 'string', utf8(), ['a', 'b']]]);
  expect(endsComplete(bytes)).toBe(true);
  expect(endsComplete(bytes.subarray(0, bytes.length - 8))).toBe(false);
  expect(endsComplete(new Uint8Array())).toBe(false);
});
