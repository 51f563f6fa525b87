import { onDay } from './calendar.ts';
import type { AccountArr } from './history.ts';
import type { Observation, Unit } from './observations.ts';
import type { EvaluationRules } from './rules.ts';
import { aucInterval } from './stats/auc-interval.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import { correlationInterval } from './stats/correlation-interval.ts';
import type { SignalWeight } from './weight-proposal.ts';

/** What an account may do that a signal goes with: stay a customer, or buy more. */
export type GoodOutcome = 'renewal' | 'expansion';

/** How one signal went with one outcome, with 95 % intervals over accounts. */
export interface SignalOutcome {
  readonly unit: Unit;
  readonly horizon_days: number;
  readonly outcome: GoodOutcome;
  readonly signal: string;
  readonly weight: number;
  /** observations in which the signal had data */
  readonly n: number;
  /** of these the ones with the outcome */
  readonly outcome_count: number;
  /** distinct accounts with the rarer of the outcome and its absence */
  readonly account_count: number;
  readonly mean_with: number | null;
  readonly mean_without: number | null;
  /** −1 to 1; above 0 the outcome went with higher values */
  readonly correlation: number | null;
  readonly correlation_ci_low: number | null;
  readonly correlation_ci_high: number | null;
  /** chance that one with the outcome had the higher value; 0.5 says nothing */
  readonly auc: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly verdict: 'goes_with' | 'goes_against' | 'not_told_apart' | 'insufficient_evidence';
}

export interface SignalOutcomeOptions {
  readonly rules: EvaluationRules;
  readonly bootstrap: BootstrapOptions;
}

/**
 * Looks at how each signal, as it stood at t, went with staying and with buying more within the horizon. Expanded is an
 * account with ARR at t that has more of it at t + H, as known on either day; one that churned did not expand. No verdict
 * is given while fewer than `minimum_churns` accounts have the rarer of an outcome and its absence.
 *
 * @param observations of one unit and horizon; those that are censored are left out
 * @param arrLater ARR at t + H, where the account was in scope then
 * @param valuesOf values of the signals at t, in their order
 */
export function signalOutcomes(
  observations: readonly Observation[],
  arrLater: ReadonlyMap<string, number>,
  signals: readonly SignalWeight[],
  valuesOf: (one: Observation) => readonly (number | null)[],
  options: SignalOutcomeOptions,
): SignalOutcome[] {
  const settled = observations
    .filter(({ outcome }) => outcome !== 'censored')
    .map((one) => ({ one, values: valuesOf(one) }));
  const [first] = settled;
  if (first === undefined) return [];
  const { unit, horizon_days } = first.one;
  const outcomes: readonly { outcome: GoodOutcome; cases: Settled[] }[] = [
    {
      outcome: 'renewal',
      cases: settled
        .filter(({ one }) => one.outcome !== 'contracted')
        .map((each) => ({ ...each, isGood: each.one.outcome === 'renewed' })),
    },
    {
      outcome: 'expansion',
      cases: settled
        .filter(({ one }) => one.arr > 0)
        .map((each) => ({ ...each, isGood: hasExpanded(each.one, arrLater) })),
    },
  ];
  return outcomes.flatMap(({ outcome, cases }) =>
    signals.map(({ signal, weight }, index) => ({
      unit,
      horizon_days,
      outcome,
      signal,
      weight,
      ...goesWith(cases, index, options),
    })),
  );
}

interface Settled {
  readonly one: Observation;
  readonly values: readonly (number | null)[];
  readonly isGood: boolean;
}

/** A cent in a billion absorbs the rounding of sums. */
const hasExpanded = (
  { account_id, observed_date, arr, outcome }: Observation,
  arrLater: ReadonlyMap<string, number>,
) => outcome !== 'churned' && (arrLater.get(onDay(account_id, observed_date)) ?? 0) > arr * (1 + 1e-9);

/** ARR by account and t, of ARR as it was known H days after t. */
export const arrAfter = (arrLater: readonly AccountArr[], tOf: (later: string) => string) =>
  new Map(arrLater.map(({ account_id, as_of_date, arr }) => [onDay(account_id, tOf(as_of_date)), arr]));

function goesWith(
  settled: readonly Settled[],
  index: number,
  { rules, bootstrap }: SignalOutcomeOptions,
): Omit<SignalOutcome, 'unit' | 'horizon_days' | 'outcome' | 'signal' | 'weight'> {
  const cases = settled.flatMap(({ one, values, isGood }) => {
    const value = values[index];
    return value === null || value === undefined ? [] : [{ account_id: one.account_id, value, isGood }];
  });
  const having = (isGood: boolean) => cases.filter((each) => each.isGood === isGood);
  const mean = (of: readonly { readonly value: number }[]) =>
    of.length === 0 ? null : of.reduce((sum, { value }) => sum + value, 0) / of.length;
  const [good, others] = [having(true), having(false)];
  const account_count = Math.min(
    ...[good, others].map((of) => new Set(of.map(({ account_id }) => account_id)).size),
  );
  const correlation = correlationInterval(
    cases.map(({ isGood, ...each }) => ({ ...each, isMarked: isGood })),
    bootstrap,
  );
  const order = aucInterval(
    cases.map(({ isGood, ...each }) => ({ ...each, isChurned: !isGood })),
    bootstrap,
  );
  return {
    n: cases.length,
    outcome_count: good.length,
    account_count,
    mean_with: mean(good),
    mean_without: mean(others),
    correlation: correlation.value,
    correlation_ci_low: correlation.low,
    correlation_ci_high: correlation.high,
    auc: order.value,
    ci_low: order.low,
    ci_high: order.high,
    verdict:
      account_count < rules.minimum_churns || order.low === null || order.high === null
        ? 'insufficient_evidence'
        : order.low > 0.5
          ? 'goes_with'
          : order.high < 0.5
            ? 'goes_against'
            : 'not_told_apart',
  };
}
