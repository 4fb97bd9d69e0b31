import { expect, test } from 'vitest';
import type { Cell } from '@/api/result';
import type { FieldType } from '@/api/types';
import { cellFormatter, NULL_SIGN, rawText } from './format';

function formatted(
  cell: Cell,
  type: FieldType,
  more: { name?: string; format?: string; zone?: string } = {},
) {
  const column = { name: 'v.f', format: null, zone: null, ...more, type };
  return cellFormatter(column, 'en-US')(cell);
}

test('numbers are exact however many digits they have', () => {
  expect(formatted('12345678901234567890.12', 'number', { format: 'usd' })).toBe(
    '$12,345,678,901,234,567,890.12',
  );
  expect(formatted(9007199254740993n, 'number')).toBe('9,007,199,254,740,993');
});

test('the model names the format, the reader’s place does not name the currency', () => {
  expect(formatted('1234.5', 'number', { format: 'usd' })).toBe('$1,234.50');
  expect(formatted('1234.5', 'number', { format: 'eur_0' })).toBe('€1,235');
  expect(formatted(0.1234, 'number', { format: 'percent' })).toBe('12.3%');
  expect(formatted('12', 'number', { format: 'decimal' })).toBe('12.00');
  expect(formatted(12n, 'number', { format: 'integer' })).toBe('12');
});

test('null, not a number, infinity and zero are four things', () => {
  expect(formatted(null, 'number')).toBe(NULL_SIGN);
  expect(formatted(Number.NaN, 'number')).toBe('NaN');
  expect(formatted(Number.POSITIVE_INFINITY, 'number')).toBe('∞');
  expect(formatted(0, 'number')).toBe('0');
});

test('a date says what its time frame says', () => {
  expect(formatted('2026-03-01', 'date')).toBe('Mar 1, 2026');
  expect(formatted('2026-03-01', 'date', { name: 'v.f[month]' })).toBe('Mar 2026');
  expect(formatted('2026-04-01', 'date', { name: 'v.f[quarter]' })).toBe('2026 Q2');
  expect(formatted('2026-01-01', 'date', { name: 'v.f[year]' })).toBe('2026');
  expect(formatted(1n, 'number', { name: 'v.f[day_of_week]' })).toBe('Monday');
  expect(formatted(12n, 'number', { name: 'v.f[month_of_year]' })).toBe('December');
  expect(formatted(23n, 'number', { name: 'v.f[hour_of_day]' })).toBe('23');
});

test.each([
  ['UTC', 'Mar 8, 2026, 07:30:00'],
  ['America/New_York', 'Mar 8, 2026, 03:30:00'],
  ['Asia/Kolkata', 'Mar 8, 2026, 13:00:00'],
  ['Pacific/Auckland', 'Mar 8, 2026, 20:30:00'],
])('an instant in %s, on the day when New York loses an hour', (zone, text) => {
  expect(formatted(Date.UTC(2026, 2, 8, 7, 30), 'timestamp', { zone })).toBe(text);
});

test('copied values are raw', () => {
  expect(rawText('1234.5', 'number')).toBe('1234.5');
  expect(rawText(null, 'string')).toBe('');
  expect(rawText(Date.UTC(2026, 2, 8), 'timestamp')).toBe('2026-03-08T00:00:00.000Z');
});
