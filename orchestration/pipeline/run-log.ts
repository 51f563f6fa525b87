import { randomBytes } from 'node:crypto';
import {
  type Column,
  type IsoDate,
  type IsoInstant,
  instantParameter,
  type OpsRuns,
  type Warehouse,
} from '../../warehouse/index.ts';
import { STEPS, type Step } from './line.ts';
import { changedInput, INPUT_WORDS, type StepInputs } from './step-inputs.ts';

const COLUMNS: readonly Column[] = [
  { name: 'run_id', type: 'string' },
  { name: 'step', type: 'string' },
  { name: 'started_at', type: 'timestamp' },
  { name: 'ended_at', type: 'timestamp' },
  { name: 'status', type: 'string' },
  { name: 'row_count', type: 'integer' },
  { name: 'error_code', type: 'string' },
  { name: 'as_of_date', type: 'date' },
  { name: 'inputs', type: 'string' },
];

/** A new run's key: what began it, when, and four random bytes. Sorts by time within one beginning. */
export const newRunId = (verb: string, now: IsoInstant) =>
  `${verb}-${now.replace(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`;

/** Notes that a step has begun. A step that never ends (the process was killed) stays `running`. */
export async function beginStep(
  warehouse: Warehouse,
  step: { runId: string; step: string; startedAt: IsoInstant; asOfDate: IsoDate; inputs?: StepInputs },
): Promise<void> {
  await warehouse.ensureTable('ops', 'runs', COLUMNS);
  await warehouse.transaction(async () => {
    await warehouse.db
      .deleteFrom('ops.runs')
      .where('run_id', '=', step.runId)
      .where('step', '=', step.step)
      .execute();
    const row = {
      run_id: step.runId,
      step: step.step,
      started_at: step.startedAt,
      status: 'running',
      as_of_date: step.asOfDate,
      inputs: step.inputs === undefined ? null : JSON.stringify(step.inputs),
    };
    await warehouse.loadRows('ops', 'runs', COLUMNS, [row]);
  });
}

/** Notes how a step ended. */
export async function endStep(
  warehouse: Warehouse,
  step: { runId: string; step: string; endedAt: IsoInstant },
  outcome: {
    status: OpsRuns['status'];
    rowCount: number | null;
    errorCode: string | null;
    inputs?: StepInputs;
  },
): Promise<void> {
  await warehouse.db
    .updateTable('ops.runs')
    .set({
      ended_at: instantParameter(step.endedAt),
      status: outcome.status,
      row_count: outcome.rowCount,
      error_code: outcome.errorCode,
      ...(outcome.inputs && { inputs: JSON.stringify(outcome.inputs) }),
    })
    .where('run_id', '=', step.runId)
    .where('step', '=', step.step)
    .execute();
}

/** A step that was done before counts so long: then its data may be old, and a step that has nothing to do is quick. */
const RESUMED_FOR_MS = 60 * 60 * 1000;

/** What a run does with the one before it. */
export interface Resumption {
  /** The run to go on with, and its steps that need not run again; undefined when a new run begins. */
  readonly resumed?: { readonly runId: string; readonly done: readonly Step[] };
  /** Which steps are skipped and why, or why an unfinished run is not gone on with. */
  readonly note?: string;
}

/**
 * Whether a run goes on where the last one was killed or stopped. Only from a kill or a stop, and only while nothing is newer than
 * what was done: no verb has run since, what a step read is as it was (`inputsNow`), and it was done within the hour. The first
 * step for which that does not hold runs again, and all that follow it. After a failure everything runs again, because what
 * the error asks for may lie before the step that failed.
 */
export async function resumption(
  warehouse: Warehouse,
  asOfDate: IsoDate,
  now: IsoInstant,
  inputsNow: (step: Step) => Promise<StepInputs>,
): Promise<Resumption> {
  if ((await warehouse.tableColumns('ops', 'runs')) === undefined) return {};
  await warehouse.ensureTable('ops', 'runs', COLUMNS); // a table of an earlier release lacks some
  const rows = await warehouse.db.selectFrom('ops.runs').selectAll().orderBy('started_at', 'desc').execute();
  const runId = rows.find((row) => row.run_id.startsWith('run-'))?.run_id;
  const steps = rows.filter((row) => row.run_id === runId);
  const unfinished = steps.find((row) => row.status !== 'succeeded');
  if (runId === undefined || unfinished === undefined) return {};
  const over = (why: string): Resumption => ({ note: `Starting over, from sync: ${why}.` });
  const { step, status } = unfinished;
  const failed = steps.find((row) => row.status === 'failed');
  if (failed !== undefined) return over(`${runId} failed in ${failed.step} (${failed.error_code})`);
  const what = `${runId}, ${status === 'running' ? 'killed' : 'stopped'} in ${step}`;
  if (unfinished.as_of_date !== asOfDate) return over(`${what}, was for ${unfinished.as_of_date}`);
  const later = rows[0];
  if (later !== undefined && later.run_id !== runId)
    return over(`"tenure ${later.step}" has run since ${what}`);

  const done: Step[] = [];
  let before = '';
  for (const each of STEPS) {
    const found = steps.find((row) => row.step === each && row.status === 'succeeded');
    if (found === undefined || found.started_at < before) break; // one that a step before it has outrun
    before = found.ended_at ?? '';
    const age = Date.parse(now) - Date.parse(found.ended_at ?? '');
    const changed = changedInput(found.inputs, await inputsNow(each));
    const why =
      changed !== undefined
        ? `${INPUT_WORDS[changed] ?? changed} has changed`
        : age >= 0 && age <= RESUMED_FOR_MS
          ? undefined
          : 'it was done more than an hour ago';
    if (why === undefined) {
      done.push(each);
      continue;
    }
    if (done.length === 0) return over(`of ${what}, ${why}`);
    return {
      resumed: { runId, done },
      note: `Going on with ${what} from ${each}: ${why}; ${done.join(', ')} done before.`,
    };
  }
  if (done.length === 0) return {}; // nothing would be skipped
  return {
    resumed: { runId, done },
    note: `Going on with ${what}: ${done.join(', ')} skipped, because nothing that ${done.length === 1 ? 'it reads' : 'they read'} has changed since. --fresh starts over.`,
  };
}
