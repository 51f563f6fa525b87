import {
  type QueryLimits,
  type QueryResult,
  type Warehouse,
  WarehouseError,
} from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { TenureError } from '../../errors.ts';
import { openConfigured } from '../../pipeline/configured-warehouse.ts';

/** Reads from the warehouse, opened for nothing else. Throws `QUERY_FAILED` with the engine's own words. */
export async function reading<T>(config: Config, read: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const warehouse = await openConfigured(config, { readOnly: true });
  try {
    return await read(warehouse);
  } catch (error) {
    if (error instanceof TenureError || error instanceof WarehouseError) throw error; // it says what to do
    throw new TenureError('QUERY_FAILED', `The query was not answered: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await warehouse.close();
  }
}

/** Runs one query in the warehouse's own dialect. */
export const query = (config: Config, sql: string, limits: QueryLimits): Promise<QueryResult> =>
  reading(config, (warehouse) => warehouse.query(sql, limits));
