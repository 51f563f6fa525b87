import type { SignalChange } from './score-change.ts';

/** A signal's change with the measures behind it, in the signal's own unit. */
export interface MeasuredChange extends SignalChange {
  readonly measure_from: number | null;
  readonly measure_to: number | null;
}

const whole = (value: number) => String(Math.round(value));
const oneDigit = (value: number) => String(Math.round(value * 10) / 10);
const count = (value: number, one: string, many = `${one}s`) =>
  `${oneDigit(value)} ${Math.round(value * 10) === 10 ? one : many}`;

/** `+4.5 points`, `−1 point`; a true minus sign, one decimal. */
export function points(value: number): string {
  const rounded = Math.round(Math.abs(value) * 10) / 10;
  const sign = rounded === 0 ? '±' : value < 0 ? '−' : '+';
  return `${sign}${rounded} ${rounded === 1 ? 'point' : 'points'}`;
}

/** What a measure is called, how a value of it reads, and what its rise means. */
interface Words {
  /** when the signal rose (healthier), and when it fell */
  readonly better: string;
  readonly worse: string;
  /** the same signal, when only weights or coverage moved */
  readonly subject: string;
  readonly measure?: (value: number) => string;
  /** for signals without a measure: what each value (0–100) means */
  readonly state?: (value: number) => string;
}

const SIGNAL_WORDS: Readonly<Record<string, Words>> = {
  login_frequency: {
    better: 'People logged in on more days',
    worse: 'People logged in on fewer days',
    subject: 'Logins',
    measure: (days) => `${count(days, 'active day')} in the last 30`,
  },
  feature_adoption: {
    better: 'More of the licensed features are in use',
    worse: 'Fewer of the licensed features are in use',
    subject: 'Use of licensed features',
    measure: (percent) => `${whole(percent)} % used in the last 90 days`,
  },
  license_utilization: {
    better: 'More of the seats are in use',
    worse: 'Fewer of the seats are in use',
    subject: 'Use of seats',
    measure: (percent) => `${whole(percent)} % of seats active in the last 30 days`,
  },
  qbr_attendance: {
    better: 'Business reviews are better attended',
    worse: 'Business reviews are less well attended',
    subject: 'Business reviews',
    measure: (misses) => `${count(misses, 'missed review')} in the last 180 days`,
  },
  email_response: {
    better: 'Our mails are answered sooner',
    worse: 'Our mails are answered later, or not at all',
    subject: 'Answers to our mails',
    measure: (hours) => `${count(hours, 'hour')} to an answer on average`,
  },
  exec_sponsor: {
    better: 'The executive sponsor is more engaged',
    worse: 'The executive sponsor is less engaged',
    subject: 'The executive sponsor',
    state: (value) =>
      value >= 100
        ? 'met us in the last 90 days'
        : value > 0
          ? 'replied or logged in, but did not meet us'
          : 'no sign in the last 90 days, or none on record',
  },
  ticket_trend: {
    better: 'Support tickets are getting fewer',
    worse: 'Support tickets are getting more',
    subject: 'The trend of support tickets',
    measure: (ratio) => `${whole(ratio * 100)} % of the usual month`,
  },
  escalations: {
    better: 'Fewer tickets were escalated',
    worse: 'More tickets were escalated',
    subject: 'Escalated tickets',
    measure: (tickets) => `${count(tickets, 'escalation')} in the last 90 days`,
  },
  payment_timeliness: {
    better: 'Invoices are paid more promptly',
    worse: 'Invoices are paid later',
    subject: 'Payment of invoices',
    measure: (days) => (days <= 0 ? 'none late in the last 180 days' : `${count(days, 'day')} late at worst`),
  },
  csm_sentiment: {
    better: 'Our own view of how things stand is brighter',
    worse: 'Our own view of how things stand is darker',
    subject: 'Our own view of how things stand',
    state: (value) => (value >= 100 ? 'green' : value > 0 ? 'yellow' : 'red'),
  },
  product_usage: {
    better: 'The product is used more',
    worse: 'The product is used less',
    subject: 'Product usage',
  },
  support_sentiment: {
    better: 'Experience with support is better',
    worse: 'Experience with support is worse',
    subject: 'Experience with support',
  },
  champion_engagement: {
    better: 'Our champions with you are more engaged',
    worse: 'Our champions with you are less engaged',
    subject: 'Engagement of champions',
  },
  account_fit: {
    better: 'The company stands on its own again',
    worse: 'The company was acquired',
    subject: 'Fit of the account',
  },
  onboarding_time: {
    better: 'Onboarding went faster than it seemed',
    worse: 'Onboarding takes longer',
    subject: 'Time to onboard',
    measure: (days) => count(days, 'day'),
  },
  business_outcomes: {
    better: 'The latest survey is better',
    worse: 'The latest survey is worse',
    subject: 'The latest survey',
    measure: (score) => `score ${oneDigit(score)}`,
  },
};

/** Words for a signal of the tenant's own: `api_calls` → "Api calls". */
function ownWords(signal: string): Words {
  const name = signal.replaceAll('_', ' ');
  const subject = name.charAt(0).toUpperCase() + name.slice(1);
  return { better: `${subject} went up`, worse: `${subject} went down`, subject };
}

/**
 * One signal's change as a sentence that can be said to a customer.
 *
 * @example
 * // login_frequency 100 → 70, 21 → 12 active days, −4.5 points
 * sayChange(change) // 'People logged in on fewer days: 12 active days in the last 30, down from 21 (−4.5 points).'
 */
export function sayChange(change: MeasuredChange): string {
  const words = SIGNAL_WORDS[change.signal] ?? ownWords(change.signal);
  const { value_from, value_to } = change;
  const effect = ` (${points(change.effect)}).`;
  if (value_to === null) {
    return value_from === null
      ? `${words.subject}: no data on either day${effect}`
      : `${words.subject}: no data any more${effect}`;
  }
  const now = describe(words, change.measure_to, value_to);
  if (value_from === null) return `${words.subject}: first data, ${now}${effect}`;
  if (value_from === value_to) return `${words.subject}: unchanged, ${now}; ${otherReason(change)}${effect}`;
  const then = describe(words, change.measure_from, value_from);
  return `${value_to > value_from ? words.better : words.worse}: ${now}, ${comparison(change, now, then)}${effect}`;
}

function describe(words: Words, measure: number | null, value: number): string {
  if (words.measure !== undefined && measure !== null) return words.measure(measure);
  return words.state?.(value) ?? `${whole(value)} of 100`;
}

/** "down from 21" where only the number differs, else the earlier state in full. */
function comparison(
  { measure_from, measure_to, value_from, value_to }: MeasuredChange,
  now: string,
  then: string,
) {
  const [from, to] =
    measure_from !== null && measure_to !== null ? [measure_from, measure_to] : [value_from!, value_to!];
  const number = /[\d.]+/;
  const isSameWording =
    now.replace(number, '').replace(/s\b/g, '') === then.replace(number, '').replace(/s\b/g, '');
  const earlier = isSameWording ? (number.exec(then)?.[0] ?? then) : then;
  if (!isSameWording) return `before: ${then}`;
  return `${to > from ? 'up' : 'down'} from ${earlier}${/^[\d.]+ %/.test(then) ? ' %' : ''}`;
}

const otherReason = ({ weight_effect, coverage_effect }: SignalChange): string => {
  if (Math.abs(weight_effect) < 0.05 && Math.abs(coverage_effect) < 0.05) return 'no effect';
  return Math.abs(weight_effect) >= Math.abs(coverage_effect)
    ? 'its weight was changed'
    : 'it counts differently as other signals came or went';
};
