import { access, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api';
import { Kysely } from 'kysely';
import {
  isLockMessage,
  WarehouseError,
  warehouseLocked,
  warehouseMissing,
  warehouseUnreadable,
} from '../errors.ts';
import type { Landing, LandingResult } from '../landing.ts';
import { withRowFile } from '../row-file.ts';
import type { Tables } from '../tables.ts';
import type { TextColumn } from '../text-sql.ts';
import { type Column, fromDuckDB, type LogicalType } from '../values.ts';
import {
  type QueryLimits,
  type QueryResult,
  type Row,
  SCHEMAS,
  type Schema,
  type Warehouse,
  type WarehouseConfig,
} from '../warehouse.ts';
import { SharedConnection } from './connection.ts';
import { DuckDBDialect } from './dialect.ts';
import { landInDuckDB } from './landing.ts';
import { literal, quote, SQL_TYPES } from './sql.ts';
import { TEXT_SQL } from './text-sql.ts';
import { isWide, landWide } from './wide.ts';

type DuckDBConfig = Extract<WarehouseConfig, { type: 'duckdb' }>;

const isFile = async (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

function logicalType(typeId: DuckDBTypeId, alias: string | undefined): LogicalType {
  switch (typeId) {
    case DuckDBTypeId.BOOLEAN:
      return 'boolean';
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
      return 'integer';
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return 'number';
    case DuckDBTypeId.DECIMAL:
      return 'decimal';
    case DuckDBTypeId.DATE:
      return 'date';
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return 'timestamp';
    default:
      return alias === 'JSON' ? 'json' : 'string';
  }
}

/** DuckDB in this process: one file, one connection. */
class DuckDBWarehouse implements Warehouse {
  readonly type = 'duckdb';
  readonly texts = TEXT_SQL;
  readonly db: Kysely<Tables>;
  readonly #instance: DuckDBInstance;
  readonly #connection: SharedConnection;
  readonly #scratch: string | undefined;

  constructor(instance: DuckDBInstance, connection: SharedConnection, scratch: string | undefined) {
    this.#instance = instance;
    this.#scratch = scratch;
    this.#connection = connection;
    this.db = new Kysely<Tables>({ dialect: new DuckDBDialect(connection) });
  }

  async ensureSchemas(): Promise<void> {
    for (const schema of SCHEMAS) await this.#connection.run(`create schema if not exists ${quote(schema)}`);
  }

  async listTables(schema: string): Promise<string[]> {
    const { rows } = await this.query(
      `select table_name from information_schema.tables where table_catalog = current_database()
       and table_schema = ${literal(schema)} order by 1`,
    );
    return rows.map((row) => String(row.table_name));
  }

  async textColumns(schema: string): Promise<TextColumn[]> {
    const { rows } = await this.query(
      `select columns.table_name as "table", columns.column_name as "column", columns.data_type as "type"
       from information_schema.columns as columns
       inner join information_schema.tables as tables using (table_catalog, table_schema, table_name)
       where table_catalog = current_database() and table_schema = ${literal(schema)}
       and tables.table_type = 'BASE TABLE' and regexp_matches(columns.data_type, '^(VARCHAR|JSON|STRUCT|MAP)|\\[\\]$')
       order by columns.table_name, columns.ordinal_position`,
    );
    return rows.map(({ table, column, type }) => ({
      table: String(table),
      column: String(column),
      type: String(type),
    }));
  }

  async tableColumns(schema: string, table: string): Promise<Column[] | undefined> {
    const names = await this.listTables(schema);
    const name = names.find((candidate) => candidate.toLowerCase() === table.toLowerCase());
    if (name === undefined) return undefined;
    const { columns } = await this.query(`select * from ${quote(schema)}.${quote(name)} limit 0`);
    return columns;
  }

  ensureTable(schema: Schema, table: string, columns: readonly Column[]): Promise<void> {
    // in one piece, so that two callers do not both find it absent
    return this.transaction(async () => {
      const target = `${quote(schema)}.${quote(table)}`;
      const present = await this.tableColumns(schema, table);
      if (present === undefined) {
        await this.#connection.run(`create schema if not exists ${quote(schema)}`);
        const list = columns.map((column) => `${quote(column.name)} ${SQL_TYPES[column.type]}`).join(', ');
        await this.#connection.run(`create table ${target} (${list})`);
        return;
      }
      const known = new Set(present.map((column) => column.name.toLowerCase()));
      for (const column of columns) {
        if (known.has(column.name.toLowerCase())) continue;
        await this.#connection.run(
          `alter table ${target} add column ${quote(column.name)} ${SQL_TYPES[column.type]}`,
        );
      }
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
      const types = columns
        .map((column) => `${literal(column.name)}: ${literal(readType(column.type))}`)
        .join(', ');
      const list = columns.map((column) => quote(column.name)).join(', ');
      const values = columns
        .map((column) => `cast(${quote(column.name)} as ${SQL_TYPES[column.type]})`)
        .join(', ');
      await this.#connection.run(
        `insert into ${quote(schema)}.${quote(table)} (${list})
         select ${values} from read_json(${literal(file)}, format = 'newline_delimited', columns = {${types}})`,
      );
      return count;
    });
  }

  async replaceTable(
    schema: Schema,
    table: string,
    columns: readonly Column[],
    rows: Iterable<Row>,
  ): Promise<number> {
    return this.transaction(async () => {
      await this.dropTable(schema, table);
      await this.ensureTable(schema, table, columns);
      return this.loadRows(schema, table, columns, rows);
    });
  }

  /** A column's default fills the rows that are there at no cost, where a copy would write them all once more. */
  async moveTable(
    schema: Schema,
    from: string,
    table: string,
    added: readonly (Column & { readonly value: string | number })[],
  ): Promise<void> {
    await this.transaction(async () => {
      const moved = `${quote(schema)}.${quote(from)}`;
      for (const { name, type, value } of added) {
        const constant = typeof value === 'number' ? value : literal(value);
        await this.#connection.run(
          `alter table ${moved} add column ${quote(name)} ${SQL_TYPES[type]} default ${constant}`,
        );
        await this.#connection.run(`alter table ${moved} alter column ${quote(name)} drop default`);
      }
      await this.dropTable(schema, table);
      await this.#connection.run(`alter table ${moved} rename to ${quote(table)}`);
    });
  }

  async dropTable(schema: Schema, table: string): Promise<void> {
    await this.#connection.run(`drop table if exists ${quote(schema)}.${quote(table)}`);
  }

  async landRecords(landing: Landing): Promise<LandingResult> {
    return this.transaction(async () =>
      (await isWide(this, landing)) ? landWide(this, this.#connection, landing) : landInDuckDB(this, landing),
    );
  }

  async query(sql: string, limits: QueryLimits = {}): Promise<QueryResult> {
    const { result, rows, isCut } = await this.#connection.readSome(sql, limits);
    const columns = result.columnNames().map((name, index) => {
      const type = result.columnType(index);
      return { name, type: logicalType(type.typeId, type.alias) };
    });
    const named = rows.map((row) =>
      Object.fromEntries(columns.map(({ name }, index) => [name, fromDuckDB(name, row[index] ?? null)])),
    );
    return { columns, rows: named, isCut };
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#connection.transaction(work);
  }

  async close(): Promise<void> {
    await this.db.destroy();
    this.#connection.close();
    this.#instance.closeSync();
  }
}

