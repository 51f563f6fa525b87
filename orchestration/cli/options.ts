import { Option } from '@commander-js/extra-typings';
import { STEPS } from '../pipeline/line.ts';
import { parseCount } from './context.ts';

// Options that several verbs have, each made anew for its command.

export const skipTests = () =>
  new Option('--skip-tests', 'build without dbt’s tests of the data, which read what was built once more');

export const acceptShrink = () =>
  new Option(
    '--accept-shrink [stream...]',
    'take tables although they shrink by more than max_shrink_share of their source; all, or these streams',
  );

export const acceptLoss = () =>
  new Option('--accept-loss', 'let published days of accounts vanish from the history');

export const acceptChanges = () =>
  new Option('--accept-changes', 'let more published scores change than history.max_change_share');

export const until = () => new Option('--until <step>', 'the last step').choices([...STEPS]);

export const horizon = () =>
  new Option('--horizon <days>', 'days ahead in which a churn counts').argParser(parseCount).default(90);
