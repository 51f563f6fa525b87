import type { BigQuery } from '@google-cloud/bigquery';
import type { WarehouseCheck } from '../database.ts';
import type { WarehouseError } from '../errors.ts';
import { SCHEMAS } from '../warehouse.ts';
import { type BigQueryConfig, bigQueryFailed, isNotFound } from './errors.ts';
import { BigQueryJobs, connect, DEFAULT_LOCATION } from './jobs.ts';
import { datasetName, quote } from './sql.ts';

const DAY = 86_400_000;
/** Of so many tables one to try rights on is looked for; a dataset of views has none that could be changed. */
const TABLES_LISTED = 100;

/** What is used of BigQuery, and what it answered on the way that is no matter of one dataset. */
interface Visit {
  readonly client: BigQuery;
  readonly runner: BigQueryJobs;
  readonly config: BigQueryConfig;
  readonly location: string;
  /** Codes of all errors. */
  readonly codes: Set<string>;
  /** Datasets in which a dry run of a change was answered well. */
  readonly changeable: Set<string>;
}

/**
 * Looks at what a run needs of BigQuery: credentials, the right to run jobs, quota, of each dataset its place and the
 * rights in it, and of each of `readDatasets`, which somebody else fills, its place and the right to read. Changes nothing
 * and reads no data: rights are tried by dry runs, on one table of each dataset when it has one.
 */
export async function checkBigQuery(
  config: BigQueryConfig,
  readDatasets: readonly string[] = [],
): Promise<WarehouseCheck[]> {
  const location = config.location ?? DEFAULT_LOCATION;
  const name = (schema: string) => datasetName(config.dataset_prefix ?? '', schema);
  const jobs = 'BigQuery jobs';
  try {
    const client = await connect(config);
    const runner = new BigQueryJobs(client, config, { tenure_step: 'doctor' });
    await runner.query({ sql: 'select 1', parameters: [] });
    const visit: Visit = { client, runner, config, location, codes: new Set(), changeable: new Set() };
    const found = await Promise.all(SCHEMAS.map((schema) => ownDataset(visit, name(schema))));
    const missing = SCHEMAS.filter((_, index) => found[index] === undefined).map(name);
    const ours = SCHEMAS.map(name);
    const others = [...new Set(readDatasets.map(name))].filter((dataset) => !ours.includes(dataset));
    return [
      { check: jobs, is_ok: true, finding: `run in project ${config.project}, location ${location}` },
      ...found.filter((each) => each !== undefined),
      ...(missing.length === 0 ? [] : [await creatable(visit, missing)]),
      ...(await Promise.all(others.map((dataset) => readDataset(visit, dataset)))),
      quota(visit),
    ];
  } catch (error) {
    return [{ check: jobs, is_ok: false, finding: bigQueryFailed(error, config).message }];
  }
}

/** A dataset of ours: its place, and making, reading and changing tables in it. Undefined when it is not there. */
async function ownDataset(visit: Visit, dataset: string): Promise<WarehouseCheck | undefined> {
  const check = `BigQuery dataset ${dataset}`;
  try {
    const metadata = await metadataOf(visit, dataset);
    if (metadata === undefined) return undefined;
    const finding = misplaced(visit, dataset, metadata);
    if (finding !== undefined) return { check, is_ok: false, finding };
    await tried(visit, `create table ${quote(dataset)}._tenure_doctor (id INT64)`);
    const place = `in ${metadata.location ?? visit.location}`;
    const { readable, changeable } = await tablesToTry(visit, dataset);
    if (readable === undefined)
      return { check, is_ok: true, finding: `${place}; tables can be made, there is none to try reading on` };
    await tried(visit, `select 1 from ${readable}`);
    if (changeable === undefined)
      return { check, is_ok: true, finding: `${place}; tables can be made and read, it has views only` };
    await triedChanges(visit, dataset, changeable);
    return { check, is_ok: true, finding: `${place}; tables can be made, read and changed` };
  } catch (error) {
    return { check, is_ok: false, finding: refused(visit, error) };
  }
}

/** A dataset that somebody else fills: its place, and reading in it. */
async function readDataset(visit: Visit, dataset: string): Promise<WarehouseCheck> {
  const check = `BigQuery dataset ${dataset}, read only`;
  try {
    const metadata = await metadataOf(visit, dataset);
    if (metadata === undefined) {
      const finding = `is not there: mend "tables" of the source in tenure.yaml, or have ${dataset} filled in project ${visit.config.project}`;
      return { check, is_ok: false, finding };
    }
    const finding = elsewhere(visit, metadata.location);
    if (finding !== undefined) {
      const next = `${finding}. Copy it to ${visit.location} with the BigQuery Data Transfer Service, or set warehouse.location`;
      return { check, is_ok: false, finding: next };
    }
    const place = `in ${metadata.location ?? visit.location}`;
    const { readable } = await tablesToTry(visit, dataset);
    if (readable === undefined) return { check, is_ok: true, finding: `${place}, has no table yet` };
    await tried(visit, `select 1 from ${readable}`);
    return { check, is_ok: true, finding: `${place}, can be read` };
  } catch (error) {
    return { check, is_ok: false, finding: refused(visit, error) };
  }
}

