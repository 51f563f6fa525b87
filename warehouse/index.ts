import { openBigQuery } from './bigquery/warehouse.ts';
import { openDuckDB } from './duckdb/warehouse.ts';
import type { Warehouse, WarehouseConfig } from './warehouse.ts';

export { checkBigQuery, type WarehouseCheck } from './bigquery/check.ts';
export { DEFAULT_MAXIMUM_BYTES } from './bigquery/jobs.ts';
export { rawColumnNames } from './bigquery/landing.ts';
export { copyTable, differingColumns, type JsonFigure, type TableFigures, tableFigures } from './copy.ts';
export { isLockMessage, WarehouseError, warehouseLocked } from './errors.ts';
export type { FieldPath, Landing, LandingColumn, LandingResult, LandingWrite } from './landing.ts';
export { AIRBYTE_COLUMNS } from './landing.ts';
export { dateParameter, instantParameter } from './parameters.ts';
export type * from './tables.ts';
export type { Column, IsoDate, IsoInstant, LogicalType } from './values.ts';
export {
  type QueryLimits,
  type QueryResult,
  type Row,
  SCHEMAS,
  type Schema,
  type Warehouse,
  type WarehouseConfig,
} from './warehouse.ts';

/**
 * Opens the warehouse that the configuration names. A DuckDB file has one writer at a time: close it before
 * another program (dbt, Evidence) opens it. `labels` are put on each job of a warehouse that bills for what is read;
 * there `onLargeRead` is told the bytes of a statement that would read 1 GiB or more, before it runs. Rows on their way into
 * the warehouse lie in the folder `scratch`; a process that is killed leaves them there.
 */
export async function openWarehouse(
  config: WarehouseConfig,
  options: {
    readonly readOnly?: boolean;
    readonly scratch?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly onLargeRead?: ((bytes: number) => void) | undefined;
  } = {},
): Promise<Warehouse> {
  switch (config.type) {
    case 'duckdb':
      return openDuckDB(config, options);
    case 'bigquery':
      return openBigQuery(config, options);
  }
}
