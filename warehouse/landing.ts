import type { Column, LogicalType } from './values.ts';

/** A column of a raw table and the property of the record's `data` that fills it. */
export interface LandingColumn extends Column {
  /** Undefined: the whole of `data`. */
  readonly property: string | undefined;
}

/** Path to a value of a record: a column, then names inside its JSON. */
export type FieldPath = readonly [string, ...string[]];

/**
 * How records meet the rows that are there.
 * - `append`: all of them are added.
 * - `upsert`: one row stands for each value of `key`. Of several the one with the greatest `order` wins, then the
 *   one extracted last, then the one that came last; a row that is there stays when the record is older or equal in all data.
 * - `snapshot`: the last record of each value of `key` is added when its data differ from those of the newest row
 *   with that key, so that the rows of a key are the versions seen, in order.
 * - `replace`: they become the table; a table that holds the same rows already is left alone.
 */
export type LandingWrite =
  | { readonly kind: 'append' }
  | {
      readonly kind: 'upsert';
      readonly key: readonly FieldPath[];
      readonly order: FieldPath | undefined;
      /** What a value inside JSON is compared as, where that is not its text. */
      readonly orderType?: 'integer' | 'number';
    }
  | { readonly kind: 'snapshot'; readonly key: readonly FieldPath[] }
  | { readonly kind: 'replace' };

/** Record messages to land in `raw.<table>`. */
export interface Landing {
  readonly table: string;
  /** Files with one RECORD message of the Airbyte protocol a line. */
  readonly files: readonly string[];
  /** Lines in all files: a landing that reads another number throws `LANDING_INCOMPLETE`. */
  readonly lineCount: number;
  /** Bytes of the longest line. */
  readonly longestLine: number;
  readonly columns: readonly LandingColumn[];
  readonly generationId: number;
  readonly write: LandingWrite;
}

export interface LandingResult {
  /** Rows that the table has more than before; for `replace`, rows that were not in it. */
  readonly landed: number;
  /** Rows in the table now. */
  readonly rowCount: number;
  /** The generation the table is of now: another than asked for when `replace` found nothing to replace. */
  readonly generationId: number;
  /**
   * Numbers, from 1 and across all files, of the lines that are no readable record, or whose `emitted_at` is no instant
   * from 1970 to 9999; they are not landed.
   */
  readonly unreadableLines: readonly number[];
  /** For each column the number of values that do not fit its type: they are null, and named in `_airbyte_meta`. */
  readonly nulled: Readonly<Record<string, number>>;
}

/** The instant, in milliseconds since 1970, before which a record must have been emitted: the year 10000. */
export const LAST_INSTANT = 253_402_300_800_000;

/** The columns that every raw table ends with. */
export const AIRBYTE_COLUMNS: readonly Column[] = [
  { name: '_airbyte_raw_id', type: 'string' },
  { name: '_airbyte_extracted_at', type: 'timestamp' },
  { name: '_airbyte_meta', type: 'json' },
  { name: '_airbyte_generation_id', type: 'integer' },
];

/** The type that holds both what is in a column and what its stream now sends. */
export function wider(held: LogicalType, sent: LogicalType): LogicalType {
  if (held === sent || held === 'string' || held === 'json') return held;
  const numbers: readonly LogicalType[] = ['integer', 'number', 'decimal'];
  return numbers.includes(held) && numbers.includes(sent) ? 'number' : 'string';
}

/** Names and types of columns, in any order. */
export const shapeOf = (columns: readonly Column[]) =>
  columns
    .map(({ name, type }) => `${name.toLowerCase()} ${type}`)
    .sort()
    .join();
