import { Command } from '@commander-js/extra-typings';
import { activate, activationIncomplete } from '../../pipeline/steps.ts';
import { type Context, runStep, show, verb, withValue } from '../context.ts';
import { setupVerb } from './setup.ts';

export const activateVerb = (context: Context) =>
  verb(
    new Command('activate')
      .description('show what would be written to the CRM and told to people; --apply does it')
      .argument('[destination...]', 'only these destinations and channels')
      .option('--apply', 'write, not only show')
      .option('--first', 'write although nothing was written before, or the ledger of it is lost')
      .option('--accept-many', 'write although more records change than max_change_share allows'),
  )
    .addCommand(setupVerb())
    .action(async (names, options) => {
      const { apply = false, first: isFirst, acceptMany: acceptsChanges } = options;
      const { value, isComplete } = await runStep(context, 'activate', options, (line) =>
        activate(line, { names, apply, isFirst, acceptsChanges }),
      );
      if (!isComplete) throw withValue(activationIncomplete(value), value);
      show(options, { value, text: value.map((each) => each.diff_text).join('\n\n') });
    });
