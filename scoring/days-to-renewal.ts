import type { IsoDate } from '../warehouse/index.ts';
import { addDays, daysBetween } from './calendar.ts';
import type { Renewal } from './history.ts';

/**
 * Days from a day to the account's earliest renewal that was known and open on it, from the day on; else to the
 * latest that was late (negative); null when no renewal was known. Definitions, section 5, with what was known on
 * the day.
 *
 * @param renewals those of one account
 * @example daysToRenewal([{ renewal_date: '2025-03-01', … }], '2025-02-01', 30) // 28
 */
export function daysToRenewal(
  renewals: readonly Pick<Renewal, 'renewal_date' | 'first_known_date' | 'outcome_known_date'>[],
  day: IsoDate,
  graceDays: number,
): number | null {
  let next: IsoDate | null = null;
  let late: IsoDate | null = null;
  for (const { renewal_date, first_known_date, outcome_known_date } of renewals) {
    if (first_known_date !== null && first_known_date > day) continue;
    if (outcome_known_date !== null && outcome_known_date <= day) continue;
    if (renewal_date >= day) {
      if (next === null || renewal_date < next) next = renewal_date;
    } else if (addDays(renewal_date, graceDays) >= day && (late === null || renewal_date > late))
      late = renewal_date;
  }
  const counted = next ?? late;
  return counted === null ? null : daysBetween(day, counted);
}
