import type { Fault } from './tables.ts';

/** One record of a file, before its values are looked at. */
export interface FileRecord {
  /** From 1; the line a record begins on. In Parquet, the number of the row. */
  readonly line: number;
  /** As the file has it. */
  readonly text: string;
  /** One for each header of the layout; undefined where there is none. */
  readonly cells: readonly (string | undefined)[];
  /** What is wrong with the record as a whole. */
  readonly fault?: Fault;
}

/** A line of a file of separated values, from 1. */
export interface CsvLine {
  readonly line: number;
  readonly text: string;
  readonly cells: readonly string[];
}

/** What a reader noticed that is no fault. */
export interface ReadNotes {
  /** Columns that mean nothing to Tenure. */
  readonly strangers: Set<string>;
  /** Lines with fewer cells than the header. */
  shortLines: number;
  /** Rows that have nothing of this table: a customer without a contract. */
  others: number;
  /** Rows that the mapping leaves out by `only` or `without`. */
  leftOut: number;
  /** Headers that the mapping names and the file does not have. */
  readonly absent: Set<string>;
  /** Lines of a company's own file that are no rows (totals, and what stands below the table), with their first cell. */
  readonly totals: { readonly line: number; readonly text: string }[];
}

export const noNotes = (): ReadNotes => ({
  strangers: new Set(),
  shortLines: 0,
  absent: new Set(),
  others: 0,
  leftOut: 0,
  totals: [],
});

/** A line of a CSV file: where it stands (from 1), as it is, and its cells. */
export interface CsvLine {
  readonly line: number;
  readonly text: string;
  readonly cells: readonly string[];
}
