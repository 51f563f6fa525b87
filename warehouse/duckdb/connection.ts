import type {
  DuckDBConnection,
  DuckDBResult,
  DuckDBResultReader,
  DuckDBTimestampValue,
  DuckDBValue,
} from '@duckdb/node-api';
import { queryTimeout } from '../errors.ts';
import { Mutex } from '../mutex.ts';
import type { QueryLimits } from '../warehouse.ts';

export interface SomeRows {
  readonly result: DuckDBResult;
  readonly rows: DuckDBValue[][];
  readonly isCut: boolean;
}

/**
 * One DuckDB connection that many callers share: a statement or transaction waits until the one before it is
 * done, so that nobody's statement gets into another's transaction.
 */
export class SharedConnection {
  readonly #connection: DuckDBConnection;
  readonly #mutex = new Mutex<true>();
  /** Of the statements of one transaction: of two results that are read at once, one would end early and without an error. */
  readonly #statements = new Mutex<true>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  run(sql: string): Promise<unknown> {
    return this.#inTurn(() => this.#connection.run(sql));
  }

  read(sql: string, parameters?: readonly unknown[]): Promise<DuckDBResultReader> {
    return this.#inTurn(() => this.#connection.runAndReadAll(sql, parameters as never));
  }

  /**
   * Adds rows to a table: texts, integers, instants or null, one for every column. They go to DuckDB whenever their texts have
   * so many characters; an appender a piece would hold its memory until it is collected.
   */
  append(
    schema: string,
    table: string,
    rows: AsyncIterable<readonly (string | bigint | DuckDBTimestampValue | null)[]>,
    charactersAtOnce: number,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const appender = await this.#connection.createAppender(table, schema);
      let characters = 0;
      for await (const row of rows) {
        for (const value of row) {
          if (value === null) appender.appendNull();
          else if (typeof value === 'bigint') appender.appendBigInt(value);
          else if (typeof value === 'string') {
            appender.appendVarchar(value);
            characters += value.length;
          } else appender.appendTimestamp(value);
        }
        appender.endRow();
        if (characters < charactersAtOnce) continue;
        appender.flushSync();
        characters = 0;
      }
      appender.closeSync();
    });
  }

  /** At most so many rows. Throws `QUERY_TIMEOUT` when they take longer than they may. */
  readSome(sql: string, { maximumRows, timeoutSeconds }: QueryLimits): Promise<SomeRows> {
    return this.#inTurn(async () => {
      let isLate = false;
      const timer =
        timeoutSeconds &&
        setTimeout(() => {
          isLate = true;
          this.#connection.interrupt();
        }, timeoutSeconds * 1000);
      try {
        const result = await this.#connection.stream(sql);
        const rows: DuckDBValue[][] = [];
        const most = maximumRows ?? Number.POSITIVE_INFINITY;
        while (rows.length <= most) {
          const chunk = await result.fetchChunk();
          if (chunk === null || chunk.rowCount === 0) break;
          if (isLate) throw queryTimeout(timeoutSeconds ?? 0, sql);
          for (const row of chunk.getRows()) rows.push(row);
        }
        return { result, rows: rows.slice(0, most), isCut: rows.length > most };
      } catch (error) {
        throw isLate ? queryTimeout(timeoutSeconds ?? 0, sql, error) : error;
      } finally {
        clearTimeout(timer);
      }
    });
  }

  /** Rows as they come. Others do not wait until the last is read: do not stream beside a transaction. */
  stream(sql: string, parameters?: readonly unknown[]): Promise<DuckDBResult> {
    return this.#inTurn(() => this.#connection.stream(sql, parameters as never));
  }

  /** Keeps all that `work` does, or nothing. A transaction inside a transaction joins it. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#mutex.current) return work();
    return this.#mutex.take(true, async () => {
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
    if (!this.#mutex.current) return this.#mutex.take(true, work);
    return this.#statements.current ? work() : this.#statements.take(true, work);
  }
}
