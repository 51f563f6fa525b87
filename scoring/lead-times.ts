import { type ChurnEvent, churnEvents } from './backtest-metrics.ts';
import type { RiskChange } from './history.ts';
import { leadDays } from './lead-days.ts';
import type { Observation } from './observations.ts';
import type { EvaluationRules } from './rules.ts';

/** Upper ends, in days, of the bands of warning; beyond the last is one more. */
const BANDS = [30, 60, 90, 180] as const;

/** How many churns had so much warning. */
export interface LeadTime {
  /** `red`, or `at_risk`: a flag of at least `at_risk_sustained` */
  readonly flagged_by: 'red' | 'at_risk';
  /** from the least: 0 is no warning */
  readonly band_order: number;
  /** `none`, `1 to 30 days` … `more than 180 days` */
  readonly band: string;
  readonly churn_count: number;
  /** of all churns, 0–1 */
  readonly share: number;
}

/**
 * How long before each churn the last unbroken warning had begun (`leadDays`), as a distribution with every band, empty
 * ones too. Nothing without a churn.
 *
 * @param riskChanges by account: days on which it turned red or at risk, or back
 */
export function leadTimes(
  observations: readonly Observation[],
  riskChanges: ReadonlyMap<string, readonly RiskChange[]>,
  rules: EvaluationRules,
): LeadTime[] {
  const events = churnEvents(observations.filter(({ outcome }) => outcome === 'churned'));
  if (events.length === 0) return [];
  const names = [
    'none',
    ...BANDS.map((end, index) => `${index === 0 ? 1 : BANDS[index - 1]! + 1} to ${end} days`),
    `more than ${BANDS.at(-1)} days`,
  ];
  return (['red', 'at_risk'] as const).flatMap((flagged_by) => {
    const bands = events.map((event) => bandOf(event, riskChanges, flagged_by, rules));
    return names.map((band, band_order): LeadTime => {
      const churn_count = bands.filter((each) => each === band_order).length;
      return { flagged_by, band_order, band, churn_count, share: churn_count / events.length };
    });
  });
}

function bandOf(
  { account_id, date }: ChurnEvent,
  riskChanges: ReadonlyMap<string, readonly RiskChange[]>,
  flaggedBy: LeadTime['flagged_by'],
  { ahead_days }: EvaluationRules,
): number {
  const changes = (riskChanges.get(account_id) ?? []).map((day) => ({
    date: day.as_of_date,
    isOn: flaggedBy === 'red' ? day.is_red : day.is_at_risk,
  }));
  const days = leadDays(changes, date, ahead_days);
  if (days === null) return 0;
  const band = BANDS.findIndex((end) => days <= end);
  return band === -1 ? BANDS.length + 1 : band + 1;
}
