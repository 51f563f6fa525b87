import type { FileRecord } from './file-record.ts';
import type { Fault, FileColumn, FileRow, FileTable } from './tables.ts';
import { isOutOfRange, type Reader, readerOf, reasonOf } from './values.ts';

/** A record as a row, or what keeps it from being one: the first fault, by column. */
export type ReadRow = { readonly row: FileRow } | { readonly fault: Fault; readonly key: string | null };

/** Reads records of one table into typed rows; a value is null when its cell is empty or blank. */
export class RowReader {
  readonly #table: FileTable;
  readonly #readers: readonly Reader[];
  readonly #check: (row: FileRow) => Fault | undefined;

  /** `check` is held against every row that has no fault of its own. */
  constructor(table: FileTable, timeZone: string, check: (row: FileRow) => Fault | undefined) {
    this.#table = table;
    this.#readers = table.columns.map((column) => readerOf(column, timeZone));
    this.#check = (row) => table.check?.(row) ?? check(row);
  }

  read(record: FileRecord): ReadRow {
    const row: FileRow = {};
    const { columns } = this.#table;
    let fault = record.fault;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as FileColumn;
      const text = record.cells[index]?.trim() ?? '';
      let value: unknown = null;
      if (text !== '') {
        value = this.#readers[index]?.(text);
        if (value === undefined) fault ??= { column: column.name, reason: reasonOf(column) };
        else if (isOutOfRange(column, value)) fault ??= { column: column.name, reason: 'bad_range' };
      } else if (column.isRequired) {
        fault ??= { column: column.name, reason: 'missing_value' };
      }
      row[column.name] = value ?? null;
    }
    fault ??= this.#check(row);
    return fault === undefined ? { row } : { fault, key: keyOf(this.#table, row) };
  }

  /** What names a record in reports, or null when it lacks a required part of its key. */
  keyOf(record: FileRecord): string | null {
    const given = this.read(record);
    return 'row' in given ? keyOf(this.#table, given.row) : given.key;
  }
}

function keyOf({ columns, key }: FileTable, row: FileRow): string | null {
  const isWhole = columns.every(
    ({ name, isRequired }) => !isRequired || !key.includes(name) || row[name] !== null,
  );
  const parts = key.map((name) => row[name]).filter((part) => part !== null);
  return isWhole ? parts.join('|') : null;
}
