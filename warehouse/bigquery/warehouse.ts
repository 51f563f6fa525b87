import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { BigQuery, Table } from '@google-cloud/bigquery';
import { Kysely } from 'kysely';
import pRetry from 'p-retry';
import { warehouseReadOnly } from '../errors.ts';
import { type Landing, type LandingResult, shapeOf } from '../landing.ts';
import { Mutex } from '../mutex.ts';
import { withRowFile } from '../row-file.ts';
import type { Tables } from '../tables.ts';
import type { TextColumn } from '../text-sql.ts';
import type { Column, LogicalType } from '../values.ts';
import {
  type QueryLimits,
  type QueryResult,
  type Row,
  SCHEMAS,
  type Schema,
  type Warehouse,
} from '../warehouse.ts';
import { BigQueryDialect, type Statement } from './dialect.ts';
import { type BigQueryConfig, bigQueryFailed, isAlreadyThere, isNotFound, isTransient } from './errors.ts';
import { BigQueryJobs, connect } from './jobs.ts';
import { type LandingDatabase, landInBigQuery, type Stage } from './landing.ts';
import { type Layout, layoutClauses, rawLayout } from './layout.ts';
import { withPrefix } from './prefix.ts';
import { inlined, scriptOf } from './script.ts';
import { datasetName, isRead, literal, quote, readsData, SQL_TYPES } from './sql.ts';
import { TEXT_SQL } from './text-sql.ts';
import { type Field, logicalType } from './values.ts';

/** Rows on their way lie in tables of this name, beside the table that they go to. */
const STAGE = '_tenure_stage_';
/** So few rows go along in the statement: a load job takes seconds, and a run notes many things in a row or two. */
const FEW_BYTES = 64 * 1024;
/** A stage that a killed process left goes away by itself. */
const STAGE_HOURS = 6;

/** What a transaction will do when its work is done. */
interface Pending {
  /** Tables made anew because their shape changed: no part of a transaction on BigQuery, so each is a step of its own. */
  readonly remade: Statement[];
  readonly written: Statement[];
}

interface BigQueryOptions {
  readonly readOnly?: boolean;
  readonly scratch?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly onLargeRead?: ((bytes: number) => void) | undefined;
}

/**
 * BigQuery: a dataset for each schema. Rows come in by load jobs into a stage, a few of them inside a statement;
 * statements then move them. Those of a transaction are kept back and sent as one multi-statement transaction when its work is done, so that a failure
 * before leaves nothing behind.
 */
class BigQueryWarehouse implements Warehouse {
  readonly type = 'bigquery';
  readonly texts = TEXT_SQL;
  /** A commit is a job that reads the table it changes: few and large. */
  readonly commitAfter = { bytes: 256 * 1024 * 1024, seconds: 120 };
  readonly db: Kysely<Tables>;
  readonly #client: BigQuery;
  readonly #jobs: BigQueryJobs;
  readonly #config: BigQueryConfig;
  readonly #prefix: string;
  readonly #isReadOnly: boolean;
  readonly #scratch: string | undefined;
  /** An emulator takes as long for a dry run as for the read itself: there it is made only for who wants to know. */
  readonly #estimatesReads: boolean;
  readonly #mutex = new Mutex<Pending>();
  #hasSchemas = false;
  /** Tables that are done with when the transaction is. */
  #spent: Table[] = [];
  readonly #dropping: Promise<unknown>[] = [];

