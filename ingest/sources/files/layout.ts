import type { Formats } from './formats.ts';
import { type ColumnMapping, headersOf, type TableMapping } from './mapping.ts';
import type { FileColumn, FileTable } from './tables.ts';

/** Where one column of a table comes from. */
export interface LaidColumn {
  readonly column: FileColumn;
  /** Nothing when the mapping does not name the column. */
  readonly from: ColumnMapping | undefined;
}

/** What is read of a file, and how its columns become those of a table. */
export interface Layout {
  readonly table: FileTable;
  /** The headers that are read, each once; a record has a cell for each. */
  readonly headers: readonly string[];
  readonly columns: readonly LaidColumn[];
  /** Headers without which the file is not taken, with the column that each is for. */
  readonly required: readonly { readonly header: string; readonly column: string }[];
  /** How the file writes days and numbers; nothing for canonical files, which are read to the letter. */
  readonly formats: Formats | undefined;
  /** What the name of a group is called, where one stands in a row of its own above its rows. */
  readonly groupedAs: string | undefined;
  /** The sheet of an Excel file. */
  readonly sheet: string | undefined;
  /**
   * Places in `headers` of what a row of this table must have beside its customer: one with none of them is of another
   * table that the file feeds. None where every row counts.
   */
  readonly own: readonly number[];
  /** By which rows of the file are of this table: the place of a header, its words, and whether they are the ones that are. */
  readonly kept: readonly {
    readonly place: number;
    readonly words: readonly string[];
    readonly isOnly: boolean;
  }[];
  /** Whether the headers are the company's own, which may change their case and spaces. */
  readonly isMapped: boolean;
}

/**
 * A table's layout by its mapping; without one, every column is read from the header of its name. `isShared` says that
 * other tables read the same file.
 */
export function layoutOf(table: FileTable, mapping?: TableMapping, isShared = false): Layout {
  const named = mapping?.columns;
  const columns = table.columns.map(
    (column): LaidColumn => ({
      column,
      from: named === undefined ? column.name : named[column.name],
    }),
  );
  const headers = columns.flatMap(({ from }) => (from === undefined ? [] : headersOf(from)));
  const required = columns.flatMap(({ column, from }) =>
    column.isRequired && from !== undefined
      ? headersOf(from).map((header) => ({ header, column: column.name }))
      : [],
  );
  const own = isShared && table.name !== 'accounts' ? [...required] : [];
  const { only = {}, without = {} } = mapping ?? {};
  const choices = [only, without].flatMap((each) =>
    Object.entries(each).map(([header, words]) => ({
      header,
      words: words.map(String),
      isOnly: each === only,
    })),
  );
  // Without the header that tells them apart, rows that are none would count.
  for (const { header, isOnly } of choices) required.push({ header, column: isOnly ? 'only' : 'without' });
  const names = [...new Set([...headers, ...choices.map(({ header }) => header)])];
  const customer = columns
    .filter(({ column }) => column.name === 'account_id')
    .flatMap(({ from }) => (from === undefined ? [] : headersOf(from)));
  return {
    table,
    headers: names,
    own: [...new Set(own.map(({ header }) => header))]
      .filter((header) => !customer.includes(header))
      .map((header) => names.indexOf(header)),
    columns,
    required: required.filter(
      ({ header }, index) => required.findIndex((each) => each.header === header) === index,
    ),
    kept: choices.map(({ header, words, isOnly }) => ({ place: names.indexOf(header), words, isOnly })),
    formats: mapping === undefined ? undefined : (mapping.formats ?? {}),
    groupedAs: mapping?.grouped_as,
    sheet: mapping?.sheet,
    isMapped: named !== undefined,
  };
}

/**
 * A header by which two are compared: a company's own whatever its case and spaces.
 *
 * @example sameHeader(true)(' Account  Name') // 'account name'
 */
export const sameHeader =
  (isMapped: boolean) =>
  (header: string): string =>
    isMapped ? header.normalize('NFC').replaceAll(/\s+/g, ' ').trim().toLowerCase() : header.trim();
