import { type Column as ArrowColumn, type DataType, Type, tableFromIPC } from '@uwdata/flechette';
import type { Column, FieldType, Rule } from './types';

/**
 * One value. Exact numbers stay exact: a decimal is its text, a 64-bit integer is a bigint. A date is `YYYY-MM-DD`, a
 * timestamp is milliseconds since 1970 in UTC.
 */
export type Cell = string | number | bigint | boolean | null;

export interface ResultColumn extends Column {
  /** The zone that the server named for this column's instants; null for everything that is not an instant. */
  zone: string | null;
  at(row: number): Cell;
}

export interface Result {
  columns: ResultColumn[];
  rowCount: number;
  governedBy: Rule[];
  notices: string[];
}

const END_OF_STREAM = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

export function endsComplete(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(-END_OF_STREAM.length);
  return tail.length === END_OF_STREAM.length && tail.every((byte, index) => byte === END_OF_STREAM[index]);
}

export function decodeResult(bytes: Uint8Array): Result {
  const table = tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true });
  const metadata = (key: string): unknown => JSON.parse(table.schema.metadata?.get(`tessera:${key}`) ?? '[]');
  const columns = metadata('columns') as Column[];
  return {
    columns: columns.map((column, index) => {
      const values = table.getChildAt(index);
      return { ...column, zone: zoneOf(values.type), at: cellReader(values, column.type) };
    }),
    rowCount: table.numRows,
    governedBy: metadata('governed_by') as Rule[],
    notices: metadata('notices') as string[],
  };
}

/** The column says what a value means; the engine may carry a day as an instant, and what has no type of its own as anything. */
function cellReader(values: ArrowColumn<unknown>, meaning: FieldType): (row: number) => Cell {
  const { type } = values;
  const at = (row: number) => values.at(row) as Cell;
  if (type.typeId === Type.Decimal) {
    return (row) => {
      const value = values.at(row) as bigint | number | null;
      return value === null ? null : decimalText(BigInt(value), type.scale);
    };
  }
  if (meaning === 'date' && (type.typeId === Type.Date || type.typeId === Type.Timestamp)) {
    return (row) => {
      const milliseconds = at(row);
      return milliseconds === null ? null : new Date(Number(milliseconds)).toISOString().slice(0, 10);
    };
  }
  if (meaning === 'string') {
    return (row) => {
      const value = at(row);
      return value === null ? null : String(value);
    };
  }
  return at;
}

function zoneOf(type: DataType): string | null {
  return type.typeId === Type.Timestamp ? type.timezone : null;
}

/** `decimalText(-1205n, 2)` is `-12.05`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return (unscaled * 10n ** BigInt(-scale)).toString();
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
