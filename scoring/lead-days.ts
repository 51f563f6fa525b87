import type { IsoDate } from '../warehouse/index.ts';
import { addDays, daysBetween } from './calendar.ts';

/** A day from which something was on or not, until the next one; in order, and possibly the same again. */
export interface StateChange {
  readonly date: IsoDate;
  readonly isOn: boolean;
}

/**
 * Days of warning before a churn: from the first day of the last unbroken run that was on, to the day the
 * churn took effect or was known, whichever came first. Null when nothing was on in the `aheadDays` days
 * before: a run that ended earlier warned of nothing (a surprise churn, definitions section 4).
 *
 * @example
 * leadDays([{ date: '2025-01-01', isOn: false }, { date: '2025-03-01', isOn: true }], '2025-06-01', 60) // 92
 */
export function leadDays(
  changes: readonly StateChange[],
  churnDate: IsoDate,
  aheadDays: number,
): number | null {
  const last = changes.findLastIndex(({ date, isOn }) => isOn && date < churnDate);
  if (last === -1) return null;
  const next = changes[last + 1];
  const endsBefore = next === undefined || next.date > churnDate ? churnDate : next.date;
  if (endsBefore <= addDays(churnDate, -aheadDays)) return null;
  const first = changes.findLastIndex(({ isOn }, index) => index < last && !isOn) + 1;
  return daysBetween(changes[first]!.date, churnDate);
}
