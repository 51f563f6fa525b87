import type { IsoDate } from '../warehouse/index.ts';
import type { FrozenForecast, FrozenPoint } from './forecast.ts';
import type { OwnerCall } from './history.ts';
import type { EvaluationRules } from './rules.ts';
import { brier } from './stats/brier.ts';
import { clusterBootstrap } from './stats/cluster-bootstrap.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import { wilsonInterval } from './stats/wilson-interval.ts';

/** Who was nearer, or why nobody can say. */
export type Nearer = 'owner' | 'forecast' | 'not_told_apart' | 'insufficient_evidence';

/** What owners and the forecast said of the same renewals, and what came. Money in the tenant's currency. */
export interface CallAccuracy {
  readonly frozen_at: FrozenPoint;
  /** one word, or `all` */
  readonly owner_call: string;
  /** renewals with a call, of `case_count` that were open */
  readonly n: number;
  readonly case_count: number;
  readonly account_count: number;
  readonly churn_count: number;
  readonly due_arr: number;
  /** Σ ARR × the share of the word */
  readonly call_arr: number;
  /** Σ ARR × P(renew) */
  readonly forecast_arr: number;
  /** what was kept of it */
  readonly kept_arr: number;
  /** the share that the word is taken to promise; null of all words together */
  readonly call_share: number | null;
  /** the share that renewed, with Wilson's 95 % interval */
  readonly renewed_share: number;
  readonly renewed_share_ci_low: number;
  readonly renewed_share_ci_high: number;
  /** mean squared distance to what came, 0–1: 0 is perfect */
  readonly call_brier: number;
  readonly forecast_brier: number;
  /** Σ |foretold ARR − kept ARR| / Σ kept ARR; null when nothing was kept */
  readonly call_wape: number | null;
  readonly forecast_wape: number | null;
  /** call_brier − forecast_brier: above 0 the forecast was nearer; 95 % interval by accounts */
  readonly brier_difference: number;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly verdict: Nearer;
  /** all of it in words */
  readonly sentence: string;
}

export const ALL_CALLS = 'all';

interface Case extends FrozenForecast {
  readonly call: OwnerCall;
}

/**
 * Who was nearer to what came, owners or the forecast, on the same renewals: those that have ended and had a call on the
 * day on which the forecast was frozen. One row a point and word, and one for all words of a point; none without a call.
 *
 * Judged by the Brier score of both as probabilities, because it is best for who says what they believe; the error in ARR
 * stands beside it. The interval of the difference is paired and clustered by account (`clusterBootstrap`). A verdict needs
 * `minimum_churns` churns, as those of the backtest: without renewals that were lost, hoping is always right.
 *
 * @example
 * ownerCallAccuracy(frozen, calls, { rules, bootstrap })[0]
 * // { frozen_at: 'quarter_start', owner_call: 'all', n: 64, call_brier: 0.19, forecast_brier: 0.12, verdict: 'forecast', … }
 */
export function ownerCallAccuracy(
  forecasts: readonly FrozenForecast[],
  calls: readonly OwnerCall[],
  options: { readonly rules: EvaluationRules; readonly bootstrap: BootstrapOptions },
): CallAccuracy[] {
  const keyOf = (contract: string, renewal: IsoDate, day: IsoDate) =>
    JSON.stringify([contract, renewal, day]);
  const callOf = new Map(
    calls.map((call) => [keyOf(call.contract_id, call.renewal_date, call.as_of_date), call]),
  );
  return [...Map.groupBy(forecasts, ({ frozen_at }) => frozen_at)].flatMap(([frozen_at, open]) => {
    const called = open.flatMap((one): Case[] => {
      const call = callOf.get(keyOf(one.contract_id, one.renewal_date, one.cutoff));
      return call === undefined ? [] : [{ ...one, call }];
    });
    if (called.length === 0) return [];
    const byWord = [...Map.groupBy(called, ({ call }) => call.owner_call)].sort(
      ([, [left]], [, [right]]) => right!.call.call_share - left!.call.call_share,
    );
    return [[ALL_CALLS, called] as const, ...byWord].map(([word, cases]) =>
      accuracyOf(frozen_at, word, cases, open.length, options),
    );
  });
}

