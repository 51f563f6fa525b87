import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { csvLines, csvRecords, DELIMITERS, type Delimiter, firstLines, HEADER_WITHIN } from '../csv.ts';
import { fileUnreadable } from '../errors.ts';
import { sheetsOf, writeCsv } from '../excel.ts';
import { type CsvLine, noNotes } from '../file-record.ts';
import {
  currencyIn,
  digitsOf,
  type Formats,
  isBlankWord,
  markOf,
  orderOf,
  plainDay,
  plainNumber,
} from '../formats.ts';
import { groupOf } from '../grouped.ts';
import { sameHeader } from '../layout.ts';
import { TABLES } from '../tables.ts';
import { isNeitherUtf } from '../text-pieces.ts';
import { CUSTOMER, HELPERS, namesOf, SYNONYMS, words } from './synonyms.ts';

/** What the cells under one header look like. */
export interface ColumnProfile {
  readonly header: string;
  /** Cells that say something. */
  filled: number;
  /** Of those, the ones that may be read as days, as numbers, as e-mail addresses, and those with a currency. */
  days: number;
  numbers: number;
  mails: number;
  money: number;
  /** The order of day and month, as far as it shows: in how many cells, and an example of each. */
  readonly orders: Map<'day_first' | 'month_first' | 'either', { count: number; example: string }>;
  readonly marks: Map<'point' | 'comma' | 'either', { count: number; example: string }>;
  readonly currencies: Map<string, number>;
  /** Different values, while they are few enough to be counted. */
  readonly distinct: Set<string>;
  readonly examples: string[];
}

/** A file, or a sheet of one, as it was found. */
export interface FileProfile {
  readonly path: string;
  readonly file: string;
  readonly sheet: string | undefined;
  readonly encoding: Formats['encoding'];
  /** The line that names the columns, from 1. */
  readonly headerLine: number;
  /** What the names are called that stand in rows of their own above the rows of each; none where rows are not grouped. */
  readonly groupedAs: string | undefined;
  readonly rowCount: number;
  readonly columns: readonly ColumnProfile[];
  /** Headers that stand there twice, which cannot be read. */
  readonly repeated: readonly string[];
  /** Lines that are totals or remarks. */
  readonly totals: readonly { readonly line: number; readonly text: string }[];
  /** The rows, cell by cell in the order of `columns`. */
  readonly rows: readonly (readonly string[])[];
}

const MOST_DISTINCT = 200_000;
const EXAMPLES = 3;

/**
 * Looks at an export: where its header is, how it writes days and numbers, what each column holds. An Excel file gives a
 * profile for each sheet that has a table. Throws `FILE_UNREADABLE`.
 */
export async function profilesOf(path: string): Promise<readonly FileProfile[]> {
  const file = basename(path);
  if (/\.xlsx$/i.test(file)) return workbookProfiles(path);
  if (/\.xls$/i.test(file))
    throw fileUnreadable(file, 'it is an Excel file of before 2007; save it as .xlsx or CSV');
  if (!/\.(csv|tsv|txt)$/i.test(file))
    throw fileUnreadable(file, 'a mapping is proposed of .csv, .tsv, .txt and .xlsx; save it as CSV');
  const profile = profileOf(path, file, undefined);
  if (profile === undefined) throw fileUnreadable(file, 'it has no line with two or more headers');
  if (profile.rowCount === 0)
    throw fileUnreadable(file, 'it has a header and no rows, so that nothing shows what its columns hold');
  return [profile];
}

