import type { Fault } from './tables.ts';

/** One record of a file, before its values are looked at. */
export interface FileRecord {
  /** From 1; the line a record begins on. In Parquet, the number of the row. */
  readonly line: number;
  /** As the file has it. */
  readonly text: string;
  /** One for each column of the table; undefined where there is none. */
  readonly cells: readonly (string | undefined)[];
  /** What is wrong with the record as a whole. */
  readonly fault?: Fault;
}

/** What a reader noticed that is no fault. */
export interface ReadNotes {
  /** Columns that mean nothing to Tenure. */
  readonly strangers: Set<string>;
  /** Lines with fewer cells than the header. */
  shortLines: number;
}