function accuracyOf(
  frozen_at: FrozenPoint,
  owner_call: string,
  cases: readonly Case[],
  case_count: number,
  { rules, bootstrap }: { readonly rules: EvaluationRules; readonly bootstrap: BootstrapOptions },
): CallAccuracy {
  const isRenewed = cases.map(({ is_renewed }) => is_renewed);
  const shares = cases.map(({ call }) => call.call_share);
  const probabilities = cases.map(({ renew_probability }) => renew_probability);
  const sum = (value: (one: Case) => number) => cases.reduce((total, one) => total + value(one), 0);
  const kept_arr = sum((one) => one.kept_arr);
  const wape = (share: (one: Case) => number) =>
    kept_arr > 0 ? sum((one) => Math.abs(one.arr * share(one) - one.kept_arr)) / kept_arr : null;
  const accounts = [...new Set(cases.map(({ account_id }) => account_id))];
  const clusterOf = new Map(accounts.map((account, index) => [account, index]));
  const difference = (weights?: Float64Array) => {
    const [ofCalls, ofForecast] = [shares, probabilities].map((said) => brier(said, isRenewed, weights));
    return ofCalls == null || ofForecast == null ? null : ofCalls - ofForecast;
  };
  const interval = clusterBootstrap(
    cases.map(({ account_id }) => clusterOf.get(account_id)!),
    accounts.length,
    difference,
    bootstrap,
  );
  const churn_count = isRenewed.filter((renewed) => !renewed).length;
  const renewed_share = (cases.length - churn_count) / cases.length;
  const share = wilsonInterval(renewed_share, cases.length)!;
  const figures = {
    frozen_at,
    owner_call,
    n: cases.length,
    case_count,
    account_count: accounts.length,
    churn_count,
    due_arr: sum(({ arr }) => arr),
    call_arr: sum(({ arr, call }) => arr * call.call_share),
    forecast_arr: sum(({ arr, renew_probability }) => arr * renew_probability),
    kept_arr,
    call_share: owner_call === ALL_CALLS ? null : shares[0]!,
    renewed_share,
    renewed_share_ci_low: share.low,
    renewed_share_ci_high: share.high,
    call_brier: brier(shares, isRenewed)!,
    forecast_brier: brier(probabilities, isRenewed)!,
    call_wape: wape(({ call }) => call.call_share),
    forecast_wape: wape(({ renew_probability }) => renew_probability),
    brier_difference: difference()!,
    ci_low: interval?.low ?? null,
    ci_high: interval?.high ?? null,
  };
  const verdict = nearerOf(figures, rules);
  return { ...figures, verdict, sentence: inWords({ ...figures, verdict }, rules) };
}

function nearerOf(
  { churn_count, ci_low, ci_high }: Pick<CallAccuracy, 'churn_count' | 'ci_low' | 'ci_high'>,
  rules: EvaluationRules,
): Nearer {
  if (churn_count < rules.minimum_churns || ci_low === null || ci_high === null)
    return 'insufficient_evidence';
  return ci_low > 0 ? 'forecast' : ci_high < 0 ? 'owner' : 'not_told_apart';
}

const WHEN: Readonly<Record<FrozenPoint, string>> = {
  quarter_start: 'at the start of the quarter',
  days_60: '60 days before its last day',
  days_30: '30 days before its last day',
};
const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(0)} %`);

function inWords(found: Omit<CallAccuracy, 'sentence'>, rules: EvaluationRules): string {
  const { owner_call, n, churn_count, verdict } = found;
  const word = owner_call === ALL_CALLS ? '' : ` called ${owner_call.replaceAll('_', ' ')}`;
  const conclusions: Readonly<Record<Nearer, string>> = {
    owner: 'the owners were nearer',
    forecast: 'the forecast was nearer',
    not_told_apart: 'nothing shows that either was nearer',
    insufficient_evidence: `not enough evidence to say who was nearer (${count(churn_count, 'churn')} known; ${rules.minimum_churns} are needed)`,
  };
  return (
    `Of ${count(n, 'renewal')}${word} ${WHEN[found.frozen_at]}, ${percent(found.renewed_share)} renewed. ` +
    `Owners were off by ${percent(found.call_wape)} of the ARR kept (Brier score ${found.call_brier.toFixed(3)}), ` +
    `the forecast by ${percent(found.forecast_wape)} (${found.forecast_brier.toFixed(3)}): ${conclusions[verdict]}.`
  );
}
