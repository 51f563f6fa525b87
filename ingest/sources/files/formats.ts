import { z } from 'zod';

/** How a company's own file writes days and numbers; what it does not say is read only where it can mean one thing. */
export const formatsConfig = z.strictObject({
  /** 3/4/2026 is the 3rd of April (`day_first`) or March the 4th (`month_first`). */
  dates: z.enum(['day_first', 'month_first']).optional(),
  /** 1.200 is twelve hundred (`comma` marks decimals: 1.200,50) or one and two tenths (`point`: 1,200.50). */
  decimals: z.enum(['point', 'comma']).optional(),
  /** What a file is written in that is not UTF-8 or UTF-16. */
  encoding: z.enum(['windows-1252']).optional(),
  /** The currency that a sign means, where it is not the usual one: `{ $: CAD }`. */
  signs: z.record(z.string(), z.string().regex(/^[A-Z]{3}$/)).optional(),
});

export type Formats = z.infer<typeof formatsConfig>;

/** What people write in a cell that has no value. */
const BLANKS = new Set(['-', '–', '—', 'n/a', '#n/a', 'n.a.', 'k.a.', 'k. a.', 'null', '(blank)', '(leer)']);

/**
 * Whether a cell of a company's own file says that there is no value.
 *
 * @example isBlankWord('n/a') // true
 */
export const isBlankWord = (text: string): boolean => BLANKS.has(text.toLowerCase());

const SIGNS: Readonly<Record<string, string>> = {
  ...{ $: 'USD', US$: 'USD', A$: 'AUD', C$: 'CAD', '€': 'EUR', '£': 'GBP', '¥': 'JPY' },
  ...{ '₹': 'INR', '₩': 'KRW', '₪': 'ILS', zł: 'PLN', CHF: 'CHF' },
};
const CODES = new Set(Intl.supportedValuesOf('currency'));

/** The sign or code of a currency before or after a number. */
const MONEY = /^(?<before>[^\d\s.,+-]*)\s*(?<number>[\d\s.,'’+-]+?)\s*(?<after>[^\d.,'’-]*)$/u;
/** Thousands and millions in short, after a number. */
const POWER = /^(?<power>k|tsd|mio|mn|m)(?![a-z])\.?\s*/i;
const IN_BRACKETS = /^(\D*?)\((.*)\)(\D*)$/;

/**
 * The code of the currency that stands beside a number; undefined without one, or with one that nobody knows.
 *
 * @example currencyIn('106.000,00 €') // 'EUR'
 */
export function currencyIn(text: string, { signs = {} }: Formats = {}): string | undefined {
  const { before = '', after = '' } =
    MONEY.exec(withPlainSpaces(text).replace(IN_BRACKETS, '$1$2$3'))?.groups ?? {};
  for (const word of [before, after.replace(POWER, '')]) {
    const known = signs[word] ?? SIGNS[word];
    if (known !== undefined) return known;
    if (CODES.has(word.toUpperCase())) return word.toUpperCase();
  }
  return undefined;
}

const withPlainSpaces = (text: string) => text.replaceAll(/[\s\u00a0\u202f]+/g, ' ').trim();

const POWERS: Readonly<Record<string, number>> = { k: 3, tsd: 3, m: 6, mn: 6, mio: 6 };