/**
 * Tries a right by a dry run. What is refused for what it reads or how it is written was let through by the rights: a
 * table may be large, or take no query without a filter on its partitions.
 */
async function tried({ runner, config }: Visit, sql: string): Promise<void> {
  try {
    await runner.dryRun({ sql, parameters: [] });
  } catch (error) {
    const failed = bigQueryFailed(error, config);
    if (failed.code !== 'QUERY_TOO_LARGE' && failed.code !== 'QUERY_INVALID') throw failed;
  }
}

/** Tries deleting and updating rows; `where false`, so that even a server that ran it would change nothing. */
async function triedChanges(
  visit: Visit,
  dataset: string,
  { table, column }: { readonly table: string; readonly column: string | undefined },
): Promise<void> {
  await tried(visit, `delete from ${table} where false`);
  if (column !== undefined) await tried(visit, `update ${table} set ${column} = ${column} where false`);
  visit.changeable.add(dataset);
}

interface Metadata {
  readonly location?: string;
  readonly defaultTableExpirationMs?: string;
}

const metadataOf = ({ client }: Visit, dataset: string): Promise<Metadata | undefined> =>
  client
    .dataset(dataset)
    .getMetadata()
    .then(
      ([answer]) => answer as Metadata,
      (error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      },
    );

/** The names of a table or view to try reading on, and of a table, with a column, to try changing. */
async function tablesToTry({ client }: Visit, dataset: string) {
  const [listed] = await client
    .dataset(dataset)
    .getTables({ maxResults: TABLES_LISTED, autoPaginate: false });
  const tables = listed.filter(({ id }) => !id?.startsWith('_tenure_')); // those on their way vanish
  const table = tables.find(({ metadata }) => (metadata as { type?: string }).type === 'TABLE');
  const named = (id: string | undefined) => `${quote(dataset)}.${quote(String(id))}`;
  const readable = table ?? tables[0];
  if (table === undefined)
    return { readable: readable && named(readable.id), changeable: undefined } as const;
  const [metadata] = await table.getMetadata();
  const [column] = (metadata as { schema?: { fields?: { name: string }[] } }).schema?.fields ?? [];
  return {
    readable: named(table.id),
    changeable: { table: named(table.id), column: column && quote(column.name) },
  } as const;
}

/** An error as a finding; its code is kept. */
function refused({ config, codes }: Visit, error: unknown): string {
  const failed: WarehouseError = bigQueryFailed(error, config);
  codes.add(failed.code);
  return failed.message;
}

/** What is wrong with where a dataset lies or how long it keeps its tables. */
function misplaced(visit: Visit, dataset: string, metadata: Metadata): string | undefined {
  const finding = elsewhere(visit, metadata.location);
  if (finding !== undefined)
    return `${finding}. Set location: ${metadata.location}, or another dataset_prefix`;
  const expires = Number(metadata.defaultTableExpirationMs ?? 0);
  if (expires > 0) {
    return (
      `its tables vanish after ${Math.round(expires / DAY)} days (a project without billing sets this). ` +
      `Run: bq update --default_table_expiration 0 ${visit.config.project}:${dataset}`
    );
  }
  return undefined;
}

const elsewhere = ({ location }: Visit, found: string | undefined) =>
  found === undefined || found.toLowerCase() === location.toLowerCase()
    ? undefined
    : `is in ${found}, and warehouse.location in tenure.yaml is ${location}: jobs run in one place only`;

/** Whether datasets that are not there can be made by the first sync. */
async function creatable(visit: Visit, datasets: readonly string[]): Promise<WarehouseCheck> {
  const check = `BigQuery datasets ${datasets.join(', ')}`;
  try {
    await tried(visit, `create schema ${quote(String(datasets[0]))}`);
    return { check, is_ok: true, finding: 'will be made by the first sync' };
  } catch (error) {
    return { check, is_ok: false, finding: refused(visit, error) };
  }
}

/** What the answers say of quota and billing. BigQuery tells neither how much of a quota is left nor the billing account. */
function quota({ config, codes, changeable }: Visit): WarehouseCheck {
  const check = 'BigQuery quota and billing';
  const left = `What is left of a quota BigQuery's API does not tell: see https://console.cloud.google.com/iam-admin/quotas?project=${config.project}`;
  if (codes.has('WAREHOUSE_QUOTA'))
    return { check, is_ok: false, finding: `a quota is used up: see above. ${left}` };
  if (codes.has('WAREHOUSE_NO_BILLING'))
    return { check, is_ok: false, finding: `the project has no billing: see above. ${left}` };
  const billing =
    changeable.size > 0
      ? 'changes of rows are not refused, as they are without billing'
      : 'whether the project has billing shows once there is a table to try a change on';
  return { check, is_ok: true, finding: `no quota was found used up; ${billing}. ${left}` };
}
