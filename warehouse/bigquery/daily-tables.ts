import { sql } from 'kysely';
import { copyTable, type TableCopy } from '../copy.ts';
import type { Warehouse } from '../warehouse.ts';

/** What a daily table is called beside its own place, until it is made there with its partitions. */
const COPIED = '__copied';

/** Copies a daily table with its partitions, which only a statement that makes it can give. */
export async function copyDailyTable(
  from: Warehouse,
  to: Warehouse,
  { schema, table, columns }: TableCopy,
  onProgress: (rows: number) => void,
): Promise<void> {
  const copied = `${table}${COPIED}`;
  await copyTable(from, to, { schema, table, columns, name: copied }, onProgress);
  const [name, copy] = [sql.table(`${schema}.${table}`), sql.table(`${schema}.${copied}`)];
  await sql`drop table if exists ${name}`.execute(to.db);
  await sql`create table ${name} partition by as_of_date cluster by account_id as select * from ${copy}`.execute(
    to.db,
  );
  await sql`drop table if exists ${copy}`.execute(to.db);
}

/** A copy that was killed right after it made a daily table has left what it made it of. */
export async function dropDailyCopies(to: Warehouse): Promise<void> {
  for (const table of await to.listTables('intermediate'))
    if (table.endsWith(COPIED))
      await sql`drop table if exists ${sql.table(`intermediate.${table}`)}`.execute(to.db);
}