/** Digits with marks that group them by threes, or with none. */
const GROUPED = {
  point: /^(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?$/,
  comma: /^(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?$/,
} as const;

/**
 * A number as people write it, as one that programs read: without currency, with a point before decimals and a minus
 * in front. Undefined when it is none, or when nothing says which mark is the decimal one.
 *
 * @example plainNumber('(1.200,50 €)', { decimals: 'comma' }) // '-1200.50'
 * @example plainNumber('1,200', {}) // undefined
 */
export function plainNumber(text: string, { decimals, signs = {} }: Formats): string | undefined {
  const spaced = withPlainSpaces(text);
  const isInBrackets = IN_BRACKETS.test(spaced);
  const minus = /^[-−]\s*|\s*[-−]$/;
  const unsigned = spaced.replace(IN_BRACKETS, '$1$2$3').replace(minus, '');
  let isNegative = isInBrackets || minus.test(spaced);
  const { before = '', number = '', after = '' } = MONEY.exec(unsigned)?.groups ?? {};
  const isCurrency = (word: string) =>
    word === '' || Object.hasOwn(signs, word) || Object.hasOwn(SIGNS, word) || CODES.has(word.toUpperCase());
  const power = POWER.exec(after)?.groups?.power?.toLowerCase();
  if (!isCurrency(before) || !isCurrency(after.replace(POWER, ''))) return undefined;
  const digits = number.replaceAll(/[\s'’]/g, '').replace(/^\+/, '');
  if (minus.test(digits)) isNegative = !isNegative;
  const plain = digits.replace(minus, '');
  const mark = decimals ?? markOf(plain);
  if (mark === undefined || plain === '' || !GROUPED[mark].test(plain)) return undefined;
  const whole = mark === 'point' ? plain.replaceAll(',', '') : plain.replaceAll('.', '').replace(',', '.');
  const exponent = power === undefined ? '' : `e${POWERS[power]}`;
  return `${isNegative ? '-' : ''}${whole}${exponent}`;
}

/**
 * Which mark a number has before its decimals, as far as it shows; undefined for `1,200` and `1.200`, which may be either.
 *
 * @example markOf('1.200,5') // 'comma'
 */
export function markOf(number: string): 'point' | 'comma' | undefined {
  const points = number.split('.').length - 1;
  const commas = number.split(',').length - 1;
  if (points > 0 && commas > 0) return number.lastIndexOf('.') > number.lastIndexOf(',') ? 'point' : 'comma';
  if (points > 1) return 'comma';
  if (commas > 1) return 'point';
  if (points + commas === 0) return 'point';
  if (/^\d{1,3}[.,]\d{3}$/.test(number)) return undefined;
  return points === 1 ? 'point' : 'comma';
}

/** The marks of a text with a number, for `markOf`. */
export const digitsOf = (text: string): string => text.replaceAll(/[^\d.,]/g, '');

const MONTHS: ReadonlyMap<string, number> = monthNames();

/** The months by their names, long and short, in the languages that exports come in. */
function monthNames(): Map<string, number> {
  const names = new Map<string, number>([['mrz', 3]]);
  for (const language of ['en', 'de', 'fr', 'es', 'nl', 'it'])
    for (const month of ['long', 'short'] as const)
      for (let index = 0; index < 12; index += 1) {
        const name = new Intl.DateTimeFormat(language, { month, timeZone: 'UTC' }).format(
          Date.UTC(2026, index, 15),
        );
        names.set(bare(name), index + 1);
      }
  for (const [name, month] of [...names])
    if (name.length > 3 && !names.has(name.slice(0, 3))) names.set(name.slice(0, 3), month);
  return names;
}

function bare(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f.]/g, '')
    .toLowerCase();
}

const TIME =
  /^(?<day>.*?)(?:,? |T)(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,]\d+)?)?(?: ?(?<half>[AaPp])\.?[Mm]\.?)?(?: ?(?<zone>Z|UTC|GMT|[+-]\d\d:?\d\d))?$/;
const BY_NUMBERS = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?$/;
const DAY_AND_NAME = /^(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:de )?(\p{L}+)\.?,?[\s-]+(?:de )?(\d{2,4})$/u;
const NAME_AND_DAY = /^(\p{L}+)\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{2,4})$/u;

/**
 * A day as people write it, with what it says of the time, as ISO 8601. Undefined when it is none, or when nothing says
 * whether the day or the month comes first. Years of two digits lie between 1970 and 2069.
 *
 * @example plainDay('31.03.2026', {}) // '2026-03-31'
 * @example plainDay('3/4/2026 2:05 PM', { dates: 'month_first' }) // '2026-03-04T14:05:00'
 */
export function plainDay(text: string, formats: Formats): string | undefined {
  const spaced = withPlainSpaces(text).replace(/^\p{L}+,? (?=\d{1,4}[./-])/u, ''); // Mon 3/31/2026
  const { day = spaced, hour, minute, second = '00', half, zone = '' } = TIME.exec(spaced)?.groups ?? {};
  const found = dayIn(day, formats);
  if (found === undefined || hour === undefined) return found;
  const isHalf = half !== undefined;
  if (isHalf && (Number(hour) < 1 || Number(hour) > 12)) return undefined;
  const hours = isHalf ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour);
  return `${found}T${String(hours).padStart(2, '0')}:${minute}:${second}${/^(UTC|GMT)$/.test(zone) ? 'Z' : zone}`;
}

