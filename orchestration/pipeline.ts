import { join } from 'node:path';
import type { SyncResult } from '../ingest/index.ts';
import { ensureScoringTables, runScoring, type ScoringSummary } from '../scoring/index.ts';
import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import { type ActivationResult, activateDestination, ensureLedger } from './activation/index.ts';
import { type Config, requireEnvironment } from './config.ts';
import { openConfigured } from './configured-warehouse.ts';
import { type DbtOptions, dbtBuild, dbtVars } from './dbt.ts';
import { readyDbt } from './dbt-process.ts';
import { TenureError, usage } from './errors.ts';
import { count } from './print.ts';
import { extractForPages } from './report-extract.ts';
import type { Reporter } from './reporter.ts';
import { buildReports } from './reports.ts';
import { beginStep, endStep, newRunId, unfinishedRun } from './run-log.ts';
import { ensureSyncLog } from './sync-log.ts';
import { runnable, syncSources } from './sync-sources.ts';

/** The steps of the line, in order. */
export const STEPS = ['sync', 'build', 'score', 'report', 'activate'] as const;
export type Step = (typeof STEPS)[number];

/** What DuckDB may take while records land: batches are small, what has landed need not stay in memory, and the connector needs a core. */
export const LANDING = { memory_limit: '128MB', threads: 1 } as const;

/** What every step needs: the configuration, the day whose knowledge counts, and where to report. */
export interface Line {
  readonly config: Config;
  readonly asOfDate: IsoDate;
  readonly reporter: Reporter;
  /** Whether models are built without the tests of their data. */
  readonly skipTests?: boolean;
  /** The clock, as an ISO instant: only the outside of the product asks for the time. */
  readonly now: () => string;
}

/** What a step gives: its answer, the rows it wrote, and whether all of it went well. */
export interface StepResult<T> {
  readonly value: T;
  readonly rowCount: number | null;
  readonly isComplete: boolean;
}

const complete = <T>(value: T, rowCount: number | null): StepResult<T> => ({
  value,
  rowCount,
  isComplete: true,
});

