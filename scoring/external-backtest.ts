import { churnEvents, type Verdict } from './backtest-metrics.ts';
import { onDay } from './calendar.ts';
import type { ExternalScore } from './history.ts';
import type { Observation, Unit } from './observations.ts';
import type { EvaluationRules } from './rules.ts';
import { aucGain } from './stats/auc-gain.ts';
import { aucInterval } from './stats/auc-interval.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';

/** Which of two scores is the better one. */
export type Comparison = 'better' | 'worse' | 'not_told_apart' | Extract<Verdict, 'insufficient_evidence'>;

/** The score of another platform beside ours, on the cases that both scored. Every AUC is 0–1, 0.5 is a coin. */
export interface ExternalBacktest {
  /** the other platform */
  readonly system: string;
  /** churned and renewed cases for which both had a score at t */
  readonly n: number;
  /** churned and renewed cases that ours had, whether or not the other platform scored them */
  readonly case_count: number;
  readonly account_count: number;
  /** distinct churns among the `n` */
  readonly churn_count: number;
  readonly auc_external: number | null;
  readonly auc_external_ci_low: number | null;
  readonly auc_external_ci_high: number | null;
  readonly auc_own: number | null;
  readonly auc_own_ci_low: number | null;
  readonly auc_own_ci_high: number | null;
  /** ours less theirs, with a paired interval: each resample of accounts judges both */
  readonly auc_difference: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  /** what ours is against theirs */
  readonly verdict: Comparison;
  /** all of it in words */
  readonly sentence: string;
}

export interface ExternalBacktestOptions {
  readonly rules: EvaluationRules;
  readonly bootstrap: BootstrapOptions;
  /** what forbids a verdict although there are churns enough, in words */
  readonly withheld: string | null;
  /** whether the scores come by a mapping, which may have them the wrong way round; default true */
  readonly isMapped?: boolean;
}

/**
 * Judges the scores of other platforms on the same cases as ours: churned and renewed observations of one unit and
 * horizon for which a platform had a score at t. One result a platform, in order of its name; none for a platform
 * that scored none of them. AUC rests on order alone, so that a platform is not judged by where it puts its cuts.
 *
 * Intervals are 95 %, from resampling whole accounts; that of the difference is paired (`aucGain`). A verdict needs
 * `minimum_churns` distinct churns among the cases: `better` when the interval of the difference lies above 0, `worse`
 * when it lies below.
 *
 * @example
 * externalBacktest(observations, scores, options)[0]
 * // { system: 'oldtool', n: 212, auc_external: 0.71, auc_own: 0.79, auc_difference: 0.08, ci_low: 0.01, … }
 */
export function externalBacktest(
  observations: readonly Observation[],
  scores: readonly ExternalScore[],
  { rules, bootstrap, withheld, isMapped = true }: ExternalBacktestOptions,
): ExternalBacktest[] {
  const decided = observations.filter(({ outcome }) => outcome === 'churned' || outcome === 'renewed');
  const bySystem = Map.groupBy(scores, ({ system }) => system);
  return [...bySystem]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([system, given]) => {
      const scoreAt = new Map(given.map((one) => [onDay(one.account_id, one.as_of_date), one.score]));
      const both = decided.flatMap((one) => {
        const external = scoreAt.get(onDay(one.account_id, one.observed_date));
        return external === undefined ? [] : [{ one, external }];
      });
      if (both.length === 0) return [];
      const churn_count = churnEvents(
        both.map(({ one }) => one).filter(({ outcome }) => outcome === 'churned'),
      ).length;
      const cases = both.map(({ one, external }) => ({
        account_id: one.account_id,
        isChurned: one.outcome === 'churned',
        before: external,
        after: one.score,
      }));
      const theirs = aucInterval(
        cases.map((one) => ({ ...one, value: one.before })),
        bootstrap,
      );
      const ours = aucInterval(
        cases.map((one) => ({ ...one, value: one.after })),
        bootstrap,
      );
      const gain = aucGain(cases, bootstrap);
      const isEnough = churn_count >= rules.minimum_churns && withheld === null && gain !== null;
      const figures = {
        system,
        n: both.length,
        case_count: decided.length,
        account_count: new Set(cases.map(({ account_id }) => account_id)).size,
        churn_count,
        auc_external: theirs.value,
        auc_external_ci_low: theirs.low,
        auc_external_ci_high: theirs.high,
        auc_own: ours.value,
        auc_own_ci_low: ours.low,
        auc_own_ci_high: ours.high,
        auc_difference: gain?.gain ?? null,
        ci_low: gain?.low ?? null,
        ci_high: gain?.high ?? null,
        verdict: isEnough ? comparisonOf(gain) : ('insufficient_evidence' as const),
      };
      const why = withheld ?? `${churn_count} churns known; ${rules.minimum_churns} are needed`;
      const { unit, horizon_days } = both[0]!.one;
      const sentence = inWords(figures, unit, horizon_days, { rules, why, isMapped });
      return [{ ...figures, sentence }];
    });
}

const comparisonOf = ({ low, high }: { readonly low: number | null; readonly high: number | null }) =>
  low !== null && low > 0
    ? ('better' as const)
    : high !== null && high < 0
      ? ('worse' as const)
      : ('not_told_apart' as const);

const WHAT: Readonly<Record<Unit, string>> = { renewal: 'renewals', account: 'month ends of accounts' };

const decimals = (value: number | null) => value?.toFixed(2) ?? '–';
const signed = (value: number | null) => {
  const text = decimals(value).replace('-', '−');
  if (/^−?0\.00$/.test(text)) return '0.00';
  return value === null || text.startsWith('−') ? text : `+${text}`;
};
const within = (low: number | null, high: number | null, written = decimals) =>
  low === null ? 'no interval' : `${written(low)} to ${written(high)}`;

function inWords(
  found: Omit<ExternalBacktest, 'sentence'>,
  unit: Unit,
  horizonDays: number,
  {
    rules,
    why,
    isMapped,
  }: { readonly rules: EvaluationRules; readonly why: string; readonly isMapped: boolean },
): string {
  const { system, n, case_count, churn_count } = found;
  const missing = case_count - n;
  const on =
    `On the same ${n} ${WHAT[unit]} (${churn_count} churns), ${horizonDays} days ahead` +
    (missing === 0 ? '' : `, without ${missing} that ${system} had not scored`);
  if (found.auc_difference === null)
    return `${on}, ${system} and this score cannot be compared: all had the same outcome.`;
  const isTurned =
    isMapped && found.auc_external_ci_high !== null && found.auc_external_ci_high < rules.chance;
  return (
    `${on}, the score of ${system} reached an AUC of ${decimals(found.auc_external)} ` +
    `(${within(found.auc_external_ci_low, found.auc_external_ci_high)}), this one ${decimals(found.auc_own)} ` +
    `(${within(found.auc_own_ci_low, found.auc_own_ci_high)}); difference ${signed(found.auc_difference)} ` +
    `(${within(found.ci_low, found.ci_high, signed)}): ${conclusion(found, why)}.` +
    (isTurned
      ? ` Scores of ${system} are the higher where customers left: where it counts risk, map its score with subtracted_from.`
      : '')
  );
}

function conclusion({ verdict, system }: Omit<ExternalBacktest, 'sentence'>, why: string): string {
  switch (verdict) {
    case 'better':
      return 'this one is better';
    case 'worse':
      return `${system} is better`;
    case 'not_told_apart':
      return 'nothing shows that either is better';
    case 'insufficient_evidence':
      return `not enough evidence to say which is better (${why})`;
  }
}