  constructor(client: BigQuery, config: BigQueryConfig, options: BigQueryOptions) {
    this.#client = client;
    this.#config = config;
    this.#prefix = config.dataset_prefix ?? '';
    this.#isReadOnly = options.readOnly === true;
    this.#scratch = options.scratch;
    this.#estimatesReads = config.emulator === undefined || options.onLargeRead !== undefined;
    this.#jobs = new BigQueryJobs(client, config, options.labels ?? {}, options.onLargeRead);
    this.db = new Kysely<Tables>({
      dialect: new BigQueryDialect(this.#prefix, (statement) => this.#pages(statement)),
    });
  }

  async *#pages(statement: Statement): AsyncGenerator<readonly Row[]> {
    if (!isRead(statement.sql)) return this.#write(statement);
    if (this.#estimatesReads && readsData(this.#prefix, statement.sql)) await this.#jobs.dryRun(statement);
    for await (const { rows } of this.#jobs.pages(statement)) yield rows;
  }

  async ensureSchemas(): Promise<void> {
    if (this.#hasSchemas) return;
    await this.#api(() =>
      Promise.all(
        SCHEMAS.map(async (schema) => {
          const name = datasetName(this.#prefix, schema);
          const [isThere] = await this.#client.dataset(name).exists();
          if (!isThere) await made(() => this.#client.createDataset(name));
        }),
      ),
    );
    this.#hasSchemas = true;
  }

  async listTables(schema: string): Promise<string[]> {
    const [tables] = await this.#api(() =>
      this.#client
        .dataset(datasetName(this.#prefix, schema))
        .getTables()
        .catch((error: unknown) => {
          if (isNotFound(error)) return [[]] as [Table[]];
          throw error;
        }),
    );
    return tables
      .map((table) => String(table.id))
      .filter((name) => !name.startsWith(STAGE))
      .sort();
  }

  async textColumns(schema: string): Promise<TextColumn[]> {
    const found: TextColumn[] = [];
    for (const table of await this.listTables(schema)) {
      const described = await this.#described(schema, table);
      if (described === undefined || (described.type ?? 'TABLE') !== 'TABLE') continue;
      for (const { name, type, mode } of described.fields)
        if (['STRING', 'JSON'].includes(type))
          found.push({ table, column: name, type: mode === 'REPEATED' ? `ARRAY<${type}>` : type });
    }
    return found;
  }

  async tableColumns(schema: string, table: string): Promise<Column[] | undefined> {
    const described = await this.#described(schema, table);
    return described?.fields.map((field) => ({ name: field.name, type: logicalType(field) }));
  }

  /** The fields of a table and how its rows lie, or undefined when there is no such table. */
  #described(schema: string, table: string): Promise<(Layout & { fields: readonly Field[] }) | undefined> {
    return this.#api(async () => {
      try {
        const [metadata] = await this.#table(schema, table).getMetadata();
        const { schema: shape, ...layout } = metadata as Layout & { schema?: { fields?: Field[] } };
        return { ...layout, fields: shape?.fields ?? [] };
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    });
  }

  /** The clauses by which a table is made anew as it lies, or, where there is none, as it should. */
  async #layout(schema: Schema, table: string, columns: readonly Column[]): Promise<string> {
    return layoutClauses((await this.#described(schema, table)) ?? layoutFor(schema, columns));
  }

  ensureTable(schema: Schema, table: string, columns: readonly Column[]): Promise<void> {
    // in turn, so that two callers do not both find it absent
    return this.transaction(async () => {
      let present = await this.tableColumns(schema, table);
      if (present === undefined) {
        await this.ensureSchemas();
        if (await this.#create(schema, table, columns, layoutFor(schema, columns))) return;
        present = (await this.tableColumns(schema, table)) ?? []; // made in between, perhaps with other columns
      }
      const known = new Set(present.map((column) => column.name.toLowerCase()));
      const lacking = columns.filter((column) => !known.has(column.name.toLowerCase()));
      if (lacking.length === 0) return;
      const added = lacking.map(
        ({ name, type }) => `add column if not exists ${quote(name)} ${SQL_TYPES[type]}`,
      );
      await this.#jobs.query({
        sql: `alter table ${this.#name(schema, table)} ${added.join(', ')}`,
        parameters: [],
      });
    });
  }

  async loadRows(
    schema: Schema,
    table: string,
    columns: readonly Column[],
    rows: Iterable<Row>,
  ): Promise<number> {
    return withRowFile(this.#scratch, columns, rows, async (file, count) => {
      if (count === 0) return 0;
      await this.transaction(async () => {
        const isSmall = (await stat(file)).size <= FEW_BYTES;
        const given = isSmall ? await rowsInText(columns, file) : await this.#stage(schema, columns, file);
        await this.#write(this.#insertion(schema, table, columns, given));
      });
      return count;
    });
  }

  async replaceTable(
    schema: Schema,
    table: string,
    columns: readonly Column[],
    rows: Iterable<Row>,
  ): Promise<number> {
    return withRowFile(this.#scratch, columns, rows, async (file, count) => {
      await this.ensureSchemas();
      await this.transaction(async () => {
        const stage = count === 0 ? undefined : await this.#stage(schema, columns, file);
        await this.#replace(schema, table, columns, stage);
      });
      return count;
    });
  }

  async moveTable(
    schema: Schema,
    from: string,
    table: string,
    added: readonly (Column & { readonly value: string | number })[],
  ): Promise<void> {
    await this.transaction(async () => {
      const moved = (await this.tableColumns(schema, from)) ?? [];
      const values = [
        ...moved.map(({ name }) => quote(name)),
        ...added.map(({ name, type, value }) => `${constant(type, value)} as ${quote(name)}`),
      ];
      const stage = { name: this.#name(schema, from), values: values.join(', ') };
      await this.#jobs.dryRun({ sql: `select ${stage.values} from ${stage.name}`, parameters: [] });
      await this.#replace(schema, table, [...moved, ...added], stage);
      this.#spent.push(this.#table(schema, from));
    });
  }

  async dropTable(schema: Schema, table: string): Promise<void> {
    await this.transaction(async () => {
      this.#spent.push(this.#table(schema, table));
    });
  }

  async landRecords(landing: Landing): Promise<LandingResult> {
    const database: LandingDatabase = {
      tableName: (schema, table) => this.#name(schema, table),
      tableColumns: (schema, table) => this.tableColumns(schema, table),
      ensureTable: (schema, table, columns) => this.ensureTable(schema, table, columns),
      stage: (schema, columns, file) => this.#stage(schema, columns, file),
      replace: (schema, table, columns, stage) => this.#replace(schema, table, columns, stage),
      layout: (schema, table, columns) => this.#layout(schema, table, columns),
      check: async (sql) => {
        await this.#jobs.dryRun({ sql, parameters: [] });
      },
      run: async (sql) => (await this.#jobs.query({ sql, parameters: [] })).rows,
      write: (sql) => this.#write({ sql, parameters: [] }),
    };
    return this.transaction(() => landInBigQuery(database, landing, this.#scratch));
  }

  async query(sql: string, limits: QueryLimits = {}): Promise<QueryResult> {
    const statement = { sql: withPrefix(this.#prefix, sql), parameters: [] };
    const { kind } = await this.#jobs.dryRun(statement);
    if (kind !== 'SELECT') {
      await this.#write(statement);
      return { columns: [], rows: [], isCut: false };
    }
    const { fields, rows, isCut } = await this.#jobs.query(statement, limits);
    return { columns: fields.map((field) => ({ name: field.name, type: logicalType(field) })), rows, isCut };
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#mutex.current !== undefined) return work();
    const pending: Pending = { remade: [], written: [] };
    return this.#mutex.take(pending, async () => {
      try {
        return await this.#keep(pending, work);
      } finally {
        this.#dropSpent();
      }
    });
  }

  /** Does the work, then all that it wrote at once. */
  async #keep<T>(pending: Pending, work: () => Promise<T>): Promise<T> {
    const result = await work();
    for (const statement of pending.remade) await this.#jobs.query(statement);
    const isEmulated = this.#config.emulator !== undefined;
    const script = scriptOf(isEmulated ? pending.written.map(inlined) : pending.written);
    if (script !== undefined) await this.#jobs.query(script);
    return result;
  }

  async close(): Promise<void> {
    await Promise.all(this.#dropping);
    await this.db.destroy();
  }

  async #write(statement: Statement): Promise<void> {
    if (this.#isReadOnly) throw warehouseReadOnly(statement.sql);
    const pending = this.#mutex.current;
    if (pending === undefined) await this.#jobs.query(statement);
    else pending.written.push(statement);
  }

  /** Call it inside a transaction. */
  async #replace(
    schema: Schema,
    table: string,
    columns: readonly Column[],
    stage: Stage | undefined,
  ): Promise<void> {
    const name = this.#name(schema, table);
    const present = await this.tableColumns(schema, table);
    if (present !== undefined && shapeOf(present) === shapeOf(columns)) {
      await this.#write({ sql: `truncate table ${name}`, parameters: [] });
      if (stage !== undefined) await this.#write(this.#insertion(schema, table, columns, stage));
      return;
    }
    const list = columns.map((column) => `${quote(column.name)} ${SQL_TYPES[column.type]}`).join(', ');
    const rows = stage === undefined ? '' : ` as select ${stage.values} from ${stage.name}`;
    this.#mutex.current?.remade.push({
      sql: `create or replace table ${name} (${list})${await this.#layout(schema, table, columns)}${rows}`,
      parameters: [],
    });
  }

  #insertion(
    schema: Schema,
    table: string,
    columns: readonly Column[],
    { name, values, parameters = [] }: Stage & { readonly parameters?: readonly unknown[] },
  ): Statement {
    const list = columns.map((column) => quote(column.name)).join(', ');
    const sql = `insert into ${this.#name(schema, table)} (${list}) select ${values} from ${name}`;
    return { sql, parameters };
  }

  /** Loads an NDJSON file into a table of its own. JSON comes as text: a load job would take a text for a JSON string. */
  async #stage(schema: Schema, columns: readonly Column[], file: string): Promise<Stage> {
    const table = `${STAGE}${randomUUID().replaceAll('-', '')}`;
    const loaded = columns.map(
      ({ name, type }): Column => ({ name, type: type === 'json' ? 'string' : type }),
    );
    await this.#create(schema, table, loaded, {
      expirationTime: String(Date.now() + STAGE_HOURS * 3_600_000),
    });
    this.#spent.push(this.#table(schema, table));
    await this.#jobs.load(datasetName(this.#prefix, schema), table, file);
    const values = columns.map(({ name, type }) =>
      type === 'json' ? `${parsedJson(quote(name))} as ${quote(name)}` : quote(name),
    );
    return { name: this.#name(schema, table), values: values.join(', ') };
  }

  /** Nobody waits for it until the warehouse is closed; a stage that stays expires. */
  #dropSpent(): void {
    const isWorthIt = this.#config.emulator === undefined; // an emulator takes seconds, and goes away itself
    for (const table of isWorthIt ? this.#spent : []) this.#dropping.push(table.delete().catch(() => {}));
    this.#spent = [];
  }

  /** Makes a table and says whether it did: false when it is there already. */
  #create(schema: Schema, table: string, columns: readonly Column[], options: object): Promise<boolean> {
    const fields = columns.map(({ name, type }) => ({ name, type: SQL_TYPES[type] }));
    return this.#api(() => made(() => this.#table(schema, table).create({ ...options, schema: { fields } })));
  }

  #table(schema: string, table: string): Table {
    return this.#client.dataset(datasetName(this.#prefix, schema)).table(table);
  }

  #name(schema: string, table: string): string {
    return `${quote(datasetName(this.#prefix, schema))}.${quote(table)}`;
  }

  async #api<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw bigQueryFailed(error, this.#config);
    }
  }
}

