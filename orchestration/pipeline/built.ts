import type { IsoDate, Tables, Warehouse } from '../../warehouse/index.ts';
import { TenureError, usage } from '../errors.ts';

/** A table by its full name, as `marts.dim_accounts`. */
export type TableName = Extract<keyof Tables, string>;

/**
 * Makes sure that what a verb reads has been built. Throws `NOT_BUILT` with what is missing, how the last build went, and
 * the verb to run: before the first good build no engine's own words would help.
 */
export async function requireBuilt(warehouse: Warehouse, tables: readonly TableName[]): Promise<void> {
  const missing: string[] = [];
  for (const name of tables) {
    const [schema = '', table = ''] = name.split('.');
    if ((await warehouse.tableColumns(schema, table)) === undefined) missing.push(name);
  }
  if (missing.length === 0) return;
  throw new TenureError(
    'NOT_BUILT',
    `Expected ${missing.join(', ')} in the warehouse, found none: ${await stateOfTheLine(warehouse)}.`,
    { next: 'Run "tenure run --until score": it syncs, builds and scores.' },
  );
}

async function stateOfTheLine(warehouse: Warehouse): Promise<string> {
  if ((await warehouse.tableColumns('ops', 'runs')) === undefined)
    return 'nothing has been synced or built yet';
  const last = async (step: string) =>
    warehouse.db
      .selectFrom('ops.runs')
      .select(['started_at', 'status', 'error_code'])
      .where('step', '=', step)
      .orderBy('started_at', 'desc')
      .limit(1)
      .executeTakeFirst();
  for (const step of ['score', 'build', 'sync'] as const) {
    const found = await last(step);
    if (found === undefined) continue;
    const how = found.status === 'running' ? 'did not come to its end' : found.status;
    return `the last ${step}, of ${found.started_at.slice(0, 16).replace('T', ' ')} UTC, ${how}${found.error_code === null ? '' : ` (${found.error_code})`}`;
  }
  return 'nothing has been synced or built yet';
}

/** Makes sure that a table holds a day. Throws a usage error with the days that it has. */
export async function requireDay(
  warehouse: Warehouse,
  table: 'marts.fct_checks',
  asked: IsoDate,
): Promise<void> {
  const rows = await warehouse.db
    .selectFrom(table)
    .select('as_of_date')
    .distinct()
    .orderBy('as_of_date', 'desc')
    .execute();
  const days = rows.map((row) => row.as_of_date);
  if (days.includes(asked)) return;
  const some = days.slice(0, 10).join(', ') + (days.length > 10 ? ', …' : '');
  throw usage(
    `Expected a day that ${table} holds (${some || 'it is empty'}), got ${asked}.`,
    `Run "tenure score --as-of ${asked}" to have that day judged.`,
  );
}
