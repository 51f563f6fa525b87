import { copyDailyTable, dropDailyCopies } from './bigquery/daily-tables.ts';
import { copyTable, type TableCopy } from './copy.ts';
import type { Warehouse } from './warehouse.ts';

/** A whole table to carry over: the names of columns that are called otherwise in the other warehouse, too. */
export type CarriedTable = Pick<TableCopy, 'schema' | 'table' | 'columns' | 'columnNames'>;

/** Copies a whole table so that the next build can add to it, whatever the other warehouse asks of a table's making. */
export async function carryTable(
  from: Warehouse,
  to: Warehouse,
  { schema, table, columns, columnNames }: CarriedTable,
  onProgress: (rows: number) => void,
): Promise<void> {
  const has = (name: string) => columns.some((column) => column.name === name);
  const isDaily = schema === 'intermediate' && has('as_of_date') && has('account_id');
  const copy = { schema, table, columns, ...(columnNames === undefined ? {} : { columnNames }) };
  if (to.type === 'bigquery' && isDaily) await copyDailyTable(from, to, copy, onProgress);
  else await copyTable(from, to, copy, onProgress);
}

/** Drops what a `carryTable` that was killed has left beside the tables. */
export async function dropCopies(to: Warehouse): Promise<void> {
  if (to.type === 'bigquery') await dropDailyCopies(to);
}
