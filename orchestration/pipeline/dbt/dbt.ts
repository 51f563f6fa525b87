import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { spelled } from '../../../ingest/index.ts';
import {
  databaseOf,
  isLockMessage,
  type LogicalType,
  type Warehouse,
  warehouseLocked,
} from '../../../warehouse/index.ts';
import { redLineHours, warnHours } from '../../config/red-lines.ts';
import type { Config, SourceConfig } from '../../config/schema.ts';
import { fieldsMissing, nothingLanded, sourceNeverLanded, TenureError } from '../../errors.ts';
import { dbtProject } from '../../project/lay-out.ts';
import { projectVars } from '../../project/own-project.ts';
import { productVersion } from '../../project-root.ts';
import { count } from '../../runtime/print.ts';
import type { Reporter } from '../../runtime/reporter.ts';
import { howItEnded, lastSyncs } from '../sync-log.ts';
import type { DbtResult } from './log.ts';
import { missingFields } from './missing-fields.ts';
import { type DbtRun, runDbt } from './process.ts';
import { dbtTarget, shareParse } from './target.ts';

const mapValues = <From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
const mapKeys = <Value>(record: Readonly<Record<string, Value>>, to: (key: string) => string) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [to(key), value]));

const orNone = <Value extends object>(record: Value) => (Object.keys(record).length > 0 ? record : undefined);

export type DbtVars = Readonly<Record<string, unknown>>;

/**
 * What the models must be told: the day, the tenant, and which raw tables hold which stream of which kind. Only
 * streams that are connected are named; a kind or stream that is absent means "source not connected". Throws
 * `SOURCE_NEVER_LANDED` for a source of which nothing was ever landed: unknown is not empty. One whose first syncs
 * failed counts as not connected yet, so that it stops no other; `onMissing` is told of it.
 */
export async function dbtVars(
  config: Config,
  warehouse: Warehouse,
  asOfDate: string,
  onMissing: (text: string) => void = () => {},
): Promise<DbtVars> {
  const rawTables: Record<string, Record<string, string[]>> = {};
  const rawColumns: Record<string, Record<string, LogicalType>> = {};
  const sourceNames: Record<string, string> = {};
  const neverLanded: Config['sources'][number][] = [];
  const tried = new Map((await lastSyncs(warehouse)).map((each) => [each.source_name, each]));
  const landed =
    (await warehouse.tableColumns('ops', 'streams')) === undefined
      ? []
      : await warehouse.db
          .selectFrom('ops.streams')
          .select(['source_name', 'stream'])
          .where('is_connected', '=', true)
          .orderBy('source_name')
          .orderBy('stream')
          .execute();
  for (const source of config.sources) {
    const streams = source.tables
      ? (await warehouse.listTables(source.tables)).map((table) => ({
          stream: table,
          schema: String(source.tables),
          table,
        }))
      : landed
          .filter((each) => each.source_name === source.name)
          .map(({ stream }) => ({ stream, schema: 'raw', table: `${source.name}__${stream}` }));
    for (const { stream, schema, table } of streams) {
      const relation = `${schema}.${table}`;
      const columns = await warehouse.tableColumns(schema, table);
      if (columns === undefined) continue;
      rawTables[source.kind] ??= {};
      const ofKind = rawTables[source.kind] as Record<string, string[]>;
      ofKind[stream] = [...(ofKind[stream] ?? []), relation];
      rawColumns[relation] = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
      sourceNames[relation] = source.name;
    }
    const columns = Object.keys(rawColumns).filter((relation) => sourceNames[relation] === source.name);
    const lastTry = tried.get(source.name);
    if (columns.length === 0 && lastTry === undefined) neverLanded.push(source);
    if (columns.length === 0 && lastTry !== undefined)
      onMissing(
        `${source.name} counts as not connected yet: nothing of it was ever landed, its last sync ${howItEnded(lastTry)}`,
      );
    const missing = missingFields(
      source.fields,
      columns.flatMap((relation) => Object.keys(rawColumns[relation] ?? {})),
    );
    if (columns.length > 0 && missing.length > 0) throw fieldsMissing(config.file, source.name, missing);
  }
  if (neverLanded.length > 0)
    throw sourceNeverLanded(config.file, neverLanded, await warehouse.listTables('raw'));
  /** What each source says of one thing, by its name; those that say nothing are left out. */
  const bySource = <Value>(of: (source: SourceConfig) => Value | undefined) =>
    Object.fromEntries(
      config.sources.flatMap((each) => {
        const value = of(each);
        return value === undefined ? [] : [[each.name, value]];
      }),
    );
  return {
    as_of_date: asOfDate,
    max_change_share: config.history.max_change_share,
    ...(config.tenant.history_start_date ? { history_start_date: config.tenant.history_start_date } : {}),
    ...(config.tenant.launch_date ? { launch_date: config.tenant.launch_date } : {}),
    time_zone: config.tenant.time_zone,
    currency: config.tenant.currency,
    ...projectVars(config),
    owner_rules: config.owner_rules,
    raw_tables: rawTables,
    raw_columns: rawColumns,
    source_names: sourceNames,
    source_fields: bySource(({ fields }) => orNone(fields)),
    source_values: bySource(({ kind, values }) =>
      kind === 'files' // those of files are mapped as they land
        ? undefined
        : orNone(mapValues(values, (words) => mapKeys(words, spelled))),
    ),
    source_record_urls: bySource(({ record_url }) => record_url),
    source_match_by: bySource(({ match_by }) => match_by),
    source_contracts_from: bySource(({ contracts_from }) => contracts_from),
    contract_sources: config.sources.filter((each) => each.contracts).map((each) => each.name),
    source_delay_hours: bySource(({ delay_hours }) => delay_hours || undefined),
    source_red_line_hours: bySource(redLineHours),
    source_warn_hours: bySource(warnHours),
  };
}

