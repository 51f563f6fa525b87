import { type Column, openWarehouse, type Row } from '../warehouse/index.ts';
import type { Config } from './config.ts';
import { TenureError } from './errors.ts';

/** Runs one query on the warehouse, opened for reading only. Throws `QUERY_FAILED` with the engine's own words. */
export async function query(config: Config, sql: string): Promise<{ columns: Column[]; rows: Row[] }> {
  const warehouse = await openWarehouse(config.warehouse, { readOnly: true });
  try {
    return await warehouse.query(sql);
  } catch (error) {
    throw new TenureError('QUERY_FAILED', `The query was not answered: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await warehouse.close();
  }
}