async function workbookProfiles(path: string): Promise<FileProfile[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'tenure-sheets-'));
  try {
    const sheets = await sheetsOf(path);
    const profiles = sheets.flatMap((sheet, index) => {
      const csv = join(scratch, `${index}.csv`);
      writeCsv(sheet, csv, undefined);
      const profile = profileOf(csv, basename(path), sheets.length === 1 ? undefined : sheet.sheet);
      return profile === undefined || profile.rowCount === 0 ? [] : [{ ...profile, path }];
    });
    if (profiles.length === 0) throw fileUnreadable(basename(path), 'none of its sheets has a table');
    return profiles;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** All that a header may be called. */
const KNOWN = new Set(
  [CUSTOMER, HELPERS, ...Object.values(SYNONYMS)]
    .flatMap((each) => Object.values(each).flat())
    .concat(TABLES.flatMap(({ columns }) => columns.map(({ name }) => words(name)))),
);

function profileOf(path: string, file: string, sheet: string | undefined): FileProfile | undefined {
  const encoding = isNeitherUtf(path) ? ('windows-1252' as const) : undefined;
  const found = headerOf(path, encoding);
  if (found === undefined) return undefined;
  const { line: header, delimiter } = found;
  const same = sameHeader(true);
  const names = header.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const isRepeated = (name: string) => names.filter((each) => same(each) === same(name)).length > 1;
  const groupedAs = groupsOf(path, header, delimiter, encoding);
  const headers = [
    ...names.filter((name) => !isRepeated(name)),
    ...(groupedAs === undefined ? [] : [groupedAs]),
  ];
  const columns = headers.map(emptyProfile);
  const notes = noNotes();
  const layout = {
    ...{ table: TABLES[0]!, headers, columns: [], formats: encoding === undefined ? {} : { encoding } },
    ...{ own: [], kept: [] },
    required: headers.map((each) => ({ header: each, column: each })),
    ...{ sheet: undefined, groupedAs, isMapped: true },
  };
  const rows: string[][] = [];
  for (const { cells } of csvRecords(path, layout, notes)) {
    const row = columns.map((_, index) => {
      const text = cells[index]?.trim() ?? '';
      return isBlankWord(text) ? '' : text;
    });
    columns.forEach((column, index) => {
      if (row[index] !== '') look(column, (row[index] as string).replaceAll(/\s+/g, ' '));
    });
    rows.push(row);
  }
  return {
    ...{
      path,
      file,
      sheet,
      encoding,
      headerLine: header.line,
      groupedAs,
      rowCount: rows.length,
      columns,
      rows,
    },
    repeated: [...new Set(names.filter(isRepeated))],
    totals: notes.totals,
  };
}

/** The line of the first ones that has most headers that are known; of those with none, the first with most cells. */
function headerOf(
  path: string,
  encoding: Formats['encoding'],
): { readonly line: CsvLine; readonly delimiter: Delimiter } | undefined {
  let best:
    | {
        readonly line: CsvLine;
        readonly delimiter: Delimiter;
        readonly known: number;
        readonly filled: number;
      }
    | undefined;
  for (const delimiter of DELIMITERS) {
    for (const line of firstLines(path, delimiter, HEADER_WITHIN, encoding)) {
      const cells = line.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
      const known = cells.filter((cell) => namesOf(cell).some((name) => KNOWN.has(name))).length;
      if (cells.length < 2 && known === 0) continue;
      if (best === undefined || known > best.known || (known === best.known && cells.length > best.filled))
        best = { line, delimiter, known, filled: cells.length };
    }
  }
  return best;
}

/**
 * What names are called that stand in rows of their own above the rows of each, under a header without a name: the customer,
 * unless a column names that and the titles say nothing of it. None where no row stands below such a name.
 */
function groupsOf(
  path: string,
  header: CsvLine,
  delimiter: Delimiter,
  encoding: Formats['encoding'],
): string | undefined {
  if (header.cells[0]?.trim() !== '') return undefined;
  let isBelow = false;
  let isGrouped = false;
  for (const line of csvLines(path, delimiter, encoding)) {
    if (line.line <= header.line) continue;
    if (groupOf(line, header.cells.length) !== undefined) isBelow = true;
    else if (isBelow && line.cells[0]?.trim() === '') {
      isGrouped = true;
      break;
    }
  }
  if (!isGrouped) return undefined;
  const titles = [...firstLines(path, delimiter, HEADER_WITHIN, encoding)].filter(
    ({ line }) => line < header.line,
  );
  const namesCustomers = header.cells.some((cell) =>
    namesOf(cell).some((name) => (CUSTOMER.name ?? []).includes(name)),
  );
  return !namesCustomers || titles.some(({ text }) => /\bcustomer|\bclient|\bkunden/i.test(text))
    ? 'Customer'
    : 'Group';
}

const emptyProfile = (header: string): ColumnProfile => ({
  ...{ header, filled: 0, days: 0, numbers: 0, mails: 0, money: 0 },
  ...{ orders: new Map(), marks: new Map(), currencies: new Map(), distinct: new Set(), examples: [] },
});

function look(column: ColumnProfile, text: string): void {
  column.filled += 1;
  if (column.distinct.size < MOST_DISTINCT) column.distinct.add(text);
  if (column.examples.length < EXAMPLES && !column.examples.includes(text)) column.examples.push(text);
  const count = <K>(counts: Map<K, { count: number; example: string }>, key: K) => {
    const held = counts.get(key);
    if (held === undefined) counts.set(key, { count: 1, example: text });
    else held.count += 1;
  };
  const order = orderOf(text);
  if (order !== undefined || plainDay(text, {}) !== undefined) {
    column.days += 1;
    if (order !== undefined) count(column.orders, order);
    return;
  }
  const isNumber = (['point', 'comma'] as const).some(
    (decimals) => plainNumber(text, { decimals }) !== undefined,
  );
  if (isNumber) {
    column.numbers += 1;
    const digits = digitsOf(text);
    if (/[.,]/.test(digits)) count(column.marks, markOf(digits) ?? 'either');
    const currency = currencyIn(text);
    if (currency !== undefined) {
      column.money += 1;
      column.currencies.set(currency, (column.currencies.get(currency) ?? 0) + 1);
    }
  }
  if (/^\S+@\S+\.\S+$/.test(text)) column.mails += 1;
}
