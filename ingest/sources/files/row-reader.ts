import type { ValueMapping } from '../../vocabularies.ts';
import { type ColumnSource, columnSources } from './column-source.ts';
import type { FileRecord } from './file-record.ts';
import type { Layout } from './layout.ts';
import type { Fault, FileColumn, FileRow, FileTable } from './tables.ts';
import { isOutOfRange, reasonOf } from './values.ts';

/**
 * A record as a row, with the values that cannot stand and are null in it; or all that keeps it from being a row, by
 * column, and what is wrong with it besides.
 */
export type ReadRow =
  | { readonly row: FileRow; readonly values: readonly Fault[]; readonly key: string | null }
  | { readonly faults: readonly Fault[]; readonly values: readonly Fault[]; readonly key: string | null };

const NONE: readonly Fault[] = [];

/** Reads records of one layout into typed rows; a value is null when its cell is empty or blank. */
export class RowReader {
  readonly #table: FileTable;
  readonly #sources: readonly ColumnSource[];
  readonly #references: (row: FileRow) => readonly Fault[];

  /** `references` says what a row names that is not there; `values` maps words of vocabularies. */
  constructor(
    layout: Layout,
    timeZone: string,
    references: (row: FileRow) => readonly Fault[] = () => NONE,
    values: ValueMapping = {},
  ) {
    this.#table = layout.table;
    this.#sources = columnSources(layout, timeZone, values);
    this.#references = references;
  }

  read(record: FileRecord): ReadRow {
    if (record.fault !== undefined && record.cells.length === 0)
      return { faults: [record.fault], values: NONE, key: null };
    const row: FileRow = {};
    const { columns } = this.#table;
    let faults: Fault[] | undefined = record.fault && [record.fault];
    let values: Fault[] | undefined;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as FileColumn;
      const source = this.#sources[index] as ColumnSource;
      const given = source.given(record.cells);
      let value: unknown = null;
      if (given !== '') {
        value = source.read(given, record.cells);
        const reason =
          value === undefined ? reasonOf(column) : isOutOfRange(column, value) ? 'bad_range' : undefined;
        if (reason !== undefined) {
          const found = { column: column.name, reason, given };
          if (column.isRequired) faults = [...(faults ?? NONE), found];
          else values = [...(values ?? NONE), found];
          value = null;
        }
      } else if (column.isRequired && !column.mayBeEmpty) {
        faults = [...(faults ?? NONE), { column: column.name, reason: 'missing_value' }];
      }
      row[column.name] = value ?? null;
    }
    faults = faults && this.#withoutEchoes(faults);
    const between = faults === undefined ? this.#table.check?.(row) : undefined;
    const named = this.#references(row);
    if (between !== undefined || named.length > 0)
      faults = [...(faults ?? NONE), ...(between === undefined ? NONE : [between]), ...named];
    const key = faults === undefined && values === undefined ? null : keyOf(this.#table, row);
    return faults === undefined
      ? { row, values: values ?? NONE, key }
      : { faults, values: values ?? NONE, key };
  }

  /** Without the faults of what is made of a cell that is at fault itself. */
  #withoutEchoes(faults: Fault[]): Fault[] {
    if (faults.length === 1) return faults;
    const sourceOf = ({ column }: Fault) =>
      this.#sources[this.#table.columns.findIndex(({ name }) => name === column)];
    return faults.filter((fault) => {
      const made = sourceOf(fault);
      return !(
        made?.isMade &&
        faults.some((each) => !sourceOf(each)?.isMade && sourceOf(each)?.header === made.header)
      );
    });
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
