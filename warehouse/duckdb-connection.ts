import type { DuckDBConnection, DuckDBResult, DuckDBResultReader } from '@duckdb/node-api';
import { Turns } from './turns.ts';

/**
 * One DuckDB connection that many callers share: a statement or transaction waits until the one before it is
 * done, so that nobody's statement gets into another's transaction.
 */
export class SharedConnection {
  readonly #connection: DuckDBConnection;
  readonly #turns = new Turns<true>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  run(sql: string): Promise<unknown> {
    return this.#inTurn(() => this.#connection.run(sql));
  }

  read(sql: string, parameters?: readonly unknown[]): Promise<DuckDBResultReader> {
    return this.#inTurn(() => this.#connection.runAndReadAll(sql, parameters as never));
  }

  /** Rows as they come. Others do not wait until the last is read: do not stream beside a transaction. */
  stream(sql: string, parameters?: readonly unknown[]): Promise<DuckDBResult> {
    return this.#inTurn(() => this.#connection.stream(sql, parameters as never));
  }

  /** Keeps all that `work` does, or nothing. A transaction inside a transaction joins it. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#turns.current) return work();
    return this.#turns.take(true, async () => {
      await this.#connection.run('begin transaction');
      try {
        const result = await work();
        await this.#connection.run('commit');
        return result;
      } catch (error) {
        await this.#connection.run('rollback').catch(() => {}); // the statement that failed may have ended it already
        throw error;
      }
    });
  }

  close(): void {
    this.#connection.closeSync();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.current ? work() : this.#turns.take(true, work);
  }
}
