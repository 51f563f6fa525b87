import type { Observation } from './observations.ts';
import { type AucGain, aucGain, type ScoredTwice } from './stats/auc-gain.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import { crossFit } from './stats/cross-fit.ts';

/** As of `fitRisk` by default. */
const PENALTY = 1;
/** Beyond the horizon the calendar is told apart up to so many days; later is alike. */
const FAR_DAYS = 365;

/** In the order of the calendar alone: no renewal known is the safest. */
export const NO_RENEWAL = 1e6;

const within = (value: number) => Math.min(1, Math.max(0, value));

/**
 * The days to renewal as five features of 0–1, none of which may raise the risk as it grows: not late, the days
 * within the horizon, beyond the horizon, the days beyond it, no renewal in sight. Any rising curve with a step at
 * the horizon can be made of them.
 */
function calendarFeatures(days: number | null, horizonDays: number): number[] {
  const far = days ?? NO_RENEWAL;
  return [
    far >= 0 ? 1 : 0,
    within(far / horizonDays),
    far > horizonDays ? 1 : 0,
    within((far - horizonDays) / FAR_DAYS),
    days === null ? 1 : 0,
  ];
}

/**
 * What a score knows beyond the calendar: how a model of both, days to renewal and score, orders churn, against the
 * days alone (the sooner, the riskier), on the same cases. `before` is the calendar's AUC, `after` that of the model
 * of both, `gain` the lift with its interval over accounts.
 *
 * The model is a logistic fit that is never judged on accounts it was fitted on (`crossFit`). So a score that says
 * nothing gains nothing, on average.
 *
 * @param decided churned and renewed observations of one unit and horizon
 * @returns null where one of the two outcomes is absent, in all cases or outside a fold
 * @example calendarLift(decided, 90, { samples: 1000, seed: 1 }) // { before: 0.88, after: 0.91, gain: 0.03, … }
 */
export function calendarLift(
  decided: readonly Observation[],
  horizonDays: number,
  bootstrap: BootstrapOptions,
): AucGain | null {
  const rows = decided.map(({ days_to_renewal, score }) => [
    ...calendarFeatures(days_to_renewal, horizonDays),
    score / 100,
  ]);
  const churned = Uint8Array.from(decided, ({ outcome }) => (outcome === 'churned' ? 1 : 0));
  const matrix = { featureCount: rows[0]?.length ?? 0, features: Float64Array.from(rows.flat()), churned };
  const both = crossFit(
    matrix,
    decided.map(({ account_id }) => account_id),
    PENALTY,
  );
  if (both === null) return null;
  const cases = decided.map(
    ({ account_id, days_to_renewal }, index): ScoredTwice => ({
      account_id,
      isChurned: churned[index] === 1,
      before: days_to_renewal ?? NO_RENEWAL,
      after: both[index]!,
    }),
  );
  return aucGain(cases, bootstrap);
}
