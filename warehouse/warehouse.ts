import type { Kysely } from 'kysely';
import type { Landing, LandingResult } from './landing.ts';
import type { Tables } from './tables.ts';
import type { TextColumn, TextSql } from './text-sql.ts';
import type { Column } from './values.ts';

/** The schemas of a Tenure warehouse (datasets on BigQuery), in the order data flows through them. */
export const SCHEMAS = ['raw', 'staging', 'intermediate', 'scoring', 'marts', 'activation', 'ops'] as const;
export type Schema = (typeof SCHEMAS)[number];

export type WarehouseConfig =
  | {
      readonly type: 'duckdb';
      readonly path: string;
      readonly memory_limit?: string;
      readonly threads?: number;
    }
  | {
      readonly type: 'bigquery';
      readonly project: string;
      readonly location?: string;
      readonly dataset_prefix?: string;
      /** Bytes that one statement may read; 100 GiB unless given. */
      readonly maximum_bytes_billed?: number;
      /** A service account's key; without it, Application Default Credentials. */
      readonly keyfile?: string;
      /** A service account to act as. */
      readonly impersonate_service_account?: string;
      /** Address of an emulator to use in Google's place. */
      readonly emulator?: string;
    };

export type Row = Record<string, unknown>;

export interface QueryLimits {
  readonly maximumRows?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
}

export interface QueryResult {
  readonly columns: Column[];
  readonly rows: Row[];
  /** Whether there are more rows than were asked for. */
  readonly isCut: boolean;
}

/** The one door to the data. Every method throws `WarehouseError` with a stable `code`. */
export interface Warehouse {
  readonly type: WarehouseConfig['type'];
  /** How much lands before it is committed, where a commit costs; undefined where it does not. */
  readonly commitAfter?: { readonly bytes: number; readonly seconds: number };
  /** Typed queries on the relations of `tables.ts`. */
  readonly db: Kysely<Tables>;
  /** Creates the schemas that are not there yet. */
  ensureSchemas(): Promise<void>;
  /** Names of the tables and views of a schema, sorted. */
  listTables(schema: string): Promise<string[]>;
  /** The columns that hold text, of the tables of a schema that hold rows themselves (no views), by table and place. */
  textColumns(schema: string): Promise<TextColumn[]>;
  /** How this engine says what is asked of texts. */
  readonly texts: TextSql;
  /** Columns in order, or undefined when there is no such table. */
  tableColumns(schema: string, table: string): Promise<Column[] | undefined>;
  /** Creates the table if it is absent; adds the columns that it lacks. Never drops or retypes one. */
  ensureTable(schema: Schema, table: string, columns: readonly Column[]): Promise<void>;
  /** Appends rows (created table must exist); gives the number of rows appended. */
  loadRows(schema: Schema, table: string, columns: readonly Column[], rows: Iterable<Row>): Promise<number>;
  /** Replaces a table by these rows, all of them or none. Gives the number of rows. */
  replaceTable(
    schema: Schema,
    table: string,
    columns: readonly Column[],
    rows: Iterable<Row>,
  ): Promise<number>;
  /**
   * Puts the table `from` in the place of another, with columns that have one value in all rows; `from` is gone then.
   */
  moveTable(
    schema: Schema,
    from: string,
    table: string,
    added: readonly (Column & { readonly value: string | number })[],
  ): Promise<void>;
  /** Drops the table if it is there. */
  dropTable(schema: Schema, table: string): Promise<void>;
  /** Lands record messages of a connector in a raw table, which is created or widened first; all of them or none. */
  landRecords(landing: Landing): Promise<LandingResult>;
  /**
   * Runs any SQL text and gives its result. Throws `QUERY_TIMEOUT` when it takes longer than `limits` lets it, and leaves
   * off the rows after `maximumRows` (`isCut` says so).
   */
  query(sql: string, limits?: QueryLimits): Promise<QueryResult>;
  /**
   * Everything done on this warehouse inside `work` is kept together or not at all. Nested calls join in. On BigQuery
   * what is written is kept back until `work` is done, so queries inside it see the data as they were.
   */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
