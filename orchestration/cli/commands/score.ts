import { Command } from '@commander-js/extra-typings';
import { score } from '../../pipeline/steps.ts';
import { type Context, complete, runStep, show, verb } from '../context.ts';
import { skipTests } from '../options.ts';

export const scoreVerb = (context: Context) =>
  verb(
    new Command('score')
      .description('backtest, renewal stages, forecast, then the marts that read them')
      .addOption(skipTests()),
  ).action(async (options) => {
    show(options, complete(await runStep(context, 'score', options, score), ''));
  });
