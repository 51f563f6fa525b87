import type { Row } from '../warehouse/index.ts';

const text = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Math.round(value * 1e6) / 1e6);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** Rows as a plain table: one line a row, numbers to the right, columns in the order given. */
export function table(columns: readonly string[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => text(row[column])));
  const isNumeric = columns.map((column) =>
    rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((line) => (line[index] ?? '').length)),
  );
  const line = (values: readonly string[]) =>
    values
      .map((value, index) =>
        isNumeric[index] ? value.padStart(widths[index] ?? 0) : value.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

/** 1234, row → `1,234 rows`. */
export const count = (n: number, noun: string): string =>
  `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;

/** 0.93 → `93.0 %`; nothing known → `–`. */
export const percent = (ratio: number | null | undefined, digits = 1): string =>
  ratio === null || ratio === undefined ? '–' : `${(ratio * 100).toFixed(digits)} %`;

/** 1234567 → `1,234,567 USD`. */
export const money = (amount: number | null | undefined, currency: string): string =>
  amount === null || amount === undefined ? '–' : `${Math.round(amount).toLocaleString('en')} ${currency}`;
