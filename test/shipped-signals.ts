import { ruleTables } from '../orchestration/config/rule-tables.ts';
import { signalsOf } from '../orchestration/config/signals.ts';

/** The signals of a preset as the product ships it; `optional` are those that are there to be chosen. */
export const shippedSignals = (preset: 'standard' | 'lean' | 'optional'): string[] =>
  signalsOf(ruleTables())
    .filter((each) => each.preset === preset)
    .map(({ signal }) => signal);

/** The cuts by which the measure of a signal gets its value, as the product ships them. */
export const shippedCuts = (signal: string): string[] =>
  (ruleTables().find(({ name }) => name === 'signal_cuts')?.rows ?? [])
    .filter((row) => row.signal === signal && row.signal_value !== '')
    .map(({ cut = '' }) => cut);
