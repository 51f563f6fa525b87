import { addDays } from './calendar.ts';
import type { Observation, Unit } from './observations.ts';
import type { EvaluationRules } from './rules.ts';
import { aucInterval } from './stats/auc-interval.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import type { SignalWeight } from './weight-proposal.ts';

/** How one signal alone told churn from renewal, with its 95 % interval over accounts. */
export interface SignalEvidence {
  readonly unit: Unit;
  readonly horizon_days: number;
  readonly signal: string;
  readonly weight: number;
  /** churned and renewed observations in which it had data */
  readonly n: number;
  readonly churned_count: number;
  readonly mean_churned: number | null;
  readonly mean_renewed: number | null;
  /** 0.5 says nothing, below it the signal speaks the wrong way */
  readonly auc: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  /** the same against churns that nobody could know of for longer than the near horizon */
  readonly early_auc: number | null;
  readonly early_ci_low: number | null;
  readonly early_ci_high: number | null;
  readonly is_suspected_leak: boolean;
}

export interface SignalEvidenceOptions {
  readonly rules: EvaluationRules;
  readonly bootstrap: BootstrapOptions;
}

/**
 * Looks at each signal alone, as it stood at t, against what happened. A signal is suspected of a leak when it orders
 * churns that were more than `near_horizon_days` away so well that even the lower end of its interval is at least
 * `leak_auc`: whoever writes a customer down as lost only after the loss, with an earlier date, makes such a signal.
 * Needs `minimum_cases` accounts that churned so late.
 *
 * @param observations of one unit and horizon, the far one
 * @param valuesOf values of the signals at t, in their order
 */
export function signalEvidence(
  observations: readonly Observation[],
  signals: readonly SignalWeight[],
  valuesOf: (one: Observation) => readonly (number | null)[],
  { rules, bootstrap }: SignalEvidenceOptions,
): SignalEvidence[] {
  const decided = observations
    .filter(({ outcome }) => outcome === 'churned' || outcome === 'renewed')
    .map((one) => ({ one, isChurned: one.outcome === 'churned', values: valuesOf(one) }));
  return signals.map(({ signal, weight }, index) => {
    const cases = decided.flatMap(({ one, isChurned, values }) => {
      const value = values[index];
      return value === null || value === undefined
        ? []
        : [{ one, account_id: one.account_id, isChurned, value }];
    });
    const early = cases.filter(
      ({ one, isChurned }) =>
        !isChurned || firstSign(one) > addDays(one.observed_date, rules.near_horizon_days),
    );
    const all = aucInterval(cases, bootstrap);
    const ofEarly = aucInterval(early, bootstrap);
    const earlyAccounts = new Set(
      early.filter(({ isChurned }) => isChurned).map(({ one }) => one.account_id),
    );
    const mean = (isChurned: boolean) => {
      const values = cases.filter((each) => each.isChurned === isChurned).map(({ value }) => value);
      return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    const first = observations[0]!;
    return {
      unit: first.unit,
      horizon_days: first.horizon_days,
      signal,
      weight,
      n: cases.length,
      churned_count: cases.filter(({ isChurned }) => isChurned).length,
      mean_churned: mean(true),
      mean_renewed: mean(false),
      auc: all.value,
      ci_low: all.low,
      ci_high: all.high,
      early_auc: ofEarly.value,
      early_ci_low: ofEarly.low,
      early_ci_high: ofEarly.high,
      is_suspected_leak:
        earlyAccounts.size >= rules.minimum_cases && ofEarly.low !== null && ofEarly.low >= rules.leak_auc,
    };
  });
}

/** The first day on which anybody could have seen a churn: when it took effect or was known. */
const firstSign = ({ observed_date, churn_date, churn_known_date }: Observation) => {
  const [first] = [churn_date, churn_known_date].filter((day) => day !== null).sort();
  return first ?? observed_date;
};
