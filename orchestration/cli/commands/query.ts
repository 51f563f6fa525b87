import type { QueryLimits, QueryResult } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';

/** Runs one query in the warehouse's own dialect. */
export const query = (config: Config, sql: string, limits: QueryLimits): Promise<QueryResult> =>
  reading(config, (warehouse) => warehouse.query(sql, limits));
