import { Command } from '@commander-js/extra-typings';
import { usage } from '../../errors.ts';
import { working } from '../../pipeline/leftovers.ts';
import { runLine } from '../../pipeline/run.ts';
import { type ScheduledRun, schedule, scheduleMissing } from '../../pipeline/schedule.ts';
import { stopped } from '../../pipeline/stop.ts';
import { consoleReporter } from '../../runtime/reporter.ts';
import { type Context, configOf, lineOf, verb, withValue } from '../context.ts';
import { until } from '../options.ts';

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
        return working(config, () =>
          runLine(lineOf(context, config, options), {
            until: until ?? config.schedule?.until,
            apply: apply ?? config.schedule?.apply ?? false,
          }),
        );
      },
    });
    throw withValue(stopped('The schedule'), runs);
  });
