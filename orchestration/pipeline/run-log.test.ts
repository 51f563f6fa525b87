import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWarehouse, type Warehouse } from '../../warehouse/index.ts';
import { beginStep, endStep, newRunId, resumption } from './run-log.ts';
import type { StepInputs } from './step-inputs.ts';

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
});
afterEach(() => warehouse.close());

const DAY = '2026-06-30';
/** Minutes after ten. */
const at = (minute: number) => new Date(Date.UTC(2026, 5, 30, 10, minute)).toISOString();
let minute = 0;
beforeEach(() => {
  minute = 0;
});
const INPUTS = { configuration: 'c1', files: 'f1' };
const begin = (runId: string, step: string, inputs: StepInputs = INPUTS) =>
  beginStep(warehouse, { runId, step, startedAt: at(minute++), asOfDate: DAY, inputs });
const end = (runId: string, step: string, status: 'succeeded' | 'failed' | 'stopped', inputs?: StepInputs) =>
  endStep(
    warehouse,
    { runId, step, endedAt: at(minute++) },
    {
      status,
      rowCount: 7,
      errorCode: status === 'failed' ? 'BUILD_FAILED' : null,
      ...(inputs && { inputs }),
    },
  );
const resume = ({
  day = DAY,
  now = at(minute),
  inputs = INPUTS,
}: {
  day?: string;
  now?: string;
  inputs?: StepInputs;
} = {}) => resumption(warehouse, day, now, async () => inputs);

/** A run that is killed, or stopped, in its build. */
async function killedInBuild() {
  await begin('run-1', 'sync');
  await end('run-1', 'sync', 'succeeded');
  await begin('run-1', 'build');
}

describe('the run log', () => {
  it('keeps one row a step, also when a step is tried again', async () => {
    await begin('run-1', 'sync');
    await begin('run-1', 'sync');
    await end('run-1', 'sync', 'succeeded');
    expect(await warehouse.db.selectFrom('ops.runs').selectAll().execute()).toEqual([
      {
        run_id: 'run-1',
        step: 'sync',
        started_at: at(1),
        ended_at: at(2),
        status: 'succeeded',
        row_count: 7,
        error_code: null,
        as_of_date: DAY,
        inputs: JSON.stringify(INPUTS),
      },
    ]);
  });

  it('goes on with a run that was killed or stopped, and says what is skipped and why', async () => {
    expect(await resume()).toEqual({});
    await killedInBuild();
    expect(await resume()).toEqual({
      resumed: { runId: 'run-1', done: ['sync'] },
      note: 'Going on with run-1, killed in build: sync skipped, because nothing that it reads has changed since. --fresh starts over.',
    });
    await end('run-1', 'build', 'stopped');
    expect(await resume()).toMatchObject({
      resumed: { done: ['sync'] },
      note: expect.stringContaining('stopped in build'),
    });
  });

  it('begins a new run when the last one came to its end', async () => {
    await killedInBuild();
    await end('run-1', 'build', 'succeeded');
    expect(await resume()).toEqual({});
  });

  it('starts over after a failure, so that what was mended is read', async () => {
    await killedInBuild();
    await end('run-1', 'build', 'failed');
    expect(await resume()).toEqual({
      note: 'Starting over, from sync: run-1 failed in build (BUILD_FAILED).',
    });
  });

  it.each([
    ['another day', () => resume({ day: '2026-07-01' }), /was for 2026-06-30/],
    ['more than an hour later', () => resume({ now: at(62) }), /more than an hour ago/],
    [
      'with a clock that went back',
      () => resume({ now: '2026-06-30T09:00:00.000Z' }),
      /more than an hour ago/,
    ],
    [
      'with another configuration',
      () => resume({ inputs: { ...INPUTS, configuration: 'c2' } }),
      /the configuration has changed/,
    ],
    [
      'with another file',
      () => resume({ inputs: { ...INPUTS, files: 'f2' } }),
      /a file of a source has changed/,
    ],
    [
      'with an input that was not looked at',
      () => resume({ inputs: { ...INPUTS, connectors: 'k1' } }),
      /what a connector keeps between syncs has changed/,
    ],
  ])('starts over on %s', async (_, resumed, why) => {
    await killedInBuild();
    expect(await resumed()).toEqual({ note: expect.stringMatching(why) });
    expect((await resume()).resumed).toBeDefined(); // without that it would go on
  });

  it.each(['sync', 'build', 'score', 'report', 'activate'])(
    'starts over when "tenure %s" has run since, whatever came of it',
    async (step) => {
      await killedInBuild();
      await begin(`${step}-1`, step);
      expect(await resume()).toEqual({ note: expect.stringContaining(`"tenure ${step}" has run since`) });
    },
  );

  it('starts over when a run of an earlier release left no word of what it had read', async () => {
    await killedInBuild();
    await warehouse.query('alter table ops.runs drop column inputs');
    expect(await resume()).toEqual({ note: expect.stringMatching(/has changed/) });
  });

  it('runs again from the first step whose input has changed', async () => {
    await begin('run-1', 'sync');
    await end('run-1', 'sync', 'succeeded');
    await begin('run-1', 'build', { models: 'm1' });
    await end('run-1', 'build', 'succeeded');
    await begin('run-1', 'score', { models: 'm1' });
    const read = (models: string) =>
      resumption(warehouse, DAY, at(minute), async (step) => (step === 'sync' ? INPUTS : { models }));
    expect(await read('m1')).toMatchObject({ resumed: { done: ['sync', 'build'] } });
    expect(await read('m2')).toEqual({
      resumed: { runId: 'run-1', done: ['sync'] },
      note: expect.stringContaining('from build: a model, a rule or a seed has changed'),
    });
  });

  it('takes no step for done that one before it has outrun', async () => {
    await begin('run-1', 'sync');
    await end('run-1', 'sync', 'succeeded');
    await begin('run-1', 'build');
    await end('run-1', 'build', 'succeeded');
    await begin('run-1', 'score');
    await end('run-1', 'score', 'succeeded');
    await begin('run-1', 'report'); // killed; then the build ran again, and was killed once it was done
    await begin('run-1', 'build');
    await end('run-1', 'build', 'succeeded');
    expect(await resume()).toMatchObject({ resumed: { done: ['sync', 'build'] } });
  });

  it('gives keys that sort by time', () => {
    expect(newRunId('run', '2026-06-30T10:00:00.000Z')).toMatch(/^run-20260630T100000Z-[0-9a-f]{8}$/);
  });
});