/** Text is read as text and cast afterwards: DuckDB's JSON reader would refuse decimals given as text. */
function readType(type: LogicalType): string {
  return type === 'integer' || type === 'number' || type === 'boolean' ? SQL_TYPES[type] : 'VARCHAR';
}

/**
 * `access_mode` guards the tables alone: a reader could still copy over any file, the warehouse's own too, and read every
 * other. The order counts: once locked, nothing is set.
 */
const CLOSED = ['set enable_external_access = false', 'set lock_configuration = true'] as const;

/** A program that was killed a moment ago, or that takes turns with us on the file, lets go of it within so long. */
const LOCK_WAIT_MS = 3_000;
const LOCK_NAP_MS = 100;

async function openWhenFree(path: string, options: Record<string, string>): Promise<DuckDBInstance> {
  for (let waited = 0; ; waited += LOCK_NAP_MS) {
    try {
      return await DuckDBInstance.create(path, options);
    } catch (error) {
      if (waited >= LOCK_WAIT_MS || !isLockMessage((error as Error).message)) throw error;
      await sleep(LOCK_NAP_MS);
    }
  }
}

/** Opens (or creates, unless `readOnly`) the DuckDB file. Throws `WAREHOUSE_LOCKED`, `WAREHOUSE_MISSING` or `WAREHOUSE_UNREADABLE`. */
export async function openDuckDB(
  config: DuckDBConfig,
  options: { readonly readOnly?: boolean; readonly scratch?: string | undefined },
): Promise<Warehouse> {
  const inMemory = config.path === ':memory:';
  if (options.readOnly && !inMemory && !(await isFile(config.path))) throw warehouseMissing(config.path);
  if (!inMemory) await mkdir(dirname(config.path), { recursive: true });
  try {
    const instance = await openWhenFree(config.path, {
      access_mode: options.readOnly && !inMemory ? 'READ_ONLY' : 'AUTOMATIC',
      autoinstall_known_extensions: 'false',
      allocator_flush_threshold: '1MB', // gives memory back between batches
      memory_limit: config.memory_limit ?? '4GB',
      ...(config.threads === undefined ? {} : { threads: String(config.threads) }),
    });
    // What a killed process wrote there when memory was short: nobody else has the file open now.
    if (!inMemory && !options.readOnly) await rm(`${config.path}.tmp`, { recursive: true, force: true });
    const connection = await instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    if (options.readOnly) for (const setting of CLOSED) await connection.run(setting);
    return new DuckDBWarehouse(instance, new SharedConnection(connection), options.scratch);
  } catch (error) {
    if (error instanceof WarehouseError) throw error;
    const message = (error as Error).message;
    throw isLockMessage(message)
      ? warehouseLocked(config.path, error)
      : warehouseUnreadable(config.path, error);
  }
}
