import { Command } from '@commander-js/extra-typings';
import { type Context, configOf, lineOf, show, verb } from '../context.ts';
import { horizon } from '../options.ts';
import { diff } from './whatif.ts';

export const diffVerb = (context: Context) =>
  verb(
    new Command('diff')
      .description('what the weights and cuts of a git ref or file would change')
      .argument('<ref-or-file>', 'a git ref of this project, or a file of weights or cuts')
      .addOption(horizon()),
  ).action(async (refOrFile, options) => {
    const line = lineOf(context, await configOf(options.config, 'diff'), options);
    show(options, await diff(line, refOrFile, options.horizon));
  });
