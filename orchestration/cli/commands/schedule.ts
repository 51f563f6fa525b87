import { Command } from '@commander-js/extra-typings';
import { WarehouseError } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { TenureError, usage } from '../../errors.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';
import { dueNow, nextDue } from '../../pipeline/due.ts';
import { working } from '../../pipeline/leftovers.ts';
import { recordedVerb, runLine } from '../../pipeline/run.ts';
import { type ScheduledRun, schedule, scheduleMissing } from '../../pipeline/schedule.ts';
import { sync } from '../../pipeline/steps.ts';
import { stopped } from '../../pipeline/stop.ts';
import { lastSyncs } from '../../pipeline/sync-log.ts';
import { consoleReporter } from '../../runtime/reporter.ts';
import { type Context, configOf, lineOf, verb, withValue } from '../context.ts';
import { until } from '../options.ts';

/** The last syncs; none where there is no warehouse yet, or it is in use: the line then syncs all, as without clocks. */
const syncsSoFar = (config: Config) =>
  config.sources.every(({ every }) => every === undefined)
    ? Promise.resolve([])
    : reading(config, lastSyncs).catch((error: unknown) => {
        if (error instanceof TenureError || error instanceof WarehouseError) return [];
        throw error;
      });

export const scheduleVerb = (context: Context) =>
  verb(
    new Command('schedule')
      .description('keep running the line on the configured cron, until it is stopped')
      .option('--cron <pattern>', 'instead of the configured one: minute hour day month weekday')
      .addOption(until())
      .option('--apply', 'let activate write, not only show'),
  ).action(async (options) => {
    if (options.asOf !== undefined) throw usage('"schedule" runs for the day it is: leave --as-of out.');
    const { cron, until, apply } = options;
    const first = await configOf(options.config, 'schedule');
    const pattern = cron ?? first.schedule?.cron;
    if (pattern === undefined) throw scheduleMissing(options.config);
    const runs: ScheduledRun[] = [];
    context.showSoFar(runs);
    await schedule({
      cron: pattern,
      runs,
      timeZone: first.tenant.time_zone,
      signal: context.signal,
      reporter: consoleReporter(),
      now: context.now,
      // Read anew for each run, so that a changed source or destination needs no restart.
      run: async () => {
        const config = await configOf(options.config, 'schedule');
        return working(config, async () =>
          runLine(lineOf(context, config, options), {
            until: until ?? config.schedule?.until,
            apply: apply ?? config.schedule?.apply ?? false,
            sources: dueNow(config.sources, await syncsSoFar(config), context.now()),
          }),
        );
      },
      due: async () => {
        const config = await configOf(options.config, 'schedule');
        return nextDue(config.sources, await syncsSoFar(config));
      },
      sync: async (names) => {
        const config = await configOf(options.config, 'schedule');
        return working(config, async () => {
          const line = lineOf(context, config, options);
          const result = await recordedVerb(line, 'sync', (labelled) => sync(labelled, names));
          const status = result.isComplete ? 'succeeded' : 'failed';
          const { rowCount, isComplete } = result;
          return { runId: 'sync', steps: [{ step: 'sync', status, rowCount }], isComplete, isStopped: false };
        });
      },
    });
    throw withValue(stopped('The schedule'), runs);
  });
