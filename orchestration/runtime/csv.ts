import { csvCell } from '../../warehouse/index.ts';

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return csvCell(typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text);
}

/**
 * Rows as a CSV to hand out: a header, CRLF (RFC 4180), nothing for null, and texts that a spreadsheet would calculate with
 * an apostrophe before them.
 */
export const csvText = (
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string =>
  [columns.map(cell), ...rows.map((row) => columns.map((column) => cell(row[column])))]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');