function dayIn(text: string, { dates }: Formats): string | undefined {
  const named = DAY_AND_NAME.exec(text);
  if (named !== null) return isoDay(named[3], MONTHS.get(bare(named[2] ?? '')), named[1]);
  const nameFirst = NAME_AND_DAY.exec(text);
  if (nameFirst !== null) return isoDay(nameFirst[3], MONTHS.get(bare(nameFirst[1] ?? '')), nameFirst[2]);
  const [, first = '', mark, second = '', last = ''] = BY_NUMBERS.exec(text) ?? [];
  if (first.length === 4) return isoDay(first, Number(second), last);
  if (mark === undefined || first.length > 2 || last.length === 3) return undefined;
  const dayFirst = isoDay(last, Number(second), first);
  const monthFirst = isoDay(last, Number(first), second);
  if (dates !== undefined) return dates === 'day_first' ? dayFirst : monthFirst;
  if (mark === '.') return dayFirst;
  if (dayFirst === undefined || monthFirst === undefined || dayFirst === monthFirst)
    return dayFirst ?? monthFirst;
  return undefined;
}

/** A day by its numbers, whether or not there is one: that is for who reads it on. */
function isoDay(year = '', month: number | undefined, day = ''): string | undefined {
  if (month === undefined || month < 1 || month > 12 || Number(day) < 1 || Number(day) > 31) return undefined;
  if (year.length !== 2 && year.length !== 4) return undefined;
  const whole = year.length === 4 ? year : `${Number(year) < 70 ? '20' : '19'}${year}`;
  return `${whole}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** How the order of day and month shows in a day written by numbers; undefined when it does not, or is no matter. */
export function orderOf(text: string): 'day_first' | 'month_first' | 'either' | undefined {
  const [, first = '', mark, second = ''] =
    BY_NUMBERS.exec((TIME.exec(withPlainSpaces(text))?.groups?.day ?? text).trim()) ?? [];
  if (first.length > 2 || mark === undefined) return undefined;
  const isMonth = [first, second].map((part) => Number(part) <= 12);
  if (isMonth[0] && isMonth[1]) return first === second ? undefined : mark === '.' ? 'day_first' : 'either';
  if (!isMonth[0] && !isMonth[1]) return undefined;
  return isMonth[0] ? 'month_first' : 'day_first';
}

const PERIODS: ReadonlyMap<string, number> = new Map([
  ...['month', 'monthly', 'months', 'mo', 'monat', 'monatlich', 'monate', 'mensuel'].map(
    (word) => [word, 12] as const,
  ),
  ...['quarter', 'quarterly', 'quarters', 'quartal', 'quartalsweise', 'vierteljährlich'].map(
    (word) => [word, 4] as const,
  ),
  ...['half-year', 'semiannual', 'semi-annual', 'halbjährlich', 'biannual'].map((word) => [word, 2] as const),
  ...['year', 'yearly', 'years', 'yr', 'annual', 'annually', 'jahr', 'jahre', 'jährlich', 'an', 'annuel'].map(
    (word) => [word, 1] as const,
  ),
  ...['week', 'weekly', 'woche', 'wöchentlich'].map((word) => [word, 52] as const),
]);

/**
 * How often a period comes in a year, by its name in a cell.
 *
 * @example timesAYear('Monthly') // 12
 */
export const timesAYear = (text: string): number | undefined => PERIODS.get(text.toLowerCase().trim());

/**
 * A term in months: a number of them, or a number and its unit, or the name of a period.
 *
 * @example monthsIn('2 years') // 24
 */
export function monthsIn(text: string): number | undefined {
  const [, number, word = 'month'] =
    /^(\d+(?:[.,]0+)?)?\s*-?([\p{L}-]+)?(?:\(s\)|s)?\.?$/u.exec(text.trim()) ?? [];
  const times = timesAYear(word) ?? timesAYear(word.replace(/s$/, ''));
  if (times === undefined || times > 12 || (number === undefined && word === 'month')) return undefined;
  const months = (number === undefined ? 1 : Number(number.replace(',', '.'))) * (12 / times);
  return Number.isInteger(months) && months > 0 && months <= 240 ? months : undefined;
}
