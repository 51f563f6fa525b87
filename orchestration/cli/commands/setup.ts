import { Command } from '@commander-js/extra-typings';
import { setUpDestination } from '../../activation/index.ts';
import { requireEnvironment } from '../../config/load.ts';
import { chosen } from '../../pipeline/steps.ts';
import { configOf, daylessVerb, show } from '../context.ts';

/** `tenure activate setup`: the fields that a destination lacks. */
export const setupVerb = () =>
  daylessVerb(
    new Command('setup')
      .description('make the fields that a destination lacks; shows them without --apply')
      .argument('[destination...]', 'only these destinations')
      .option('--apply', 'make them, not only show'),
    'it looks at the destination as it is',
  ).action(async (names, options) => {
    const { apply = false } = options;
    const config = await configOf(options.config, 'activate');
    const destinations = chosen(config.destinations, names, 'destination');
    for (const destination of destinations) requireEnvironment(config, destination);
    const value: { destination: string; applied: boolean; made: string[]; by_hand: string[] }[] = [];
    const lines: string[] = [];
    for (const destination of destinations) {
      const { made, byHand } = await setUpDestination(config, destination, apply);
      value.push({ destination: destination.name, applied: apply, made: [...made], by_hand: [...byHand] });
      lines.push(
        `${destination.name}: ${
          made.length + byHand.length === 0
            ? 'has all that allow_fields needs'
            : `${made.length} ${apply ? 'made' : 'to make'}, ${byHand.length} by hand`
        }`,
        ...made.map((each) => `  + ${each}`),
        ...byHand.map((each) => `  ! ${each}`),
      );
      if (!apply && made.length > 0) lines.push('  Nothing was made: add --apply.');
    }
    show(options, { value, text: lines.join('\n') });
  });
