import { Command } from '@commander-js/extra-typings';
import { sync } from '../../pipeline/steps.ts';
import { type Context, complete, runStep, show, verb } from '../context.ts';
import { acceptShrink } from '../options.ts';

export const syncVerb = (context: Context) =>
  verb(
    new Command('sync')
      .description('land sources in raw')
      .argument('[source...]', 'only these sources')
      .addOption(acceptShrink()),
  ).action(async (names, options) => {
    const result = await runStep(context, 'sync', options, (line) => sync(line, names, options.acceptShrink));
    show(options, complete(result, 'Not all of the sources were synced.'));
  });
