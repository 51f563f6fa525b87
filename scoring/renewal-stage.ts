import type { IsoDate } from '../warehouse/index.ts';
import { addDays, daysBetween } from './calendar.ts';
import { COUNTED_STAGES, type RenewalRules, type RenewalStage } from './rules.ts';

/** What decides the stage of a renewal. */
export interface StagedRenewal {
  readonly renewal_date: IsoDate;
  readonly auto_renew: boolean;
  readonly notice_days: number | null;
  readonly renewal_outcome: string | null;
  readonly outcome_known_date: IsoDate | null;
}

export interface RenewalStageOnDay {
  /** the day that stages and notices count to */
  readonly anchor_date: IsoDate;
  /** negative after it */
  readonly days_to_anchor: number;
  readonly renewal_stage: RenewalStage;
}

function isHoliday(date: IsoDate, { holiday_start, holiday_end }: RenewalRules): boolean {
  const monthDay = date.slice(5);
  return holiday_start <= holiday_end
    ? monthDay >= holiday_start && monthDay <= holiday_end
    : monthDay >= holiday_start || monthDay <= holiday_end;
}

/**
 * The day a renewal is steered by: `renewal_date`, or for an auto-renewing contract the last day to give
 * notice. In the holiday period it moves earlier, once, even if it is still in the period then. Definitions,
 * section 5.
 *
 * @example anchorDate({ renewal_date: '2026-01-05', auto_renew: false, notice_days: null }, rules) // '2025-12-22'
 */
export function anchorDate(
  renewal: Pick<StagedRenewal, 'renewal_date' | 'auto_renew' | 'notice_days'>,
  rules: RenewalRules,
): IsoDate {
  const anchor = renewal.auto_renew
    ? addDays(renewal.renewal_date, -(renewal.notice_days ?? 0))
    : renewal.renewal_date;
  return isHoliday(anchor, rules) ? addDays(anchor, -rules.holiday_shift_days) : anchor;
}

/**
 * The stage of a renewal on a day: `closed` once its outcome is known, `late` after the renewal date without
 * one, `due` from the anchor through the renewal date, before that by the days to the anchor (`urgent` from
 * 30 … `planning` from 270, else `scheduled`). Definitions, section 5.
 *
 * @example
 * // 90 days before the anchor
 * renewalStage(renewal, '2026-03-02', rules) // { anchor_date: '2026-05-31', days_to_anchor: 90, renewal_stage: 'outreach' }
 */
export function renewalStage(
  renewal: StagedRenewal,
  asOfDate: IsoDate,
  rules: RenewalRules,
): RenewalStageOnDay {
  const anchor_date = anchorDate(renewal, rules);
  const days_to_anchor = daysBetween(asOfDate, anchor_date);
  return {
    anchor_date,
    days_to_anchor,
    renewal_stage: stageOf(renewal, asOfDate, days_to_anchor, rules),
  };
}

function stageOf(
  renewal: StagedRenewal,
  asOfDate: IsoDate,
  daysToAnchor: number,
  rules: RenewalRules,
): RenewalStage {
  const isClosed =
    renewal.renewal_outcome !== null &&
    (renewal.outcome_known_date === null || renewal.outcome_known_date <= asOfDate);
  if (isClosed) return 'closed';
  if (asOfDate > renewal.renewal_date) return 'late';
  if (daysToAnchor <= 0) return 'due';
  return COUNTED_STAGES.findLast((stage) => daysToAnchor <= rules.stage_days[stage]) ?? 'scheduled';
}
