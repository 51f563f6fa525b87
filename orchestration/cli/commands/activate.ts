import { Command } from '@commander-js/extra-typings';
import { verifyText } from '../../activation/index.ts';
import { activate, activationIncomplete, verify } from '../../pipeline/steps.ts';
import { type Context, configOf, runStep, show, verb, withValue } from '../context.ts';
import { setupVerb } from './setup.ts';

export const activateVerb = (context: Context) =>
  verb(
    new Command('activate')
      .description('show what would be written to the CRM and told to people; --apply does it')
      .argument('[destination...]', 'only these destinations and channels')
      .option('--apply', 'write, not only show')
      .option('--first', 'write although nothing was written before, or the ledger of it is lost')
      .option('--verify', 'only look in the CRM for what was changed or deleted by hand')
      .option('--accept-many', 'write although more records change than max_change_share allows'),
  )
    .addCommand(setupVerb())
    .action(async (names, options) => {
      if (options.verify) {
        const found = await verify(await configOf(options.config, 'activate'), names);
        const isAsWritten = found.every(({ deviations }) => deviations.length === 0);
        const text = found.map((each) => verifyText(each)).join('\n');
        return show(options, { value: found, text, exitCode: isAsWritten ? 0 : 3 });
      }
      const { apply = false, first: isFirst, acceptMany: acceptsChanges } = options;
      const { value, isComplete } = await runStep(context, 'activate', options, (line) =>
        activate(line, { names, apply, isFirst, acceptsChanges }),
      );
      if (!isComplete) throw withValue(activationIncomplete(value), value);
      show(options, { value, text: value.map((each) => each.diff_text).join('\n\n') });
    });
