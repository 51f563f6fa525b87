import { bigquery } from './bigquery/database.ts';
import type { Database, OpenOptions } from './database.ts';
import { duckdb } from './duckdb/database.ts';
import type { Warehouse, WarehouseConfig } from './warehouse.ts';

export { rawColumnNames } from './bigquery/landing.ts';
export { carryTable, dropCopies } from './carry.ts';
export { copyTable, differingColumns, type JsonFigure, type TableFigures, tableFigures } from './copy.ts';
export { csvCell } from './csv-cell.ts';
export { bad, type Database, ok, type WarehouseCheck } from './database.ts';
export { literal, quote } from './duckdb/sql.ts';
export { isLockMessage, WarehouseError, warehouseLocked } from './errors.ts';
export type { FieldPath, Landing, LandingColumn, LandingResult, LandingWrite } from './landing.ts';
export { AIRBYTE_COLUMNS } from './landing.ts';
export { dateParameter, instantParameter } from './parameters.ts';
export type * from './tables.ts';
export type { TextColumn, TextSql } from './text-sql.ts';
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

/** The warehouse that a configuration names: the one place that asks which kind it is. */
export function databaseOf(config: WarehouseConfig): Database {
  switch (config.type) {
    case 'duckdb':
      return duckdb(config);
    case 'bigquery':
      return bigquery(config);
  }
}

/**
 * Opens the warehouse that the configuration names. A DuckDB file has one writer at a time: close it before
 * another program (dbt, Evidence) opens it.
 */
export const openWarehouse = (config: WarehouseConfig, options: OpenOptions = {}): Promise<Warehouse> =>
  databaseOf(config).open(options);
