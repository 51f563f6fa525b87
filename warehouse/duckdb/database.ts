import type { Database } from '../database.ts';
import type { WarehouseConfig } from '../warehouse.ts';
import { checkDuckDB } from './check.ts';
import { compactDuckDB } from './compact.ts';
import { openDuckDB } from './warehouse.ts';

type DuckDBConfig = Extract<WarehouseConfig, { type: 'duckdb' }>;

/** What DuckDB may take while records land: batches are small, what has landed need not stay in memory, and the connector needs a core. */
const LANDING = { memory_limit: '128MB', threads: 1 } as const;

export const duckdb = (config: DuckDBConfig): Database => ({
  open: ({ isLanding = false, ...options }) =>
    openDuckDB(isLanding ? { ...config, ...LANDING } : config, options),
  place: `duckdb ${config.path}`,
  file: config.path,
  billsReads: false,
  mostHistoryDays: undefined,
  modelsOfADayAtOnce: 2, // of a small model dbt takes most of the time, in which the engine rests
  dbtEnvironment: {
    TENURE_DUCKDB_PATH: config.path,
    TENURE_DUCKDB_MEMORY_LIMIT: config.memory_limit ?? '4GB',
  },
  purge: async () => {
    await compactDuckDB(config.path);
    return undefined;
  },
  check: async () => [await checkDuckDB(config)],
});
