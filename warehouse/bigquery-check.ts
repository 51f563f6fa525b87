import { type BigQueryConfig, bigQueryFailed, isNotFound } from './bigquery-errors.ts';
import { BigQueryJobs, connect, DEFAULT_LOCATION } from './bigquery-jobs.ts';
import { datasetName, quote } from './bigquery-sql.ts';
import { SCHEMAS } from './warehouse.ts';

/** What was looked at, and what was found or is to be done. */
export interface WarehouseCheck {
  readonly check: string;
  readonly is_ok: boolean;
  readonly finding: string;
}

const DAY = 86_400_000;

/**
 * Looks at what a run needs of BigQuery: credentials, the right to run jobs, quota, and of each dataset its place and
 * the rights in it. Changes nothing and reads no data: rights are tried by dry runs.
 */
export async function checkBigQuery(config: BigQueryConfig): Promise<WarehouseCheck[]> {
  const location = config.location ?? DEFAULT_LOCATION;
  const name = (schema: string) => datasetName(config.dataset_prefix ?? '', schema);
  const jobs = 'BigQuery jobs';
  try {
    const client = await connect(config);
    const runner = new BigQueryJobs(client, config, { tenure_step: 'doctor' });
    await runner.query({ sql: 'select 1', parameters: [] });
    const found = await Promise.all(
      SCHEMAS.map(async (schema): Promise<WarehouseCheck | undefined> => {
        const check = `BigQuery dataset ${name(schema)}`;
        try {
          const dataset = client.dataset(name(schema));
          const metadata = await dataset.getMetadata().then(
            ([answer]) => answer as { location?: string; defaultTableExpirationMs?: string },
            (error: unknown) => {
              if (isNotFound(error)) return undefined;
              throw error;
            },
          );
          if (metadata === undefined) return undefined;
          const finding = misplaced(config, name(schema), location, metadata);
          if (finding !== undefined) return { check, is_ok: false, finding };
          const table = `${quote(name(schema))}._tenure_doctor`;
          await runner.dryRun({ sql: `create table ${table} (id INT64)`, parameters: [] });
          return { check, is_ok: true, finding: `in ${metadata.location ?? location}, can be written` };
        } catch (error) {
          return { check, is_ok: false, finding: bigQueryFailed(error, config).message };
        }
      }),
    );
    const missing = SCHEMAS.filter((_, index) => found[index] === undefined).map(name);
    return [
      { check: jobs, is_ok: true, finding: `run in project ${config.project}, location ${location}` },
      ...found.filter((each) => each !== undefined),
      ...(missing.length === 0 ? [] : [await creatable(runner, config, missing)]),
    ];
  } catch (error) {
    return [{ check: jobs, is_ok: false, finding: bigQueryFailed(error, config).message }];
  }
}

/** What is wrong with where a dataset lies or how long it keeps its tables. */
function misplaced(
  { project }: BigQueryConfig,
  dataset: string,
  location: string,
  metadata: { location?: string; defaultTableExpirationMs?: string },
): string | undefined {
  if (metadata.location !== undefined && metadata.location.toLowerCase() !== location.toLowerCase()) {
    return (
      `is in ${metadata.location}, and warehouse.location in tenure.yaml is ${location}: jobs run in one place only. ` +
      `Set location: ${metadata.location}, or another dataset_prefix`
    );
  }
  const expires = Number(metadata.defaultTableExpirationMs ?? 0);
  if (expires > 0) {
    return (
      `its tables vanish after ${Math.round(expires / DAY)} days (a project without billing sets this). ` +
      `Run: bq update --default_table_expiration 0 ${project}:${dataset}`
    );
  }
  return undefined;
}

/** Whether datasets that are not there can be made by the first sync. */
async function creatable(
  runner: BigQueryJobs,
  config: BigQueryConfig,
  datasets: readonly string[],
): Promise<WarehouseCheck> {
  const check = `BigQuery datasets ${datasets.join(', ')}`;
  try {
    await runner.dryRun({ sql: `create schema ${quote(String(datasets[0]))}`, parameters: [] });
    return { check, is_ok: true, finding: 'will be made by the first sync' };
  } catch (error) {
    return { check, is_ok: false, finding: bigQueryFailed(error, config).message };
  }
}
