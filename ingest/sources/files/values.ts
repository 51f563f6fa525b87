import { Temporal } from 'temporal-polyfill';
import { spelled, type ValueMapping, VOCABULARIES } from '../../vocabularies.ts';
import { type Formats, plainDay, plainNumber } from './formats.ts';
import { sourcedJson } from './sourced-json.ts';
import type { FileColumn, Reason } from './tables.ts';

/** Turns the text of a cell (trimmed, not empty) into the value that lands; undefined when it is none. */
export type Reader = (text: string) => unknown;

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const MIDNIGHT = /^(\d{4}-\d\d-\d\d)[T ]00:00(?::00(?:\.0+)?)?$/;
const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/;
/** How programs write instants; such a text stands as it is, which saves much of the time on millions of events. */
const PLAIN_INSTANT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && isLeap ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
  return year >= 1 && day >= 1 && day <= last;
}

/** A day; also as an instant that is its midnight and names no zone, as programs write days that have no type for them. */
function dayOf(text: string): string | undefined {
  const [, day = text] = MIDNIGHT.exec(text) ?? [];
  const parts = DAY.exec(day);
  return parts !== null && isDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) ? day : undefined;
}

/** Instants in UTC to the microsecond; what has no zone is UTC, and a bare day is its first instant in `timeZone`. */
function instantIn(timeZone: string): Reader {
  const midnights = new Map<string, string>();
  const midnightOf = (day: string): string => {
    let midnight = midnights.get(day);
    if (midnight === undefined) {
      midnight = Temporal.PlainDate.from(day).toZonedDateTime(timeZone).toInstant().toString();
      midnights.set(day, midnight); // as many as there are days
    }
    return midnight;
  };
  return (text) => {
    if (PLAIN_INSTANT.test(text)) return dayOf(text.slice(0, 10)) && text;
    const parts = INSTANT.exec(text);
    if (parts === null) return DAY.test(text) && dayOf(text) !== undefined ? midnightOf(text) : undefined;
    const [, year, month, day, hour, minute, second = '00', fraction = '', , sign, zoneHour, zoneMinute] =
      parts;
    if (!isDay(Number(year), Number(month), Number(day))) return undefined;
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
    const micros = fraction === '' ? '' : `.${fraction.slice(0, 6)}`;
    if (sign === undefined) return `${year}-${month}-${day}T${hour}:${minute}:${second}${micros}Z`;
    if (Number(zoneHour) > 23 || Number(zoneMinute ?? 0) > 59) return undefined;
    const offset = (Number(zoneHour) * 60 + Number(zoneMinute ?? 0)) * (sign === '-' ? -1 : 1);
    const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    const utc = new Date(local - offset * 60_000).toISOString().slice(0, 19);
    return utc.length === 19 && /^(?!0000)\d{4}-/.test(utc) ? `${utc}${micros}Z` : undefined;
  };
}

const numberParts = (text: string): RegExpExecArray | undefined => {
  const parts = NUMBER.exec(text);
  return parts === null || `${parts[2]}${parts[3] ?? ''}` === '' ? undefined : parts;
};

