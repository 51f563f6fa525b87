import { closeSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { fileUnreadable } from './errors.ts';
import type { Formats } from './formats.ts';

/** A sheet of an Excel file as it reads it: texts, numbers, yes and no, instants, and nothing. */
type Cell = string | number | boolean | Date | null;
export interface Sheet {
  readonly sheet: string;
  readonly data: readonly (readonly Cell[])[];
}

/** All sheets of an `.xlsx` file, in their order. Throws `FILE_UNREADABLE`. */
export async function sheetsOf(path: string): Promise<readonly Sheet[]> {
  try {
    const { default: readExcel } = await import('read-excel-file/node'); // only who has such a file waits for it
    return (await readExcel(path)) as unknown as readonly Sheet[];
  } catch (error) {
    const problem = `it is no Excel file that can be opened (${(error as Error).message.split('\n')[0]}); save it as .xlsx or CSV without a password`;
    throw fileUnreadable(basename(path), problem, undefined, error);
  }
}

/**
 * Writes a sheet out as CSV, with a line for each of its rows: days as 2026-03-31, numbers with the decimal mark that the
 * layout's texts have. Throws `FILE_UNREADABLE`.
 */
export async function sheetToCsv(
  path: string,
  target: string,
  { sheet: name, formats }: { readonly sheet: string | undefined; readonly formats: Formats | undefined },
): Promise<void> {
  const sheets = await sheetsOf(path);
  const sheet = name === undefined ? sheets[0] : sheets.find((each) => each.sheet === name);
  if (sheet === undefined) {
    const has = sheets.map((each) => `"${each.sheet}"`).join(', ');
    throw fileUnreadable(
      basename(path),
      `it has no sheet "${name}"; it has ${has}. Mend sheet in tenure.yaml`,
    );
  }
  writeCsv(sheet, target, formats);
}

/** Writes one sheet as CSV. */
export function writeCsv({ data }: Sheet, target: string, formats: Formats | undefined): void {
  const mark = formats?.decimals === 'comma' ? ',' : '.';
  const descriptor = openSync(target, 'w', 0o600);
  try {
    for (const row of data)
      writeSync(descriptor, `${row.map((cell) => quoted(textOf(cell, mark))).join(',')}\n`);
  } finally {
    closeSync(descriptor);
  }
}

function textOf(cell: Cell, mark: '.' | ','): string {
  if (cell === null) return '';
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00\.000Z$/, '');
  if (typeof cell === 'number') {
    const text = String(Number(cell.toPrecision(15)));
    // Three decimals could be read as thousands.
    return (/\.\d{3}$/.test(text) ? `${text}0` : text).replace('.', mark);
  }
  return String(cell);
}

/** A line of the CSV is a row of the sheet, so line ends in a cell become blanks. */
const quoted = (text: string) => `"${text.replaceAll(/\r?\n/g, ' ').replaceAll('"', '""')}"`;
