import type { SignalChange } from './score-change.ts';
import { type SignalState, type SignalWords, toldMeasure, withMeasure } from './signal-words.ts';

/** A signal's change with what it was measured by: the measure in its own unit, and the cut that gave the value. */
export interface MeasuredChange extends SignalChange {
  readonly measure_from: number | null;
  readonly measure_to: number | null;
  readonly cut_from: string | null;
  readonly cut_to: string | null;
}

/** A change with where the account stood on either day; null where the signal has no row. */
export interface ToldChange extends SignalChange {
  readonly from: SignalState | null;
  readonly to: SignalState | null;
}

/** Below this an effect rounds to nothing. */
export const LEAST_EFFECT = 0.05;

/** `+4.5 points`, `−1 point`; a true minus sign, one decimal. */
export function points(value: number): string {
  const rounded = Math.round(Math.abs(value) * 10) / 10;
  const sign = rounded === 0 ? '±' : value < 0 ? '−' : '+';
  return `${sign}${rounded} ${rounded === 1 ? 'point' : 'points'}`;
}

/**
 * One signal's change as a sentence that can be said to a customer. Each part of it is true by itself: where the account
 * stands and stood by the cut and the measure of the day, and that more or fewer were counted by the measures alone,
 * where both days were measured by the same rules and from live data. Words are data (`signal_words`).
 *
 * @example
 * // login_frequency 100 → 70, 21 → 12 active days, −4.5 points
 * sayChange(change, words) // 'People logged in on fewer days: 12 active days in the last 30 days, down from 21 (−4.5 points).'
 */
export function sayChange(change: ToldChange, words: SignalWords): string {
  const subject = words.subject(change.signal);
  const effect = ` (${points(change.effect)}).`;
  const from = withValue(change.from);
  const to = withValue(change.to);
  if (from === null && to === null) return `${subject}: no data on either day${effect}`;
  if (to === null) return `${subject}: no data, before: ${tell(from!, null, words).text}${effect}`;
  if (from === null) return `${subject}: ${tell(to, null, words).text}, before: no data${effect}`;

  const now = tell(to, from, words);
  const then = tell(from, to, words);
  const reason = otherReason(change);
  if (now.text === then.text) {
    const value = from.value === to.value ? '' : `; it counts ${now.value} of 100, not ${then.value}`;
    return `${subject}: ${now.text}, as before${value}${reason}${effect}`;
  }
  const isSameButForNumber = now.template === then.template;
  const before = isSameButForNumber
    ? `${now.amount > then.amount ? 'up' : 'down'} from ${then.digits}`
    : `before: ${then.text}`;
  const opening = movementBetween(from, to, words) ?? subject;
  return `${opening}: ${now.text}, ${before}${reason}${effect}`;
}

type WithValue = SignalState & { readonly value: number };

const withValue = (state: SignalState | null): WithValue | null =>
  state !== null && state.value !== null ? { ...state, value: state.value } : null;

/** That more or fewer were counted, where both days were measured live and by the present rules. */
function movementBetween(from: SignalState, to: SignalState, words: SignalWords): string | undefined {
  const [then, now] = [toldMeasure(from), toldMeasure(to)];
  const isComparable = [from, to].every(({ hasPresentRules, isFrozen }) => hasPresentRules && !isFrozen);
  if (then === null || now === null || then === now || !isComparable) return undefined;
  return words.movement(to.signal, now > then ? 'more' : 'fewer');
}

/** Where an account stood, in words: `template` with `amount` in it, written as `digits`. */
interface Told {
  readonly text: string;
  readonly template: string;
  readonly amount: number;
  readonly digits: string;
  /** 0–100 */
  readonly value: string;
}

const FROZEN = ' (of an earlier day, because the source is late)';

/** Tells a state by the words of its cut, else by its value, with digits enough to tell it from the other day's. */
function tell(state: WithValue, other: WithValue | null, words: SignalWords): Told {
  const value = digitsOf(state.value, other?.value ?? null);
  const measure = toldMeasure(state);
  const found = words.state(state);
  const isByMeasure = found !== undefined && measure !== null;
  const digits = isByMeasure ? digitsOf(measure, other === null ? null : toldMeasure(other)) : value;
  const template = `${found ?? '{measure} of 100'}${state.isFrozen ? FROZEN : ''}`;
  return {
    text: withMeasure(template, digits),
    template,
    amount: isByMeasure ? measure : state.value,
    digits,
    value,
  };
}

const MOST_DIGITS = 9;

/** A number with one decimal, or with as many as it takes to differ from another one that differs. */
export function digitsOf(value: number, other: number | null): string {
  for (let digits = 1; digits < MOST_DIGITS; digits += 1) {
    const shown = rounded(value, digits);
    if (other === null || value === other || shown !== rounded(other, digits)) return shown;
  }
  return rounded(value, MOST_DIGITS);
}

/** Without noughts at the end, without −0, with a true minus sign. */
const rounded = (value: number, digits: number): string => {
  const shown = Number(value.toFixed(digits));
  return shown < 0 ? `−${Math.abs(shown)}` : String(Math.abs(shown));
};

/** What moved the score besides the signal itself, where that is at least as much. */
const otherReason = ({ value_effect, weight_effect, coverage_effect }: SignalChange): string => {
  const others = Math.abs(weight_effect) + Math.abs(coverage_effect);
  if (others < LEAST_EFFECT || others < Math.abs(value_effect)) return '';
  return Math.abs(weight_effect) >= Math.abs(coverage_effect)
    ? '; the weights changed'
    : '; it counts differently as other signals came or went';
};
