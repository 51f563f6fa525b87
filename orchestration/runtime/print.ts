import type { Row } from '../../warehouse/index.ts';

/**
 * Characters that a terminal obeys instead of showing, or that change the order in which others are shown: C0 but for
 * tab and newline, DEL, C1, line and paragraph separators, and the marks of direction of Unicode's bidirectional
 * algorithm (UAX #9), with which a text can be made to read as another.
 */
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * A text that may hold data, as it may go to a terminal: control characters as `\u001b`. Lines stay lines.
 *
 * @example printable('red \u001b[31m') // 'red \\u001b[31m'
 */
export const printable = (text: string): string => text.replace(CONTROL, escaped);

/** As `printable`, in one line: a value can forge no other. */
export const oneLine = (text: string): string =>
  printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** JSON that shows the same in a terminal and reads the same everywhere. */
export const jsonText = (value: unknown): string => printable(JSON.stringify(value));

const text = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Math.round(value * 1e6) / 1e6);
  return oneLine(typeof value === 'object' ? JSON.stringify(value) : String(value));
};

/** Rows as a plain table: one line a row, numbers to the right, columns in the order given. */
export function table(columns: readonly string[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => text(row[column])));
  const isNumeric = columns.map((column) =>
    rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
  const names = columns.map(oneLine);
  const widths = names.map((name, index) =>
    Math.max(name.length, ...cells.map((line) => (line[index] ?? '').length)),
  );
  const line = (values: readonly string[]) =>
    values
      .map((value, index) =>
        isNumeric[index] ? value.padStart(widths[index] ?? 0) : value.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(names), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

/** The columns that some row fills. */
export const filled = (columns: readonly string[], rows: readonly Row[]): string[] =>
  columns.filter((column) => rows.some((row) => ![null, undefined, ''].includes(row[column] as never)));

/** 1234, row → `1,234 rows`. */
export const count = (n: number, noun: string): string =>
  `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;

/** 0.93 → `93.0 %`; nothing known → `–`. */
export const percent = (ratio: number | null | undefined, digits = 1): string =>
  ratio === null || ratio === undefined ? '–' : `${(ratio * 100).toFixed(digits)} %`;

/** 1234567 → `1,234,567 USD`. */
export const money = (amount: number | null | undefined, currency: string): string =>
  amount === null || amount === undefined ? '–' : `${Math.round(amount).toLocaleString('en')} ${currency}`;
