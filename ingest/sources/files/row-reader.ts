import type { ValueMapping } from '../../vocabularies.ts';
import type { FileRecord } from './file-record.ts';
import type { Fault, FileColumn, FileRow, FileTable } from './tables.ts';
import { isOutOfRange, type Reader, readerOf, reasonOf } from './values.ts';

/**
 * A record as a row, with the values that cannot stand and are null in it; or what keeps it from being a row: the first
 * fault, by column, of those that it requires.
 */
export type ReadRow =
  | { readonly row: FileRow; readonly values: readonly Fault[]; readonly key: string | null }
  | { readonly fault: Fault; readonly key: string | null };

const NONE: readonly Fault[] = [];

/** Reads records of one table into typed rows; a value is null when its cell is empty or blank. */
export class RowReader {
  readonly #table: FileTable;
  readonly #readers: readonly Reader[];
  readonly #check: (row: FileRow) => Fault | undefined;

  /** `check` is held against every row that has no fault of its own; `values` maps words of vocabularies. */
  constructor(
    table: FileTable,
    timeZone: string,
    check: (row: FileRow) => Fault | undefined,
    values: ValueMapping = {},
  ) {
    this.#table = table;
    this.#readers = table.columns.map((column) => readerOf(column, timeZone, values));
    this.#check = (row) => table.check?.(row) ?? check(row);
  }

  read(record: FileRecord): ReadRow {
    const row: FileRow = {};
    const { columns } = this.#table;
    let { fault } = record;
    let values: Fault[] | undefined;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as FileColumn;
      const text = record.cells[index]?.trim() ?? '';
      let value: unknown = null;
      if (text !== '') {
        value = this.#readers[index]?.(text);
        const reason =
          value === undefined ? reasonOf(column) : isOutOfRange(column, value) ? 'bad_range' : undefined;
        if (reason !== undefined) {
          const found = { column: column.name, reason };
          if (column.isRequired) fault ??= found;
          else {
            values = [...(values ?? NONE), found];
            value = null;
          }
        }
      } else if (column.isRequired && !column.mayBeEmpty) {
        fault ??= { column: column.name, reason: 'missing_value' };
      }
      row[column.name] = value ?? null;
    }
    fault ??= this.#check(row);
    const key = fault === undefined && values === undefined ? null : keyOf(this.#table, row);
    return fault === undefined ? { row, values: values ?? NONE, key } : { fault, key };
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
