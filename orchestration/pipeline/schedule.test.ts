import { describe, expect, it } from 'vitest';
import { TenureError } from '../errors.ts';
import { silentReporter } from '../runtime/reporter.ts';
import { nextTime, type ScheduleOptions, schedule } from './schedule.ts';

const done = { runId: 'run-1', steps: [], isComplete: true, isStopped: false };

/** A schedule of each second that ends itself after so many runs. */
async function scheduled(runs: number, run: ScheduleOptions['run']) {
  const controller = new AbortController();
  let begun = 0;
  const said: string[] = [];
  const results = await schedule({
    cron: '* * * * * *',
    timeZone: 'UTC',
    signal: controller.signal,
    reporter: { ...silentReporter, step: (text) => said.push(text), warn: (text) => said.push(text) },
    now: () => new Date().toISOString(),
    run: async () => {
      begun += 1;
      if (begun === runs) controller.abort();
      return run();
    },
  });
  return { results, said };
}

describe('nextTime', () => {
  it('reads the pattern in the zone of the tenant, across a change of its clocks', () => {
    // Berlin is at +1 until 29 March 2026 02:00, then at +2
    expect(nextTime('0 5 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z').toISOString()).toBe(
      '2026-03-28T04:00:00.000Z',
    );
    expect(nextTime('0 5 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z').toISOString()).toBe(
      '2026-03-29T03:00:00.000Z',
    );
    expect(nextTime('0 5 * * 1', 'UTC', '2026-06-30T12:00:00Z').toISOString()).toBe(
      '2026-07-06T05:00:00.000Z',
    );
  });

  it('says what is wrong with a pattern', () => {
    expect(() => nextTime('every day', 'UTC', '2026-06-30T12:00:00Z')).toThrow(
      /Expected a cron pattern such as "0 5/,
    );
    expect(() => nextTime('0 5 30 2 *', 'UTC', '2026-06-30T12:00:00Z')).toThrow(/never comes again/);
  });
});

describe('schedule', () => {
  it('runs at each time, one after the other', async () => {
    let running = 0;
    const { results } = await scheduled(2, async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1200)); // longer than the pattern's second
      running -= 1;
      return done;
    });
    expect(results.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(Date.parse(results[1]!.started_at)).toBeGreaterThanOrEqual(Date.parse(results[0]!.ended_at));
  });

  it('goes on after a run that failed, and names its error', async () => {
    let attempt = 0;
    const { results, said } = await scheduled(2, async () => {
      attempt += 1;
      if (attempt === 1) throw new TenureError('BUILD_FAILED', 'dbt ended with code 1');
      return { ...done, isComplete: false };
    });
    expect(results.map(({ status, error_code }) => [status, error_code])).toEqual([
      ['failed', 'BUILD_FAILED'],
      ['incomplete', null],
    ]);
    expect(said).toContain('dbt ended with code 1');
  });

  it('begins no other run once it is stopped, and says that the one at work was', async () => {
    const { results, said } = await scheduled(1, async () => ({
      ...done,
      isComplete: false,
      isStopped: true,
    }));
    expect(results.map(({ run_id, status }) => [run_id, status])).toEqual([['run-1', 'stopped']]);
    expect(said.at(-1)).toMatch(/the schedule has ended/);
  });

  it('wakes at once when it is stopped while it waits', async () => {
    const controller = new AbortController();
    const ended = schedule({
      cron: '0 5 1 1 *',
      timeZone: 'UTC',
      signal: controller.signal,
      reporter: silentReporter,
      now: () => '2026-06-30T12:00:00Z',
      run: () => Promise.reject(new Error('must not run')),
    });
    controller.abort();
    expect(await ended).toEqual([]);
  });

  it('syncs a source that is due before the line is, and only that', async () => {
    const controller = new AbortController();
    const synced: string[][] = [];
    let runs = 0;
    await schedule({
      cron: '0 5 29 2 *', // not in the time of a test
      timeZone: 'UTC',
      signal: controller.signal,
      reporter: silentReporter,
      now: () => new Date().toISOString(),
      run: async () => {
        runs += 1;
        return done;
      },
      due: async () => ({ at: new Date(Date.now() + 20), names: ['crm'] }),
      sync: async (names) => {
        synced.push([...names]);
        if (synced.length === 2) controller.abort();
        return done;
      },
    });
    expect({ synced, runs }).toEqual({ synced: [['crm'], ['crm']], runs: 0 });
  });
});