/** Throws `NOTHING_LANDED`, with how the last syncs ended, when no stream of any source is connected. */
export async function requireLanded(vars: DbtVars, warehouse: Warehouse): Promise<void> {
  if (Object.keys(vars.raw_tables as object).length > 0) return;
  const syncs = (await lastSyncs(warehouse)).map((each) => [each.source_name, howItEnded(each)] as const);
  throw nothingLanded(syncs, await warehouse.listTables('raw'));
}

/** The environment in which dbt runs: the warehouse's place, no telemetry, no colours. */
export function dbtEnvironment(
  config: Config,
): Record<string, string> & { TENURE_STEP: string; TENURE_RUN: string } {
  return {
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    DO_NOT_TRACK: '1',
    PYTHONWARNINGS: 'ignore',
    TENURE_VERSION: productVersion(),
    TENURE_STEP: config.jobLabels?.tenure_step ?? 'dbt',
    TENURE_RUN: config.jobLabels?.tenure_run ?? 'none',
    ...databaseOf(config.warehouse).dbtEnvironment,
  };
}

export interface DbtOptions {
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  readonly fullRefresh?: boolean;
  /** Canonical entities of which some connected source must have a stream; else nothing is written. */
  readonly requires?: readonly string[];
  /** Whether published days of accounts may vanish. */
  readonly acceptLoss?: boolean;
  /** Whether more published scores may change than `history.max_change_share` allows. */
  readonly acceptChanges?: boolean;
  /** Models and seeds only: what was built is not read once more. */
  readonly skipTests?: boolean;
  /** How many models are built at a time; as the profile says (one on DuckDB, eight on BigQuery) unless given. */
  readonly threads?: number;
}

/**
 * How many models are built at a time: several of a day where the history is there. One that is built from nothing is the
 * engine's, which uses all cores for one model, and all memory.
 */
export async function threadsOfADay(config: Config, warehouse: Warehouse): Promise<number | undefined> {
  const isBuilt = (await warehouse.tableColumns('intermediate', 'int_scores__scores')) !== undefined;
  return isBuilt ? databaseOf(config.warehouse).modelsOfADayAtOnce : undefined;
}

const failed = (results: readonly DbtResult[]) =>
  results.filter((result) => result.status === 'error' || result.status === 'fail');

/**
 * Tests of what sources say that found something; the line goes on without what they found. One text each:
 * `not_null_stg_salesforce__contracts_account_id: 2`.
 */
export const warnings = (results: readonly DbtResult[]): string[] =>
  results
    .filter(({ status }) => status === 'warn')
    .map(({ unique_id, message }) => {
      const name = unique_id.split('.')[2] ?? unique_id;
      const found = /Got (\d+) results?/.exec(message ?? '')?.[1];
      return found === undefined ? name : `${name}: ${found}`;
    })
    .sort();

/** What was built and passed, in words: "236 models and seeds built, 548 tests passed". */
export function builtText({ results, testCount }: DbtRun): string {
  const asked = results.filter(({ unique_id }) => unique_id.startsWith('test.'));
  // what a model tells of a test that warns is among the results, and among those that were asked with it
  const told = asked.filter(({ unique_id }) => unique_id.split('.').length === 3).length;
  const tests = asked.length - told + testCount;
  const built = (results.length - asked.length).toLocaleString('en');
  return `${built} models and seeds built${tests > 0 ? `, ${count(tests, 'test')} passed` : ''}`;
}

/** What the models refused in their own words (macros/history/guard.sql, macros/raw/connected.sql, macros/project). */
function refusalIn(message: string): TenureError[] {
  const [, code, text] =
    /(HISTORY_WOULD_LOSE_DAYS|HISTORY_WOULD_CHANGE|NOTHING_LANDED|COLUMNS_MISSING): ([^\n]+)/.exec(message) ??
    [];
  return code === undefined || text === undefined ? [] : [new TenureError(code, text.trim())];
}

const endedFromOutside = (exitCode: number | null) =>
  new TenureError(
    'BUILD_ENDED',
    `dbt was ended from outside before it was done${exitCode === null ? '' : ` (by signal ${exitCode - 128})`}. What was ` +
      'built before stays. Run the same command again; where nobody ended it, the system may have, for want of memory: then ' +
      'give it more, or set a lower memory_limit of the warehouse.',
  );