const layoutFor = (schema: Schema, columns: readonly Column[]): Layout =>
  schema === 'raw' ? rawLayout(columns) : {};

/** Makes something, again when the way there broke, and says whether it did: false when it is there already. */
const made = (make: () => Promise<unknown>): Promise<boolean> =>
  pRetry(make, { retries: 3, shouldRetry: ({ error }) => isTransient(error) }).then(
    () => true,
    (error: unknown) => {
      if (isAlreadyThere(error)) return false;
      throw error;
    },
  );

/** The rows of an NDJSON file as a relation that one parameter brings along, every value as text. */
async function rowsInText(columns: readonly Column[], file: string) {
  const rows = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => Object.entries(JSON.parse(line)).map(([name, value]) => [name, String(value)]));
  const values = columns.map(({ name, type }) => {
    const text = `json_value(line, ${literal(`$.${JSON.stringify(name)}`)})`;
    return type === 'json' ? parsedJson(text) : `cast(${text} as ${SQL_TYPES[type]})`;
  });
  return {
    name: 'unnest(json_query_array(@p1)) as line',
    values: values.join(', '),
    parameters: [JSON.stringify(rows.map((row) => Object.fromEntries(row)))],
  };
}

/** A number of more digits than JSON has on BigQuery is rounded, not refused. */
const parsedJson = (text: string) => `parse_json(${text}, wide_number_mode => 'round')`;

const constant = (type: LogicalType, value: string | number) =>
  type === 'json'
    ? `parse_json(${literal(String(value))})`
    : `cast(${literal(String(value))} as ${SQL_TYPES[type]})`;

/** Connects to BigQuery; nothing is asked of it yet. */
export async function openBigQuery(config: BigQueryConfig, options: BigQueryOptions): Promise<Warehouse> {
  return new BigQueryWarehouse(await connect(config), config, options);
}
