import { randomBytes } from 'node:crypto';
import {
  type Column,
  dateParameter,
  type IsoDate,
  type IsoInstant,
  instantParameter,
  type OpsRuns,
  type Warehouse,
} from '../warehouse/index.ts';

const COLUMNS: readonly Column[] = [
  { name: 'run_id', type: 'string' },
  { name: 'step', type: 'string' },
  { name: 'started_at', type: 'timestamp' },
  { name: 'ended_at', type: 'timestamp' },
  { name: 'status', type: 'string' },
  { name: 'row_count', type: 'integer' },
  { name: 'error_code', type: 'string' },
  { name: 'as_of_date', type: 'date' },
];

/** A new run's key: what began it, when, and four random bytes. Sorts by time within one beginning. */
export const newRunId = (verb: string, now: IsoInstant) =>
  `${verb}-${now.replace(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`;

/** Notes that a step has begun. A step that never ends (the process was killed) stays `running`. */
export async function beginStep(
  warehouse: Warehouse,
  step: { runId: string; step: string; startedAt: IsoInstant; asOfDate: IsoDate },
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
    };
    await warehouse.loadRows('ops', 'runs', COLUMNS, [row]);
  });
}

/** Notes how a step ended. */
export async function endStep(
  warehouse: Warehouse,
  step: { runId: string; step: string; endedAt: IsoInstant },
  outcome: { status: OpsRuns['status']; rowCount: number | null; errorCode: string | null },
): Promise<void> {
  await warehouse.db
    .updateTable('ops.runs')
    .set({
      ended_at: instantParameter(step.endedAt),
      status: outcome.status,
      row_count: outcome.rowCount,
      error_code: outcome.errorCode,
    })
    .where('run_id', '=', step.runId)
    .where('step', '=', step.step)
    .execute();
}

/**
 * The last `tenure run` of this day, when it did not come to its end: its key and the steps that are done, so that
 * the next run goes on from there. Undefined when there is nothing to resume.
 */
export async function unfinishedRun(
  warehouse: Warehouse,
  asOfDate: IsoDate,
): Promise<{ runId: string; done: readonly string[] } | undefined> {
  if ((await warehouse.tableColumns('ops', 'runs')) === undefined) return undefined;
  const rows = await warehouse.db
    .selectFrom('ops.runs')
    .select(['run_id', 'step', 'status'])
    .where('run_id', 'like', 'run-%')
    .where('as_of_date', '=', dateParameter(asOfDate))
    .orderBy('run_id', 'desc')
    .execute();
  const runId = rows[0]?.run_id;
  if (runId === undefined) return undefined;
  const steps = rows.filter((row) => row.run_id === runId);
  if (steps.every((row) => row.status === 'succeeded')) return undefined;
  return { runId, done: steps.filter((row) => row.status === 'succeeded').map((row) => row.step) };
}
