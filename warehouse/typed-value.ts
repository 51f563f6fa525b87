import type { LogicalType } from './values.ts';

const INTEGER = /^[+-]?\d+(?:\.0*)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[T ])/;
const TIME = /^[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true, t: true, yes: true, y: true, 1: true,
  false: false, f: false, no: false, n: false, 0: false,
}; // biome-ignore format: one line a value
const MAX_INTEGER = 2n ** 63n;
const DECIMAL_PLACES = 9;
const DECIMAL_DIGITS = 38;

/**
 * A JSON value, given as text as it stood in the record, as a load reads it into a column of the type; null when it
 * does not fit. Nothing is rounded but a decimal, to nine places.
 *
 * @example typedValue('integer', '5.0') // '5'
 * @example typedValue('timestamp', '2026-03-29T12:00:00+02:00') // '2026-03-29T10:00:00.000000Z'
 */
export function typedValue(type: LogicalType, text: string): string | number | boolean | null {
  switch (type) {
    case 'string':
    case 'json':
      return text;
    case 'integer':
      return integer(text.trim());
    case 'number': {
      const number = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
      return Number.isFinite(number) ? number : null;
    }
    case 'decimal':
      return decimal(text.trim());
    case 'boolean':
      return BOOLEANS[text.trim().toLowerCase()] ?? null;
    case 'date':
      return day(text.trim())?.text ?? null;
    case 'timestamp':
      return instant(text.trim());
  }
}

function integer(text: string): string | null {
  const value = INTEGER.test(text)
    ? BigInt(text.replace(/\..*$/, '').replace(/^\+/, ''))
    : NUMBER.test(text) && Number.isSafeInteger(Number(text))
      ? BigInt(Number(text))
      : undefined;
  return value !== undefined && value >= -MAX_INTEGER && value < MAX_INTEGER ? value.toString() : null;
}

function decimal(text: string): string | null {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent) + DECIMAL_PLACES - fraction.length;
  if (!NUMBER.test(text) || Math.abs(shift) > 2 * DECIMAL_DIGITS) return null;
  const digits = BigInt(`${whole}${fraction}`);
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  const scaled = (digits * 10n ** BigInt(Math.max(0, shift)) + divisor / 2n) / divisor;
  const padded = scaled.toString().padStart(DECIMAL_PLACES + 1, '0');
  if (padded.length > DECIMAL_DIGITS) return null;
  return `${sign === '-' ? '-' : ''}${padded.slice(0, -DECIMAL_PLACES)}.${padded.slice(-DECIMAL_PLACES)}`;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the Gregorian calendar has the day. */
function isDay(year: number, month: number, date: number): boolean {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return date >= 1 && date <= (month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0));
}

function day(text: string): { text: string; length: number } | undefined {
  const [found, year = '', month = '', date = ''] = DATE.exec(text) ?? [];
  if (found === undefined || !isDay(Number(year), Number(month), Number(date))) return undefined;
  const iso = found.length === 10 ? found : `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return { text: iso, length: found.length };
}

function instant(text: string): string | null {
  const on = day(text);
  if (on === undefined) return null;
  const rest = text.slice(on.length);
  if (rest === '') return `${on.text}T00:00:00.000000Z`;
  const [found, hours = '', minutes = '', seconds = '00', fraction = '', zone = 'Z'] = TIME.exec(rest) ?? [];
  if (found === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const ending = `:${seconds}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
  const minute = Number(hours) * 60 + Number(minutes) - offset(zone);
  if (minute >= 0 && minute < 24 * 60)
    return `${on.text}T${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}${ending}`;
  const moment = new Date(Date.parse(`${on.text}T00:00:00Z`) + minute * 60_000).toISOString(); // another day
  return moment.length === 24 ? moment.slice(0, 16) + ending : null;
}

const twoDigits = (number: number) => String(number).padStart(2, '0');

/** Minutes that a zone is ahead of UTC. */
function offset(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  const ahead = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -ahead : ahead;
}
