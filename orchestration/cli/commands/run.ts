import { Command } from '@commander-js/extra-typings';
import { working } from '../../pipeline/leftovers.ts';
import { incomplete, runLine } from '../../pipeline/run.ts';
import { stopped } from '../../pipeline/stop.ts';
import { type Context, configOf, lineOf, show, verb, withValue } from '../context.ts';
import { acceptChanges, acceptLoss, acceptShrink, skipTests, until } from '../options.ts';

export const runVerb = (context: Context) =>
  verb(
    new Command('run')
      .description('sync, build, score, report, activate in order; goes on after a kill')
      .addOption(until())
      .option('--apply', 'let activate write, not only show')
      .option('--fresh', 'start over from sync, whatever a killed run had done')
      .addOption(acceptShrink())
      .addOption(acceptLoss())
      .addOption(acceptChanges())
      .addOption(skipTests()),
  ).action(async (options) => {
    const { until, apply = false, fresh: isFresh, acceptShrink, acceptLoss, acceptChanges } = options;
    const config = await configOf(options.config, 'run');
    const result = await working(config, () =>
      runLine(lineOf(context, config, options), {
        until,
        apply,
        isFresh,
        acceptShrink,
        acceptLoss,
        acceptChanges,
      }),
    );
    const steps = result.steps.map((each) => `${each.step}: ${each.status}`);
    if (result.isStopped) throw withValue(stopped(`The run (${steps.join(', ')})`), result);
    if (!result.isComplete) throw withValue(incomplete(shortfall(steps, result.notLanded ?? [])), result);
    show(options, { value: result, text: steps.join('\n') });
  });

/** What did not go well, once more at the end: the lines that told it are far above. */
const shortfall = (steps: readonly string[], notLanded: readonly string[]) =>
  notLanded.length === 0
    ? `Not all of the run went well (${steps.join(', ')}).`
    : `What landed is built, but not all of it landed (${steps.join(', ')}):\n${notLanded.map((each) => `  - ${each}\n`).join('')}`;
