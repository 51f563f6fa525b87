import { basename } from 'node:path';
import { sql } from 'kysely';
import { openWarehouse, type Warehouse } from '../../../warehouse/index.ts';
import { columnMissing, fileUnreadable } from './errors.ts';
import type { ReadNotes } from './file-record.ts';
import type { FileColumn, FileTable } from './tables.ts';

/**
 * Writes a Parquet file's records out as NDJSON, every value as the text a CSV would have, one row a line and in the
 * file's order. Whatever the warehouse, DuckDB reads the file. Throws `MISSING_COLUMN` or `FILE_UNREADABLE`.
 */
export async function parquetToNdjson(
  path: string,
  target: string,
  table: FileTable,
  notes: ReadNotes,
): Promise<void> {
  const file = basename(path);
  const duckdb = await openWarehouse({ type: 'duckdb', path: ':memory:', memory_limit: '1GB' });
  try {
    const types = await columnTypes(duckdb, path).catch((error: unknown) => {
      throw fileUnreadable(file, (error as Error).message.split('\n')[0] ?? '', undefined, error);
    });
    const missing = table.columns.filter(({ name, isRequired }) => isRequired && !types.has(name));
    if (missing.length > 0) {
      throw columnMissing(
        file,
        missing.map(({ name }) => name),
        [...types.keys()].join(','),
      );
    }
    const known = new Set(table.columns.map(({ name }) => name));
    for (const name of types.keys()) if (!known.has(name)) notes.strangers.add(name);

    const values = table.columns.flatMap((column) => {
      const type = types.get(column.name);
      return type === undefined ? [] : [sql`${asText(column, type)} as ${sql.ref(column.name)}`];
    });
    await sql`copy (select ${sql.join(values)} from ${parquet(path)}) to ${sql.lit(target)} (format json)`
      .execute(duckdb.db)
      .catch((error: unknown) => {
        throw fileUnreadable(file, (error as Error).message.split('\n')[0] ?? '', undefined, error);
      });
  } finally {
    await duckdb.close();
  }
}

/** The path with nothing in it that DuckDB would take for a pattern. */
const plainPath = (path: string) => path.replace(/[[*?]/g, '[$&]');

const parquet = (path: string) =>
  sql`read_parquet(${sql.lit(plainPath(path))}, binary_as_string = true, hive_partitioning = false)`;

async function columnTypes(duckdb: Warehouse, path: string): Promise<ReadonlyMap<string, string>> {
  const described = await sql<{
    column_name: string;
    column_type: string;
  }>`describe select * from ${parquet(path)}`.execute(duckdb.db);
  return new Map(described.rows.map((row) => [row.column_name, row.column_type]));
}

function asText(column: FileColumn, type: string) {
  const value = sql.ref(column.name);
  const plain = sql`cast(${value} as varchar)`;
  if (/\[\d*\]$|^(STRUCT|MAP|UNION)\b/.test(type)) return sql`cast(to_json(${value}) as varchar)`;
  if (column.type === 'date' && type.startsWith('TIMESTAMP')) {
    // Writers without a type for days use the day's first instant.
    return sql`case when date_trunc('day', ${value}) = ${value} then strftime(${value}, '%Y-%m-%d') else ${plain} end`;
  }
  if (column.type === 'string' && (type === 'DOUBLE' || type === 'FLOAT')) {
    // Whole numbers become floats in writers that have no other way to leave one out.
    return sql`case when abs(${value}) < 9007199254740992 and trunc(${value}) = ${value}
      then cast(cast(${value} as bigint) as varchar) else ${plain} end`;
  }
  return plain;
}
