import { spelled, type ValueMapping } from '../../vocabularies.ts';
import { currencyIn, type Formats, isBlankWord, monthsIn, plainNumber, timesAYear } from './formats.ts';
import type { LaidColumn, Layout } from './layout.ts';
import { type Reader, readerOf } from './values.ts';

type Cells = readonly (string | undefined)[];

/** How a column is read from the cells of a record. */
export interface ColumnSource {
  /** What the file says, trimmed; nothing where it says that there is no value. */
  readonly given: (cells: Cells) => string;
  /** The value that lands; undefined when what is given is none. */
  readonly read: (given: string, cells: Cells) => unknown;
  /** The header that it is read from, and whether as it is or to make something of it. */
  readonly header?: string;
  readonly isMade?: boolean;
}

const NOTHING: ColumnSource = { given: () => '', read: () => null };

/** How each column of a layout is read, in the order of its columns. */
export function columnSources(
  layout: Layout,
  timeZone: string,
  values: ValueMapping,
): readonly ColumnSource[] {
  return layout.columns.map((laid) => sourceOf(laid, layout, timeZone, values));
}

function sourceOf(
  { column, from }: LaidColumn,
  { headers, formats }: Layout,
  timeZone: string,
  values: ValueMapping,
): ColumnSource {
  if (from === undefined) return NOTHING;
  const cellOf = (header: string) => {
    const place = headers.indexOf(header);
    return formats === undefined
      ? (cells: Cells) => cells[place]?.trim() ?? ''
      : (cells: Cells) => {
          const text = cells[place]?.trim() ?? '';
          return isBlankWord(text) ? '' : text;
        };
  };
  if (typeof from === 'string') {
    const read = readerOf(column, timeZone, values, formats);
    return { given: cellOf(from), read, header: from };
  }
  /** Of what is made here, which is written as canonical files have it. */
  const strict = readerOf(column, timeZone, values);
  if ('value' in from) {
    const text = String(from.value);
    return { given: () => text, read: strict };
  }
  if ('id_of' in from) {
    const parts = [from.id_of].flat().map(cellOf);
    return {
      given: (cells) => {
        const [first = '', ...more] = parts.map((part) => part(cells));
        return first === '' ? '' : [first, ...more].filter((part) => part !== '').join(' ');
      },
      read: (given) => idOf(given),
    };
  }
  if ('currency_of' in from) {
    const cell = cellOf(from.currency_of);
    return { given: (cells) => currencyIn(cell(cells), formats) ?? '', read: strict };
  }
  const given = cellOf(from.from);
  if ('times' in from) {
    const factors = [from.times]
      .flat()
      .map((factor) =>
        typeof factor === 'number' ? () => String(factor) : factorIn(cellOf(factor), formats ?? {}),
      );
    const number = readerOf({ ...column, type: 'decimal' }, timeZone, values, formats) as (
      text: string,
    ) => string | undefined;
    const divisor = from.divided_by === undefined ? () => '' : cellOf(from.divided_by);
    return {
      given,
      header: from.from,
      isMade: true,
      read: (text, cells) => {
        let product = number(text);
        for (const factor of factors) product = times(product, factor(cells));
        const periods = divisor(cells); // one, where the row says nothing
        if (periods !== '') product = quotient(product, plainNumber(periods, formats ?? {}));
        return product && strict(product);
      },
    };
  }
  if ('subtracted_from' in from) {
    const number = readerOf({ ...column, type: 'decimal' }, timeZone, values, formats);
    return {
      given,
      header: from.from,
      isMade: true,
      read: (text) => {
        const subtracted = number(text) as string | undefined;
        return subtracted && strict(difference(String(from.subtracted_from), subtracted) ?? '');
      },
    };
  }
  if ('means' in from) {
    const meant = new Map(Object.entries(from.means).map(([word, value]) => [spelled(word), String(value)]));
    return {
      given,
      header: from.from,
      isMade: true,
      read: (text) => {
        const value = meant.get(spelled(text));
        return value && strict(value);
      },
    };
  }
  const [sign, term] = 'plus' in from ? [1, from.plus] : [-1, from.minus];
  const termCell = typeof term === 'number' ? () => String(term) : cellOf(term);
  const day = readerOf({ ...column, type: 'date' }, timeZone, values, formats) as Reader;
  return {
    given,
    header: from.from,
    isMade: true,
    read: (text, cells) => {
      const start = day(text) as string | undefined;
      const count = monthsIn(termCell(cells));
      const shifted = start && count && addMonths(start, sign * count);
      return shifted && strict(shifted);
    },
  };
}

const factorIn = (cell: (cells: Cells) => string, formats: Formats) => (cells: Cells) => {
  const text = cell(cells);
  return timesAYear(text)?.toString() ?? plainNumber(text, formats);
};

/**
 * An id made from words: small letters and digits of any script, other characters as one `-`.
 *
 * @example idOf('Müller & Söhne GmbH') // 'müller-söhne-gmbh'
 */
export const idOf = (words: string): string =>
  words
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '') || words;

/**
 * The day so many months later, or earlier; the last of its month where that has no such day.
 *
 * @example addMonths('2024-02-29', -12) // '2023-02-28'
 */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}

/** Decimals as digits before and after the point, and how many are after it. */
function scaled(text: string): [bigint, number] {
  const [whole = '', fraction = ''] = text.split('.');
  return [BigInt(`${whole}${fraction}`), fraction.length];
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** The exact product of two decimals; undefined when one is none. */
function times(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined || !DECIMAL.test(other)) return undefined;
  const [a, places] = scaled(one);
  const [b, more] = scaled(other);
  return written(a * b, places + more);
}

/** One decimal divided by another, to four places; undefined when one is none, or the other 0. */
function quotient(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined || !DECIMAL.test(other)) return undefined;
  const [a, places] = scaled(one);
  const [b, more] = scaled(other);
  if (b === 0n) return undefined;
  const [dividend, by] = [a * 10n ** BigInt(more + 4), b * 10n ** BigInt(places)];
  const size = (2n * abs(dividend) + abs(by)) / (2n * abs(by)); // halves away from 0
  return written(dividend < 0n === by < 0n ? size : -size, 4);
}

const abs = (number: bigint) => (number < 0n ? -number : number);

/** The exact difference of two decimals; undefined when one is none. */
function difference(one: string, other: string): string | undefined {
  if (!DECIMAL.test(one) || !DECIMAL.test(other)) return undefined;
  const [a, places] = scaled(one);
  const [b, more] = scaled(other);
  const most = Math.max(places, more);
  return written(a * 10n ** BigInt(most - places) - b * 10n ** BigInt(most - more), most);
}

/** A whole number of units of so many places after the point, as a decimal. */
function written(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const point = digits.length - places;
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${places > 0 ? `.${digits.slice(point)}` : ''}`;
}
