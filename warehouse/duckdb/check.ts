import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bad, ok, type WarehouseCheck } from '../database.ts';
import type { WarehouseConfig } from '../warehouse.ts';
import { openDuckDB } from './warehouse.ts';

type DuckDBConfig = Extract<WarehouseConfig, { type: 'duckdb' }>;

const exists = (path: string, mode = constants.F_OK) =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** Looks whether the file can be written, or made. */
export async function checkDuckDB(store: DuckDBConfig): Promise<WarehouseCheck> {
  if (!(await exists(store.path))) {
    let folder = dirname(store.path);
    while (!(await exists(folder))) folder = dirname(folder);
    return (await exists(folder, constants.W_OK))
      ? ok('Warehouse', `${store.path} will be made by the first sync`)
      : bad('Warehouse', `cannot write to ${folder}: change warehouse.path or the folder's rights`);
  }
  try {
    const opened = await openDuckDB(store, {});
    const marts = await opened.listTables('marts');
    await opened.close();
    return ok('Warehouse', `${store.type}, can be written, ${marts.length} marts`);
  } catch (error) {
    return bad('Warehouse', (error as Error).message);
  }
}
