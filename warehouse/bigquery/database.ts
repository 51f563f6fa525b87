import type { Database } from '../database.ts';
import { checkBigQuery } from './check.ts';
import type { BigQueryConfig } from './errors.ts';
import { DEFAULT_MAXIMUM_BYTES } from './jobs.ts';
import { openBigQuery } from './warehouse.ts';

/** Partitions that BigQuery changes in one statement: a daily table's history has one a day, and a build may write all of it. */
const MOST_PARTITIONS = 4_000;

export const bigquery = (config: BigQueryConfig): Database => ({
  open: ({ isLanding: _, ...options }) => openBigQuery(config, options),
  place: `bigquery ${config.project} ${config.dataset_prefix ?? ''}`.trim(),
  file: undefined,
  billsReads: config.emulator === undefined,
  mostHistoryDays: {
    days: MOST_PARTITIONS,
    because: 'BigQuery changes no more partitions in one statement and a day is one',
  },
  modelsOfADayAtOnce: undefined,
  dbtEnvironment: {
    TENURE_BIGQUERY_PROJECT: config.project,
    TENURE_BIGQUERY_LOCATION: config.location ?? 'US',
    TENURE_BIGQUERY_DATASET_PREFIX: config.dataset_prefix ?? '',
    TENURE_BIGQUERY_MAXIMUM_BYTES: String(config.maximum_bytes_billed ?? DEFAULT_MAXIMUM_BYTES),
    ...(config.keyfile && {
      TENURE_BIGQUERY_METHOD: 'service-account',
      TENURE_BIGQUERY_KEYFILE: config.keyfile,
    }),
    ...(config.impersonate_service_account && {
      TENURE_BIGQUERY_IMPERSONATE: config.impersonate_service_account,
    }),
    ...(config.emulator && {
      TENURE_BIGQUERY_METHOD: 'oauth-secrets',
      TENURE_BIGQUERY_TOKEN: 'any',
      TENURE_BIGQUERY_THREADS: '2', // an emulator is one SQLite file: more only wait and hold memory
      TENURE_BIGQUERY_API_ENDPOINT: config.emulator,
    }),
  },
  purge: async () =>
    'BigQuery keeps what was overwritten for the time travel of its datasets (7 days unless it is set), and for 7 days more for its own repairs',
  check: (readSchemas) => checkBigQuery(config, readSchemas),
});