function buildFailed(
  results: readonly DbtResult[],
  exitCode: number | null,
  tail: readonly string[],
): TenureError {
  const broken = failed(results);
  const refusal = [...broken.map(({ message }) => message ?? ''), ...tail].flatMap(refusalIn).at(0);
  if (refusal !== undefined) return refusal;
  // A shell says 128 and the signal's number.
  if (broken.length === 0 && (exitCode === null || exitCode > 128)) return endedFromOutside(exitCode);
  const list = broken.slice(0, 10).map((result) => {
    const name = result.unique_id.split('.').slice(0, 3).join('.');
    return `  - ${name}: ${(result.message ?? result.status).trim().split('\n').slice(0, 4).join(' ')}`;
  });
  const more = broken.length > list.length ? [`  … and ${broken.length - list.length} more`] : [];
  const why = list.length > 0 ? [...list, ...more] : tail.map((line) => `  ${line}`);
  return new TenureError(
    'BUILD_FAILED',
    `dbt ended with code ${exitCode}:\n${why.join('\n')}\n` +
      'What was built before stays. Mend the model or the data that it names, then run the same command again; the ' +
      'whole log is in logs/dbt.log of the build folder.',
  );
}

/** The error of a run of dbt that did not end well: a file that somebody else has open is no fault of a model. */
export function buildError(store: Config['warehouse'], { exitCode, results, tail }: DbtRun): Error {
  const said = [...tail, ...results.map(({ message }) => message ?? '')].find(isLockMessage);
  const { file } = databaseOf(store);
  return file !== undefined && said !== undefined
    ? warehouseLocked(file, new Error(said))
    : buildFailed(results, exitCode, tail);
}

/**
 * Whether dbt stopped before its first node because the parsed project that it keeps in the build folder does not fit the
 * project any more, as after an upgrade: "… depends on … which is not in the graph". Parsed anew, it runs.
 */
export const isKeptParseStale = ({ exitCode, results, tail }: DbtRun): boolean =>
  exitCode !== 0 &&
  results.length === 0 &&
  tail.some((line) => /not (found )?in the (graph|manifest)/i.test(line));

/** Tests that a model asks of itself as it is built (macros/tests/with_models.sql has the same names), not dbt one by one. */
export const TESTED_WITH_MODELS = [
  'not_null',
  'accepted_values',
  'accepted_range',
  'expression_is_true',
  'unique',
  'unique_combination',
  'one_version_in_force',
] as const;

/**
 * Runs `dbt build` on our models and gives how it ended. The warehouse file must be closed in this process.
 * Throws `BUILD_FAILED` with the models and tests that failed.
 */
export async function dbtBuild(
  config: Config,
  { as_of_date, ...vars }: DbtVars,
  options: DbtOptions,
  reporter: Reporter,
): Promise<DbtRun> {
  const models = dbtProject(config);
  const target = dbtTarget(config, models, vars);
  const logs = join(config.buildDirectory, 'logs');
  await mkdir(logs, { recursive: true });
  const project = [
    '--project-dir', models, '--profiles-dir', models, '--target', config.warehouse.type,
    '--target-path', target, '--log-path', logs, '--vars', JSON.stringify(vars),
  ]; // biome-ignore format: a command line reads as one
  const command = [
    'build',
    ...(options.select?.length ? ['--select', ...options.select] : []),
    '--exclude', ...(options.exclude ?? []), ...TESTED_WITH_MODELS.map((name) => `test_name:${name}`),
    ...(options.fullRefresh ? ['--full-refresh'] : []),
    ...(options.threads === undefined ? [] : ['--threads', String(options.threads)]),
    // Unit tests hold for the models, whatever the data: "npm test" runs them, a tenant's build need not.
    '--exclude-resource-type', 'unit_test', ...(options.skipTests ? ['test'] : []),
  ]; // biome-ignore format: a command line reads as one
  const { TENURE_STEP, TENURE_RUN, ...environment } = dbtEnvironment(config);
  const run = (more: readonly string[]): Promise<DbtRun> =>
    runDbt(
      {
        flags: ['--log-format', 'json', '--log-level', 'info', '--no-use-colors', '--no-write-json', ...more],
        project,
        command,
        environment,
        told: {
          ...{ TENURE_STEP, TENURE_RUN },
          TENURE_AS_OF_DATE: String(as_of_date), // a var that changes each day would have dbt parse all models each day
          TENURE_REQUIRED_ENTITIES: (options.requires ?? []).join(' '),
          TENURE_ACCEPT_LOSS: options.acceptLoss ? '1' : '',
          TENURE_TESTS: options.skipTests ? 'none' : 'with_models',
          TENURE_ACCEPT_CHANGES: options.acceptChanges ? '1' : '',
        },
      },
      reporter,
    );
  const first = await run([]);
  const last = isKeptParseStale(first) ? await run(['--no-partial-parse']) : first;
  shareParse(target);
  if (last.exitCode === 0) return last;
  throw buildError(config.warehouse, last);
}
