import { Command } from '@commander-js/extra-typings';
import { build } from '../../pipeline/steps.ts';
import { type Context, complete, runStep, show, verb } from '../context.ts';
import { acceptChanges, acceptLoss, skipTests } from '../options.ts';

export const buildVerb = (context: Context) =>
  verb(
    new Command('build')
      .description('build raw → signals, scores, marts with dbt, and run its tests')
      .option('--select <selector...>', 'only these models, in dbt’s own syntax')
      .option('--full-refresh', 'rebuild the whole history')
      .addOption(acceptLoss())
      .addOption(acceptChanges())
      .addOption(skipTests()),
  ).action(async (options) => {
    const { select, fullRefresh, acceptLoss, acceptChanges } = options;
    const result = await runStep(context, 'build', options, (line) =>
      build(line, { select, fullRefresh, acceptLoss, acceptChanges }),
    );
    show(options, complete(result, ''));
  });
