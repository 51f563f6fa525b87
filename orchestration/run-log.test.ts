import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { beginStep, endStep, newRunId, unfinishedRun } from './run-log.ts';

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
});
afterEach(() => warehouse.close());

const DAY = '2026-06-30';
const begin = (runId: string, step: string) =>
  beginStep(warehouse, { runId, step, startedAt: '2026-06-30T10:00:00.000Z', asOfDate: DAY });
const end = (runId: string, step: string, status: 'succeeded' | 'failed') =>
  endStep(
    warehouse,
    { runId, step, endedAt: '2026-06-30T10:01:00.000Z' },
    { status, rowCount: 7, errorCode: null },
  );

describe('the run log', () => {
  it('keeps one row a step, also when a step is tried again', async () => {
    await begin('run-1', 'sync');
    await begin('run-1', 'sync');
    await end('run-1', 'sync', 'succeeded');
    expect(await warehouse.db.selectFrom('ops.runs').selectAll().execute()).toEqual([
      {
        run_id: 'run-1',
        step: 'sync',
        started_at: '2026-06-30T10:00:00.000Z',
        ended_at: '2026-06-30T10:01:00.000Z',
        status: 'succeeded',
        row_count: 7,
        error_code: null,
        as_of_date: DAY,
      },
    ]);
  });

  it('finds what a killed run had done, and nothing once all is done', async () => {
    expect(await unfinishedRun(warehouse, DAY)).toBeUndefined();
    await begin('run-1', 'sync');
    await end('run-1', 'sync', 'succeeded');
    await begin('run-1', 'build'); // killed here
    expect(await unfinishedRun(warehouse, DAY)).toEqual({ runId: 'run-1', done: ['sync'] });
    expect(await unfinishedRun(warehouse, '2026-07-01')).toBeUndefined();
    await end('run-1', 'build', 'succeeded');
    expect(await unfinishedRun(warehouse, DAY)).toBeUndefined();
  });

  it('gives keys that sort by time', () => {
    expect(newRunId('run', '2026-06-30T10:00:00.000Z')).toMatch(/^run-20260630T100000Z-[0-9a-f]{8}$/);
  });
});