/** Opens the warehouse for one piece of work and closes it again: dbt and Evidence take turns with us on the file. */
export async function withWarehouse<T>(
  config: Pick<Config, 'warehouse' | 'jobLabels'>,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const warehouse = await openConfigured(config);
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

function chosen<T extends { name: string }>(
  all: readonly T[],
  names: readonly string[],
  what: string,
): readonly T[] {
  const unknown = names.filter((name) => !all.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw usage(
      `Expected the name of a ${what} of the configuration (${all.map((each) => each.name).join(', ') || 'it has none'}), ` +
        `got ${unknown.join(', ')}.`,
    );
  }
  return names.length === 0 ? all : all.filter((each) => names.includes(each.name));
}

/** Sources → `raw`. A source that fails does not stop the others; the result is then not complete. */
export async function sync(line: Line, names: readonly string[] = []): Promise<StepResult<SyncResult[]>> {
  const { config } = line;
  const sources = chosen(config.sources, names, 'source').filter((source) => source.connector !== undefined);
  for (const source of sources) {
    requireEnvironment(config, source);
    runnable(config, source);
  }
  const warehouse = { ...config.warehouse, ...LANDING };
  const results = await withWarehouse({ ...config, warehouse }, async (opened) => {
    await opened.ensureSchemas();
    return syncSources(line, opened, sources);
  });
  const streams = results.flatMap((result) => result.streams);
  return {
    value: results,
    rowCount: streams.reduce((sum, stream) => sum + stream.rows_landed, 0),
    isComplete: results.every((result) => result.status === 'succeeded'),
  };
}

/** `raw` → signals, scores, marts, with their tests; all but what reads scoring's tables. */
export async function build(line: Line, options: DbtOptions = {}): Promise<StepResult<{ nodes: number }>> {
  const { config, reporter } = line;
  reporter.step('Building signals, scores and marts');
  readyDbt();
  const vars = await withWarehouse(config, async (warehouse) => {
    await warehouse.ensureSchemas();
    await ensureScoringTables(warehouse);
    await ensureLedger(warehouse);
    await ensureSyncLog(warehouse);
    return dbtVars(config, warehouse, line.asOfDate);
  });
  const selection = options.select?.length ? options : { ...options, exclude: ['source:scoring+'] };
  const results = await dbtBuild(config, vars, { ...selection, skipTests: line.skipTests }, reporter);
  reporter.done(
    `${count(results.length, 'model, seed and test').replace(/tests$/, 'tests')} built and passed`,
  );
  return complete({ nodes: results.length }, results.length);
}

/** Backtest, renewal stages and forecast, then the marts that read them. */
export async function score(line: Line): Promise<StepResult<ScoringSummary>> {
  const { config, reporter } = line;
  reporter.step('Scoring: backtest, renewal stages, forecast');
  readyDbt();
  const { summary, vars } = await withWarehouse(config, async (warehouse) => ({
    summary: await runScoring(warehouse, {
      asOfDate: line.asOfDate,
      onProgress: (howFar: string, what: string) => reporter.progress(howFar, what),
    }),
    vars: await dbtVars(config, warehouse, line.asOfDate),
  }));
  reporter.done('judged against what happened');
  reporter.step('Building the marts that read it');
  const results = await dbtBuild(
    config,
    vars,
    { select: ['source:scoring+'], skipTests: line.skipTests },
    reporter,
  );
  reporter.done(`${count(results.length, 'model and test')} built and passed`);
  return complete(summary, results.length);
}

/** Builds the pages into `.build/site`. */
export async function report(line: Line): Promise<StepResult<{ siteDir: string; pages: number }>> {
  const { config, reporter } = line;
  reporter.step('Building the pages');
  const site = await buildReports({
    warehousePath: await pagesFile(line),
    buildDir: config.buildDirectory,
    currency: config.tenant.currency,
    onProgress: (howFar: string, what: string) => reporter.progress(howFar, what),
    log: (text: string) => reporter.note(text),
  });
  reporter.done(`${count(site.pages, 'page')} in ${site.siteDir}`);
  return complete({ siteDir: site.siteDir, pages: site.pages }, site.pages);
}

/** The DuckDB file that the pages are built from: the warehouse itself, or what they read of it. */
async function pagesFile({ config, reporter }: Line): Promise<string> {
  if (config.warehouse.type === 'duckdb') return config.warehouse.path;
  const file = join(config.buildDirectory, 'pages.duckdb');
  await withWarehouse(config, (warehouse) =>
    extractForPages(warehouse, file, (howFar, what) => reporter.progress(howFar, what)),
  );
  return file;
}

/** The diff of what would be written to each destination; `apply` writes it. */
export async function activate(
  line: Line,
  options: { names?: readonly string[]; apply: boolean },
): Promise<StepResult<ActivationResult[]>> {
  const { config, reporter } = line;
  const destinations = chosen(config.destinations, options.names ?? [], 'destination');
  if (options.apply) for (const destination of destinations) requireEnvironment(config, destination);
  const results = await withWarehouse(config, async (warehouse) => {
    const all: ActivationResult[] = [];
    for (const destination of destinations) {
      reporter.step(
        `${options.apply ? 'Writing to' : 'Comparing with'} ${destination.name} (${destination.kind})`,
      );
      const result = await activateDestination({
        destination,
        warehouse,
        apply: options.apply,
        asOfDate: line.asOfDate,
        now: line.now,
        onProgress: (howFar: string, what: string) => reporter.progress(howFar, what),
      });
      for (const object of result.objects) {
        reporter.note(
          `${object.object}: ${object.to_create} to create, ${object.to_update} to change, ${object.unchanged} unchanged` +
            (options.apply ? `; ${object.sent} sent, ${object.rejected} rejected` : ''),
        );
      }
      reporter.done(options.apply ? 'written' : 'nothing was sent: add --apply to write');
      all.push(result);
    }
    return all;
  });
  const objects = results.flatMap((result) => result.objects);
  return {
    value: results,
    rowCount: objects.reduce((sum, object) => sum + object.sent, 0),
    isComplete: objects.every((object) => object.rejected === 0),
  };
}

/** Runs one step and leaves its record in `ops.runs`, also when it fails. */
export async function recorded<T>(
  unlabelled: Line,
  runId: string,
  step: Step,
  work: (line: Line) => Promise<StepResult<T>>,
): Promise<StepResult<T>> {
  const config = { ...unlabelled.config, jobLabels: { tenure_step: step, tenure_run: runId } };
  const line = { ...unlabelled, config };
  await withWarehouse(config, async (warehouse) => {
    await warehouse.ensureSchemas();
    await beginStep(warehouse, { runId, step, startedAt: line.now(), asOfDate: line.asOfDate });
  });
  const end = (status: 'succeeded' | 'failed', rowCount: number | null, errorCode: string | null) =>
    withWarehouse(config, (warehouse) =>
      endStep(warehouse, { runId, step, endedAt: line.now() }, { status, rowCount, errorCode }),
    );
  try {
    const result = await work(line);
    await end(
      result.isComplete ? 'succeeded' : 'failed',
      result.rowCount,
      result.isComplete ? null : 'INCOMPLETE',
    );
    return result;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNEXPECTED';
    await end('failed', null, code).catch(() => {}); // the first error says more than a warehouse that is gone
    throw error;
  }
}

/** Leaves the step that did not begin in `ops.runs`, so that the run counts as unfinished. */
async function noteStopped(warehouse: Warehouse, line: Line, runId: string, step: Step): Promise<void> {
  await warehouse.ensureSchemas();
  await beginStep(warehouse, { runId, step, startedAt: line.now(), asOfDate: line.asOfDate });
  await endStep(
    warehouse,
    { runId, step, endedAt: line.now() },
    { status: 'skipped', rowCount: null, errorCode: 'STOPPED' },
  );
}

/** One verb of the command line as a run of its own. */
export const recordedVerb = <T>(line: Line, step: Step, work: (line: Line) => Promise<StepResult<T>>) =>
  recorded(line, newRunId(step, line.now()), step, work);

export interface RunResult {
  readonly runId: string;
  readonly steps: readonly {
    step: Step;
    status: 'succeeded' | 'failed' | 'skipped';
    rowCount: number | null;
  }[];
  readonly isComplete: boolean;
  /** It was asked to stop between two steps; the next run of the day goes on from there. */
  readonly isStopped: boolean;
}

/**
 * The whole line, or as far as `until`. Goes on where an unfinished run of the same day stopped: its finished steps
 * are skipped. A source or record that fails leaves the run incomplete but does not stop it; a failed step does.
 */
export async function runLine(
  line: Line,
  options: { until?: Step; apply: boolean; isStopped?: () => boolean },
): Promise<RunResult> {
  const { config, reporter } = line;
  const last = STEPS.indexOf(options.until ?? 'activate');
  const resumed = await withWarehouse(config, (warehouse) => unfinishedRun(warehouse, line.asOfDate));
  const runId = resumed?.runId ?? newRunId('run', line.now());
  if (resumed) reporter.step(`Going on with ${runId}: ${resumed.done.join(', ') || 'nothing'} done before`);
  const work: Record<Step, (line: Line) => Promise<StepResult<unknown>>> = {
    sync,
    build,
    score,
    report,
    activate: (labelled) => activate(labelled, { apply: options.apply }),
  };
  const steps: { step: Step; status: 'succeeded' | 'failed' | 'skipped'; rowCount: number | null }[] = [];
  let ranOne = false;
  if (last >= STEPS.indexOf('build') && !resumed?.done.includes('build')) readyDbt();
  for (const step of STEPS.slice(0, last + 1)) {
    // Once a step has run again, all that follows it reads something new.
    if (!ranOne && resumed?.done.includes(step)) {
      steps.push({ step, status: 'skipped', rowCount: null });
      continue;
    }
    if (options.isStopped?.()) {
      await withWarehouse(config, (warehouse) => noteStopped(warehouse, line, runId, step));
      return { runId, steps, isComplete: false, isStopped: true };
    }
    ranOne = true;
    const result = await recorded(line, runId, step, work[step]);
    steps.push({ step, status: result.isComplete ? 'succeeded' : 'failed', rowCount: result.rowCount });
  }
  return { runId, steps, isComplete: steps.every((each) => each.status !== 'failed'), isStopped: false };
}

/** The error of a verb whose step ran but not all of it went well. */
export const incomplete = (what: string) =>
  new TenureError('INCOMPLETE', `${what} Mend what the lines above name and run the same command again.`);
