import { Command } from '@commander-js/extra-typings';
import { report } from '../../pipeline/steps.ts';
import { type Context, runStep, show, verb } from '../context.ts';

export const reportVerb = (context: Context) =>
  verb(new Command('report').description('build the pages into .build/site')).action(async (options) => {
    const { value } = await runStep(context, 'report', options, report);
    show(options, { value, text: `Open them with: tenure serve --config ${options.config}` });
  });
