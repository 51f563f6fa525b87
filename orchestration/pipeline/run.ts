import { type AcceptShrink, faultText, type SyncResult } from '../../ingest/index.ts';
import type { OpsRuns, Warehouse } from '../../warehouse/index.ts';
import { TenureError } from '../errors.ts';
import { withWarehouse } from './configured-warehouse.ts';
import { endDbt, readyDbt } from './dbt/process.ts';
import { type Line, STEPS, type Step, type StepResult } from './line.ts';
import { report } from './report.ts';
import { beginStep, endStep, newRunId, resumption } from './run-log.ts';
import { inputsAfter, type StepInputs, stepInputs } from './step-inputs.ts';
import { activate, build, score, sync } from './steps.ts';
import { stopped } from './stop.ts';

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
  recorded(line, newRunId(step, line.now()), step, work).finally(endDbt);

export interface RunResult {
  readonly runId: string;
  readonly steps: readonly {
    step: Step;
    status: 'succeeded' | 'failed' | 'skipped' | 'stopped';
    rowCount: number | null;
  }[];
  readonly isComplete: boolean;
  /** What did not land as it should: each source, or stream of one, with why. */
  readonly notLanded?: readonly string[];
  /** It was asked to stop, in a step or between two; the next run of the day goes on from there. */
  readonly isStopped: boolean;
}

/** What a run was asked to let through that it refuses otherwise. */
export interface Accepted {
  readonly acceptShrink?: AcceptShrink;
  readonly acceptLoss?: boolean;
  readonly acceptChanges?: boolean;
}

interface RunOptions extends Accepted {
  readonly until?: Step;
  readonly apply: boolean;
  readonly isFresh?: boolean;
  readonly sources?: readonly string[];
}

/**
 * The whole line, or as far as `until`, of all sources or those of these names. Goes on where a run that was killed or stopped had come to, unless it is told to start
 * afresh; `resumption` says when. A source or record that fails leaves the run incomplete but does not stop it; a failed
 * step does, and so does the user.
 */
export const runLine = (line: Line, options: RunOptions): Promise<RunResult> =>
  runSteps(line, options).finally(endDbt);

async function runSteps(line: Line, options: RunOptions): Promise<RunResult> {
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
    sync: async (labelled) => {
      if (options.sources?.length === 0) return { value: [], rowCount: 0, isComplete: true };
      const synced = await sync(labelled, options.sources, options.acceptShrink);
      notLanded = synced.value.flatMap(failuresOf);
      return synced;
    },
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
  let notLanded: readonly string[] = [];
  const stoppedRun = (step: Step): RunResult => {
    steps.push({ step, status: 'stopped', rowCount: null });
    return { runId, steps, notLanded, isComplete: false, isStopped: true };
  };
  if (last >= STEPS.indexOf('build') && !resumed?.done.includes('build')) readyDbt();
  for (const step of STEPS.slice(0, last + 1)) {
    if (step === 'report') await endDbt(); // no more of it, and the pages want its memory
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
  const isComplete = steps.every((each) => each.status !== 'failed');
  return { runId, steps, notLanded, isComplete, isStopped: false };
}

/** What of a source did not land as it should, a text each. */
const failuresOf = ({ source, streams, error }: SyncResult): string[] => [
  ...(error === undefined ? [] : [`${source}: ${error.message}`]),
  ...streams.flatMap((each) =>
    each.error === undefined
      ? []
      : [
          [`${source}.${each.stream}: ${each.error.message}`, ...(each.faults ?? []).map(faultText)].join(
            '\n      ',
          ),
        ],
  ),
];

/** The error of a verb whose step ran but not all of it went well. */
export const incomplete = (what: string) =>
  new TenureError(
    'INCOMPLETE',
    `${what}${what.endsWith('\n') ? '' : ' '}Mend what the lines above name and run the same command again.`,
  );
