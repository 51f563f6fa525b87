import { basename } from 'node:path';
import { sql } from 'kysely';
import { openWarehouse, type Warehouse } from '../../../warehouse/index.ts';
import { columnMissing, fileUnreadable } from './errors.ts';
import type { ReadNotes } from './file-record.ts';
import type { Layout } from './layout.ts';
import type { FileColumn } from './tables.ts';

/**
 * Writes a Parquet file's records out as NDJSON, every value as the text a CSV would have, one row a line and in the
 * file's order. Whatever the warehouse, DuckDB reads the file. Throws `MISSING_COLUMN` or `FILE_UNREADABLE`.
 */
export async function parquetToNdjson(
  path: string,
  target: string,
  layout: Layout,
  notes: ReadNotes,
): Promise<void> {
  const file = basename(path);
  const duckdb = await openWarehouse({ type: 'duckdb', path: ':memory:', memory_limit: '1GB' });
  try {
    const types = await columnTypes(duckdb, path).catch((error: unknown) => {
      throw fileUnreadable(file, (error as Error).message.split('\n')[0] ?? '', undefined, error);
    });
    const missing = layout.required.filter(({ header }) => !types.has(header));
    if (missing.length > 0) {
      const header = [...types.keys()];
      throw columnMissing(file, missing, { line: 1, text: header.join(','), cells: header }, layout);
    }
    for (const name of types.keys()) if (!layout.headers.includes(name)) notes.strangers.add(name);
    for (const name of layout.headers) if (layout.isMapped && !types.has(name)) notes.absent.add(name);

    const values = layout.headers.flatMap((header) => {
      const type = types.get(header);
      const column = layout.columns.find(({ from }) => from === header)?.column;
      return type === undefined
        ? []
        : [sql`${asText(header, column?.type ?? 'string', type)} as ${sql.ref(header)}`];
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

function asText(header: string, wanted: FileColumn['type'], type: string) {
  const value = sql.ref(header);
  const plain = sql`cast(${value} as varchar)`;
  if (/\[\d*\]$|^(STRUCT|MAP|UNION)\b/.test(type)) return sql`cast(to_json(${value}) as varchar)`;
  if (wanted === 'date' && type.startsWith('TIMESTAMP')) {
    // Writers without a type for days use the day's first instant.
    return sql`case when date_trunc('day', ${value}) = ${value} then strftime(${value}, '%Y-%m-%d') else ${plain} end`;
  }
  if (wanted === 'string' && (type === 'DOUBLE' || type === 'FLOAT')) {
    // Whole numbers become floats in writers that have no other way to leave one out.
    return sql`case when abs(${value}) < 9007199254740992 and trunc(${value}) = ${value}
      then cast(cast(${value} as bigint) as varchar) else ${plain} end`;
  }
  return plain;
}
