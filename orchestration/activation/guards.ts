import type { IsoDate } from '../../warehouse/index.ts';
import type { Plan } from './plan.ts';

/** Why an object is not written, with what to do. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

const DAY_MS = 86_400_000;
const daysBetween = (from: IsoDate, to: IsoDate) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
/** A share (0–1) in words, rounded down to a tenth of a per cent. */
export const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`;

/** What came before in the destination, of one object. */
export interface History {
  /** The latest day of which an object was written to its end; null when none ever was. */
  readonly lastDay: IsoDate | null;
  /** The day of the last success, by the clock, for a ledger that was kept before days were. */
  readonly lastSuccess: IsoDate | null;
  /** Whether the ledger holds any record. */
  readonly hasLedger: boolean;
}

export interface GuardRules {
  readonly asOfDate: IsoDate;
  /** The share (0–1) of open records that may change from one day to the next. */
  readonly maxChangeShare: number;
  /** So many records may be new or change whatever the share. */
  readonly minChanges: number;
  readonly isFirst: boolean;
  readonly acceptsChanges: boolean;
}

/**
 * The share of open records that may change after `days` without an apply: 1 − (1 − share)^days, as if each day changed
 * its share of what was still as it had been. 0.3 gives 0.3 after a day, 0.51 after two, 0.66 after three.
 */
export const allowedShare = (share: number, days: number): number => 1 - (1 - share) ** Math.max(1, days);

/** Refuses rows that are not of the day that is asked for, or of a day before one that was written already. */
export function refuseDay(
  object: string,
  days: readonly IsoDate[],
  { asOfDate }: Pick<GuardRules, 'asOfDate'>,
  { lastDay }: Pick<History, 'lastDay'>,
): Refusal | null {
  const [oldest, newest] = [days[0], days.at(-1)];
  if (oldest === undefined || newest === undefined) return null;
  if (daysBetween(oldest, asOfDate) > 1)
    return {
      code: 'ACTIVATION_STALE',
      message:
        `The rows of ${object} are of ${oldest}, more than a day before ${asOfDate}. Nothing of it was sent. ` +
        'Run "tenure run --until score" and then activate again.',
    };
  if (newest > asOfDate)
    return {
      code: 'ACTIVATION_OTHER_DAY',
      message:
        `The rows of ${object} are of ${newest}, after ${asOfDate}, so they are not what was known then. Nothing of it was sent. ` +
        'Leave --as-of out.',
    };
  if (lastDay !== null && newest < lastDay)
    return {
      code: 'ACTIVATION_OLDER_DAY',
      message:
        `The rows of ${object} are of ${newest}, and those of ${lastDay} were written before. Nothing of it was sent: the past ` +
        'would take the place of the present. Build the line for today and activate again.',
    };
  return null;
}

/** Refuses what a fault would look like: a key that comes twice, too many changes, a first sync that nobody asked for. */
export function refuseChanges(
  object: string,
  { changes, open }: Pick<Plan, 'changes' | 'open'>,
  rules: GuardRules,
  { lastDay, lastSuccess, hasLedger }: History,
): Refusal | null {
  const created = changes.filter((change) => change.kind === 'create').length;
  if (!hasLedger) {
    if (rules.isFirst || created <= rules.minChanges) return null;
    return {
      code: 'ACTIVATION_FIRST',
      message: `${
        lastDay === null
          ? `No ${object} was ever written to this destination`
          : `The ledger of ${object} is lost, though it was written to on ${lastDay}`
      }: all ${created} would be. Nothing of it was sent. Look at the diff (tenure activate); if it is right, add --first.`,
    };
  }
  const changed = changes.length - created;
  const last = lastDay ?? lastSuccess;
  const days = last === null ? 1 : Math.max(1, daysBetween(last, rules.asOfDate));
  const share = allowedShare(rules.maxChangeShare, days);
  // rounded up: so few records as a share of one stop nothing, and 1 − 0.7 is a little more than 0.3
  const most = Math.max(rules.minChanges, Math.ceil(open * share - 1e-9));
  if (changed <= most || rules.acceptsChanges) return null;
  return {
    code: 'ACTIVATION_TOO_MANY_CHANGES',
    message:
      `${changed} of the ${open} open ${object} records written before would change, more than the ${percent(share)} that ` +
      `max_change_share (${rules.maxChangeShare} a day) allows ${days === 1 ? 'from one day to the next' : `after ${days} days`}. Nothing of it was sent. ` +
      'Look at the diff (tenure activate); if it is right, add --accept-many.',
  };
}

export const repeatedKeysRefusal = (object: string, keys: readonly string[]): Refusal => ({
  code: 'ACTIVATION_REPEATED_KEYS',
  message:
    `Expected one row a record of ${object}, found ${keys.length} keys more than once (${keys.slice(0, 5).join(', ')}). ` +
    'Nothing of it was sent. Mend the model, build, and run activate again.',
});
