import { join } from 'node:path';
import type { AcceptShrink, SyncResult } from '../ingest/index.ts';
import { ensureScoringTables, runScoring, type ScoringSummary } from '../scoring/index.ts';
import type { IsoDate, OpsRuns, Warehouse } from '../warehouse/index.ts';
import {
  type ActivationResult,
  activateDestination,
  checkDestination,
  ensureLedger,
  notAllSent,
} from './activation/index.ts';
import { requireBuilt } from './built.ts';
import { type Config, requireEnvironment, scratchOf } from './config.ts';
import { openConfigured } from './configured-warehouse.ts';
import { type DbtOptions, dbtBuild, dbtVars, requireLanded, warnings } from './dbt.ts';
import { readyDbt } from './dbt-process.ts';
import { TenureError, usage } from './errors.ts';
import { count } from './print.ts';
import { ownPages } from './project/own-pages.ts';
import { extractForPages } from './report-extract.ts';
import type { Reporter } from './reporter.ts';
import { buildReports } from './reports.ts';
import { beginStep, endStep, newRunId, resumption } from './run-log.ts';
import { inputsAfter, type StepInputs, stepInputs } from './step-inputs.ts';
import { STEPS, type Step } from './steps.ts';
import { stopped } from './stop.ts';
import { ensureSyncLog } from './sync-log.ts';
import { runnable, syncSources } from './sync-sources.ts';

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
  /** Aborted when the user asks to stop. */
  readonly signal?: AbortSignal;
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
  config: Pick<Config, 'warehouse' | 'jobLabels' | 'buildDirectory'>,
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
export async function sync(
  line: Line,
  names: readonly string[] = [],
  acceptShrink?: AcceptShrink,
): Promise<StepResult<SyncResult[]>> {
  const { config } = line;
  const sources = chosen(config.sources, names, 'source').filter((source) => source.connector !== undefined);
  for (const source of sources) {
    requireEnvironment(config, source);
    runnable(config, source);
  }
  const warehouse = { ...config.warehouse, ...LANDING };
  const results = await withWarehouse({ ...config, warehouse }, async (opened) => {
    await opened.ensureSchemas();
    return syncSources(line, opened, sources, acceptShrink);
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
    const told = await dbtVars(config, warehouse, line.asOfDate, (text) => reporter.warn(text));
    await requireLanded(told, warehouse);
    return told;
  });
  const selection = options.select?.length
    ? options
    : { ...options, exclude: ['source:scoring+'], requires: ['accounts', 'contracts'] };
  const results = await dbtBuild(config, vars, { ...selection, skipTests: line.skipTests }, reporter);
  const found = warnings(results);
  if (found.length > 0) {
    reporter.warn(
      `${count(found.length, 'test')} of what the sources say found something; the numbers do without it ` +
        `(tenure check lists the records, marts.fct_rejected_records each of them):\n${found.map((each) => `    ${each}`).join('\n')}`,
    );
  }
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
  await withWarehouse(config, (warehouse) =>
    requireBuilt(warehouse, ['marts.dim_accounts', 'marts.fct_checks']),
  );
  const site = await buildReports({
    warehousePath: await pagesFile(line),
    buildDir: config.buildDirectory,
    directory: config.directory,
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
    extractForPages(warehouse, file, {
      own: ownPages(config.directory),
      scratch: scratchOf(config),
      onProgress: (howFar, what) => reporter.progress(howFar, what),
    }),
  );
  return file;
}

/** The diff of what would be written to each destination; `apply` writes it. */
export async function activate(
  line: Line,
  options: {
    names?: readonly string[];
    apply: boolean;
    /** Whether a first sync, or one whose ledger is lost, is meant. */
    isFirst?: boolean;
    /** Whether so many changes are meant. */
    acceptsChanges?: boolean;
  },
): Promise<StepResult<ActivationResult[]>> {
  const { config, reporter } = line;
  const destinations = chosen(config.destinations, options.names ?? [], 'destination');
  for (const destination of destinations) {
    checkDestination(config, destination);
    if (options.apply) requireEnvironment(config, destination);
  }
  const results = await withWarehouse(config, async (warehouse) => {
    const all: ActivationResult[] = [];
    for (const destination of destinations) {
      reporter.step(
        `${options.apply ? 'Writing to' : 'Comparing with'} ${destination.name} (${destination.kind})`,
      );
      const result = await activateDestination({
        config,
        destination,
        warehouse,
        apply: options.apply,
        isFirst: options.isFirst ?? false,
        acceptsChanges: options.acceptsChanges ?? false,
        asOfDate: line.asOfDate,
        now: line.now,
        onProgress: (howFar: string, what: string) => reporter.progress(howFar, what),
      });
      for (const object of result.objects) {
        reporter.note(
          `${object.object}: ${object.to_create} to create, ${object.to_update} to change, ${object.to_close} to close, ` +
            `${object.unchanged} unchanged, ${object.left_out} left out, ${object.backlog} in backlog` +
            (options.apply ? `; ${object.sent} sent, ${object.rejected} rejected` : ''),
        );
        for (const { reason, count: times } of object.reasons.slice(0, 5))
          reporter.note(`  ${times} × ${reason}`);
        if (options.apply && object.refused !== null) reporter.note(`  ${object.refused.message}`);
      }
      reporter.done(options.apply ? 'done' : 'nothing was sent: add --apply to write');
      all.push(result);
    }
    return all;
  });
  const objects = results.flatMap((result) => result.objects);
  return {
    value: results,
    rowCount: objects.reduce((sum, object) => sum + object.sent, 0),
    isComplete: !options.apply || objects.every((object) => object.rejected === 0 && object.refused === null),
  };
}

/** Runs one step and leaves its record in `ops.runs`, also when it fails or is stopped. */
export async function recorded<T>(
  unlabelled: Line,
  runId: string,
  step: Step,
  work: (line: Line) => Promise<StepResult<T>>,
): Promise<StepResult<T>> {
  const config = { ...unlabelled.config, jobLabels: { tenure_step: step, tenure_run: runId } };
  const line = { ...unlabelled, config };
  const startedAt = line.now();
  const inputs = await inputsOf(line, step); // before the step: what changes while it runs is newer than it
  await withWarehouse(config, async (warehouse) => {
    await warehouse.ensureSchemas();
    await beginStep(warehouse, { runId, step, startedAt, asOfDate: line.asOfDate, inputs });
  });
  const end = (status: OpsRuns['status'], rowCount: number | null, errorCode: string | null) =>
    withWarehouse(config, async (warehouse) => {
      const after = await inputsAfter(warehouse, config, step, inputs);
      const outcome = { status, rowCount, errorCode, inputs: after };
      await endStep(warehouse, { runId, step, endedAt: line.now() }, outcome);
    });
  try {
    const result = await work(line);
    if (!result.isComplete && line.signal?.aborted) throw stopped(step);
    await end(
      result.isComplete ? 'succeeded' : 'failed',
      result.rowCount,
      result.isComplete ? null : 'INCOMPLETE',
    );
    return result;
  } catch (error) {
    if (line.signal?.aborted) {
      await end('stopped', null, 'STOPPED').catch(() => {}); // else it stays as a kill would leave it
      throw stopped(step);
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNEXPECTED';
    await end('failed', null, code).catch(() => {}); // the first error says more than a warehouse that is gone
    throw error;
  }
}

const inputsOf = (line: Line, step: Step): Promise<StepInputs> =>
  stepInputs(line.config, step, line.skipTests === true);

/** Leaves the step that did not begin in `ops.runs`, so that the run counts as unfinished. */
async function noteStopped(warehouse: Warehouse, line: Line, runId: string, step: Step): Promise<void> {
  await warehouse.ensureSchemas();
  await beginStep(warehouse, { runId, step, startedAt: line.now(), asOfDate: line.asOfDate });
  await endStep(
    warehouse,
    { runId, step, endedAt: line.now() },
    { status: 'stopped', rowCount: null, errorCode: 'STOPPED' },
  );
}

/** One verb of the command line as a run of its own. */
export const recordedVerb = <T>(line: Line, step: Step, work: (line: Line) => Promise<StepResult<T>>) =>
  recorded(line, newRunId(step, line.now()), step, work);

export interface RunResult {
  readonly runId: string;
  readonly steps: readonly {
    step: Step;
    status: 'succeeded' | 'failed' | 'skipped' | 'stopped';
    rowCount: number | null;
  }[];
  readonly isComplete: boolean;
  /** It was asked to stop, in a step or between two; the next run of the day goes on from there. */
  readonly isStopped: boolean;
}

/** What a run was asked to let through that it refuses otherwise. */
export interface Accepted {
  readonly acceptShrink?: AcceptShrink;
  readonly acceptLoss?: boolean;
  readonly acceptChanges?: boolean;
}

/**
 * The whole line, or as far as `until`. Goes on where a run that was killed or stopped had come to, unless it is told to start
 * afresh; `resumption` says when. A source or record that fails leaves the run incomplete but does not stop it; a failed
 * step does, and so does the user.
 */
export async function runLine(
  line: Line,
  options: { until?: Step; apply: boolean; isFresh?: boolean } & Accepted,
): Promise<RunResult> {
  const { config, reporter } = line;
  const last = STEPS.indexOf(options.until ?? 'activate');
  const { resumed, note } = options.isFresh
    ? {}
    : await withWarehouse(config, (warehouse) =>
        resumption(warehouse, line.asOfDate, line.now(), async (step) =>
          inputsAfter(warehouse, config, step, await inputsOf(line, step)),
        ),
      );
  if (note !== undefined) reporter.step(note);
  const runId = resumed?.runId ?? newRunId('run', line.now());
  const work: Record<Step, (line: Line) => Promise<StepResult<unknown>>> = {
    sync: (labelled) => sync(labelled, [], options.acceptShrink),
    build: (labelled) =>
      build(labelled, {
        ...(options.acceptLoss && { acceptLoss: true }),
        ...(options.acceptChanges && { acceptChanges: true }),
      }),
    score,
    report,
    activate: (labelled) => activate(labelled, { apply: options.apply }),
  };
  const steps: RunResult['steps'][number][] = [];
  const stoppedRun = (step: Step): RunResult => {
    steps.push({ step, status: 'stopped', rowCount: null });
    return { runId, steps, isComplete: false, isStopped: true };
  };
  if (last >= STEPS.indexOf('build') && !resumed?.done.includes('build')) readyDbt();
  for (const step of STEPS.slice(0, last + 1)) {
    if (resumed?.done.includes(step)) {
      steps.push({ step, status: 'skipped', rowCount: null });
      continue;
    }
    if (line.signal?.aborted) {
      await withWarehouse(config, (warehouse) => noteStopped(warehouse, line, runId, step));
      return stoppedRun(step);
    }
    try {
      const result = await recorded(line, runId, step, work[step]);
      steps.push({
        step,
        status: result.isComplete ? 'succeeded' : 'failed',
        rowCount: result.rowCount,
      });
    } catch (error) {
      if (line.signal?.aborted) return stoppedRun(step);
      throw error;
    }
  }
  return { runId, steps, isComplete: steps.every((each) => each.status !== 'failed'), isStopped: false };
}

/** The error of destinations that did not take all: why, of each object. */
export const activationIncomplete = (results: readonly ActivationResult[]) =>
  notAllSent(
    results.flatMap(({ destination, objects }) =>
      objects.flatMap(({ object, rejected, reasons, refused }) => [
        ...(refused === null ? [] : [`${destination}, ${object}: ${refused.message}`]),
        ...(rejected === 0
          ? []
          : [
              `${destination}, ${object}: ${count(rejected, 'record')} rejected (${reasons
                .slice(0, 3)
                .map((each) => `${each.count} × ${each.reason}`)
                .join('; ')}); they are in activation.rejected_records`,
            ]),
      ]),
    ),
  );

/** The error of a verb whose step ran but not all of it went well. */
export const incomplete = (what: string) =>
  new TenureError('INCOMPLETE', `${what} Mend what the lines above name and run the same command again.`);
