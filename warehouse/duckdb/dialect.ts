import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  type QueryResult,
} from 'kysely';
import { driverOver } from '../kysely-driver.ts';
import { fromDuckDB } from '../values.ts';
import type { SharedConnection } from './connection.ts';

/** DuckDB reads Postgres' SQL as Kysely writes it, but shares no transactional DDL lock with it. */
class DuckDBAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

class DuckDBKyselyConnection implements DatabaseConnection {
  readonly #connection: SharedConnection;

  constructor(connection: SharedConnection) {
    this.#connection = connection;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const reader = await this.#connection.read(query.sql, query.parameters);
    const names = reader.columnNames();
    const rows = reader
      .getRows()
      .map((row) =>
        Object.fromEntries(names.map((name, index) => [name, fromDuckDB(name, row[index] ?? null)])),
      );
    return { rows: rows as Row[], numAffectedRows: BigInt(reader.rowsChanged) };
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    const result = await this.#connection.stream(query.sql, query.parameters);
    const names = result.columnNames();
    for await (const chunk of result.yieldRowObjects()) {
      const rows = chunk.map((row) =>
        Object.fromEntries(names.map((name) => [name, fromDuckDB(name, row[name] ?? null)])),
      );
      yield { rows: rows as Row[] };
    }
  }
}

/** A Kysely dialect over an open connection. */
export class DuckDBDialect implements Dialect {
  readonly #connection: SharedConnection;

  constructor(connection: SharedConnection) {
    this.#connection = connection;
  }

  createAdapter(): DialectAdapter {
    return new DuckDBAdapter();
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(db);
  }

  createDriver(): Driver {
    return driverOver(new DuckDBKyselyConnection(this.#connection));
  }
}