function numberOf(text: string): number | undefined {
  if (numberParts(text) === undefined) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function integerOf(text: string): number | undefined {
  const value = numberOf(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Digits before the point that a decimal of the warehouse holds. */
const DECIMAL_DIGITS = 29;

/** A decimal as plain digits, exact: `1.2e3` is `1200`. */
function decimalOf(text: string): string | undefined {
  const parts = numberParts(text);
  if (parts === undefined) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, -shift))}${whole}${fraction}${'0'.repeat(Math.max(0, shift))}`;
  const point = Math.max(0, -shift) + whole.length + shift;
  const before = digits.slice(0, point).replace(/^0+/, '') || '0';
  const after = digits.slice(point, point + 12).replace(/0+$/, '');
  if (before.length > DECIMAL_DIGITS) return undefined;
  return `${sign === '-' ? '-' : ''}${before}${after === '' ? '' : `.${after}`}`;
}

/** What people write for yes. */
export const YES = [
  ...['true', '1', 'yes', 't', 'y', 'on'],
  ...['ja', 'j', 'wahr', 'oui', 'o', 'vrai', 'sí', 'si', 'sì'],
];

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...YES.map((word) => [word, true] as const),
  ...['false', '0', 'no', 'f', 'n', 'off'].map((word) => [word, false] as const),
  ...['nein', 'falsch', 'non', 'faux'].map((word) => [word, false] as const),
]);

/** JSON may write half a surrogate pair (a cut emoji), which no warehouse takes: it becomes U+FFFD. */
const wellFormed = (text: string) => text.toWellFormed();

/** A JSON array, or values separated by `;`, as the texts in it. */
function listOf(text: string): string[] | undefined {
  const items = text.startsWith('[') ? sourcedJson(text) : text.split(';');
  if (!Array.isArray(items) || items.some((item) => item !== null && typeof item !== 'string'))
    return undefined;
  return items.map((item: string | null) => wellFormed(item?.trim() ?? '')).filter((item) => item !== '');
}

const REASONS: Readonly<Record<FileColumn['type'], Reason>> = {
  string: 'unknown_value',
  json: 'unknown_value',
  integer: 'bad_number',
  number: 'bad_number',
  decimal: 'bad_number',
  boolean: 'bad_boolean',
  date: 'bad_date',
  timestamp: 'bad_date',
};

/** The reason a text that a reader of this column gives up on is rejected for. */
export const reasonOf = (column: FileColumn): Reason => REASONS[column.type];

/**
 * How the text of a column's cell is read. `values` maps words of a vocabulary that are the company's own; with `formats`
 * days and numbers are read as people write them, without it to the letter.
 *
 * @example readerOf({ name: 'created_at', type: 'timestamp' }, 'Europe/Berlin')('2026-06-30') // '2026-06-29T22:00:00Z'
 */
export function readerOf(
  column: FileColumn,
  timeZone: string,
  values: ValueMapping = {},
  formats?: Formats,
): Reader {
  const strict = strictReaderOf(column, timeZone, values);
  if (formats === undefined) return strict;
  switch (column.type) {
    case 'date':
      return (text) => strict(plainDay(text, formats)?.slice(0, 10) ?? text);
    case 'timestamp':
      return (text) => strict(text) ?? strict(plainDay(text, formats) ?? text);
    case 'integer':
    case 'number':
    case 'decimal':
      return (text) => {
        const plain = plainNumber(text, formats);
        return plain === undefined ? undefined : strict(plain);
      };
    default:
      return strict;
  }
}

function strictReaderOf(column: FileColumn, timeZone: string, values: ValueMapping): Reader {
  switch (column.type) {
    case 'date':
      return dayOf;
    case 'timestamp':
      return instantIn(timeZone);
    case 'integer':
      return integerOf;
    case 'number':
      return numberOf;
    case 'decimal':
      return decimalOf;
    case 'boolean': {
      const own = new Map(
        Object.entries((column.vocabulary && values[column.vocabulary]) ?? {}).map(
          ([word, meant]) => [spelled(word), meant === 'yes'] as const,
        ),
      );
      return (text) => own.get(spelled(text)) ?? BOOLEANS.get(text.toLowerCase());
    }
    case 'json':
      return listOf;
    default: {
      const { vocabulary } = column;
      if (vocabulary === undefined) return wellFormed;
      const own = Object.entries(values[vocabulary] ?? {}).map(
        ([word, meant]) => [spelled(word), meant] as const,
      );
      const known = new Map([
        ...VOCABULARIES[vocabulary].map((word) => [word as string, word as string] as const),
        ...own,
      ]);
      return (text) => known.get(spelled(text));
    }
  }
}

/** Whether a value that was read lies outside its column's limits. */
export function isOutOfRange({ min, max }: FileColumn, value: unknown): boolean {
  return (min !== undefined && Number(value) < min) || (max !== undefined && Number(value) > max);
}
