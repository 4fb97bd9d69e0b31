import type { Cell } from '@/api/result';
import type { FieldType } from '@/api/types';
import { splitFrame } from './exploration/fieldNames';

export interface Formatted {
  name: string;
  type: FieldType;
  format: string | null;
  zone: string | null;
}

export type CellFormatter = (cell: Cell) => string;

export const NULL_SIGN = '∅';

/** Makes the formatter of one column once; building an `Intl` object for every cell is what makes grids slow. */
export function cellFormatter(column: Formatted, locale: string): CellFormatter {
  const format = formatterOf(column, locale);
  return (cell) => (cell === null ? NULL_SIGN : format(cell));
}

function formatterOf(column: Formatted, locale: string): (cell: NonNullable<Cell>) => string {
  const { frame } = splitFrame(column.name);
  switch (column.type) {
    case 'number':
      if (frame === 'day_of_week') return calendarNames({ weekday: 'long' }, A_SUNDAY, DAY_MS, locale);
      if (frame === 'month_of_year') return calendarNames({ month: 'long' }, A_DECEMBER, MONTH_MS, locale);
      if (frame !== null) return String;
      return numbers(column.format, locale);
    case 'date':
      return dates(frame, locale);
    case 'timestamp':
      return instants(column.zone ?? 'UTC', locale);
    default:
      return String;
  }
}

function numbers(format: string | null, locale: string): (cell: NonNullable<Cell>) => string {
  const intl = new Intl.NumberFormat(locale, numberOptions(format));
  return (cell) => {
    if (typeof cell === 'string') return intl.format(cell as Intl.StringNumericLiteral);
    return typeof cell === 'boolean' ? String(cell) : intl.format(cell);
  };
}

/** The model names a format as `integer`, `decimal`, `percent` or a currency (`usd`), also with its decimals: `usd_0`. */
export function numberOptions(format: string | null): Intl.NumberFormatOptions {
  const [kind = '', decimals] = (format ?? '').split('_');
  const digits = decimals !== undefined && /^\d+$/.test(decimals) ? Number(decimals) : null;
  const fixed = digits === null ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (kind === 'percent')
    return { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1, ...fixed };
  if (kind === 'integer') return { maximumFractionDigits: 0, ...fixed };
  if (kind === 'decimal') return { minimumFractionDigits: 2, maximumFractionDigits: 2, ...fixed };
  if (isCurrency(kind)) return { style: 'currency', currency: kind.toUpperCase(), ...fixed };
  return { maximumFractionDigits: 4, ...fixed };
}

function isCurrency(code: string): boolean {
  return code.length === 3 && Intl.supportedValuesOf('currency').includes(code.toUpperCase());
}

const DATE_FRAMES: Record<string, Intl.DateTimeFormatOptions> = {
  month: { year: 'numeric', month: 'short' },
  year: { year: 'numeric' },
};

/** A date has no zone: it is formatted in UTC from the UTC midnight that stands for it. */
function dates(frame: string | null, locale: string): (cell: NonNullable<Cell>) => string {
  const options = DATE_FRAMES[frame ?? ''] ?? { year: 'numeric', month: 'short', day: 'numeric' };
  const intl = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  return (cell) => {
    const day = new Date(`${cell}T00:00:00Z`);
    if (Number.isNaN(day.getTime())) return String(cell);
    if (frame === 'quarter') return `${day.getUTCFullYear()} Q${Math.floor(day.getUTCMonth() / 3) + 1}`;
    return intl.format(day);
  };
}

function instants(zone: string, locale: string): (cell: NonNullable<Cell>) => string {
  const intl = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  });
  return (cell) => (typeof cell === 'number' ? intl.format(cell) : String(cell));
}

const DAY_MS = 86_400_000;
const MONTH_MS = 30.5 * DAY_MS;
const A_SUNDAY = Date.UTC(1970, 0, 4);
const A_DECEMBER = Date.UTC(1969, 11, 15);

/** Names for 1 to 7 or 1 to 12, counted from the day or month before the first. */
function calendarNames(
  options: Intl.DateTimeFormatOptions,
  zeroth: number,
  stepMs: number,
  locale: string,
): (cell: NonNullable<Cell>) => string {
  const intl = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  return (cell) => intl.format(zeroth + Number(cell) * stepMs);
}

/** The value as it is, for copying: no grouping, no rounding, ISO dates. */
export function rawText(cell: Cell, type: FieldType): string {
  if (cell === null) return '';
  return type === 'timestamp' && typeof cell === 'number' ? new Date(cell).toISOString() : String(cell);
}
