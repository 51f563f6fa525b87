import { calendarLift, NO_RENEWAL } from './calendar-lift.ts';
import { isAtRisk, type RiskChange } from './history.ts';
import { leadDays } from './lead-days.ts';
import type { Observation } from './observations.ts';
import type { EvaluationRules } from './rules.ts';
import { auc } from './stats/auc.ts';
import type { AucGain } from './stats/auc-gain.ts';
import { balancedAccuracy } from './stats/balanced-accuracy.ts';
import { brier } from './stats/brier.ts';
import { clusterBootstrap } from './stats/cluster-bootstrap.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import { effectiveSampleSize } from './stats/effective-sample-size.ts';
import { liftTopDecile } from './stats/lift-top-decile.ts';
import { scoreDeciles } from './stats/score-deciles.ts';
import { weightedMedian } from './stats/weighted-median.ts';
import { type Interval, wilsonInterval } from './stats/wilson-interval.ts';

export type Verdict = 'pass' | 'fail' | 'insufficient_evidence';

/** A figure of the backtest with its 95 % interval; `n` is the number of cases it rests on. */
export interface Metric {
  readonly metric: string;
  readonly value: number | null;
  readonly n: number;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  /** null for a figure without a target, once there is evidence */
  readonly verdict: Verdict | null;
  /** why the verdict is not "pass", in words; null without anything to say */
  readonly reason: string | null;
}

/** Churn and score in one tenth of the cases, by score. */
export interface CalibrationDecile {
  /** 1 lowest scores … 10 highest */
  readonly decile: number;
  readonly n: number;
  readonly mean_score: number;
  readonly churn_rate: number;
  readonly ci_low: number;
  readonly ci_high: number;
}

/**
 * An observation with the probability of churn (0–1) that walk-forward calibration gives its score, null
 * before any outcome is known.
 */
export interface CalibratedObservation extends Observation {
  readonly churn_probability: number | null;
}

/**
 * What counts as flagged, and the ending of the metrics' names. Red is the plain one (definitions, section
 * 6).
 */
const FLAGGINGS = [
  { ending: '', isFlagged: (day: Observation) => day.category === 'red', change: 'is_red' },
  { ending: '_at_risk', isFlagged: (day: Observation) => isAtRisk(day.flag), change: 'is_at_risk' },
] as const;

const isChurned = (observation: Observation) => observation.outcome === 'churned';
const isRed = (observation: Observation) => observation.category === 'red';
const isGreen = (observation: Observation) => observation.category === 'green';

/** The churn itself, of which the unit `account` sees several month ends. */
export interface ChurnEvent {
  readonly account_id: string;
  /** the day it took effect or was known, whichever came first */
  readonly date: string;
}

/** The distinct churns among observations. */
export function churnEvents(observations: readonly Observation[]): ChurnEvent[] {
  const events = new Map<string, ChurnEvent>();
  for (const { account_id, churn_date, churn_known_date } of observations) {
    if (churn_date === null) continue;
    const isKnownFirst = churn_known_date !== null && churn_known_date < churn_date;
    events.set(`${churn_date} ${account_id}`, {
      account_id,
      date: isKnownFirst ? churn_known_date : churn_date,
    });
  }
  return [...events.values()];
}

/** The accounts of cases, numbered for the bootstrap. */
export function numberAccounts(cases: readonly { readonly account_id: string }[]) {
  const numbers = new Map<string, number>();
  const clusters = cases.map(({ account_id }) => {
    const number = numbers.get(account_id) ?? numbers.size;
    numbers.set(account_id, number);
    return number;
  });
  return { clusters, count: numbers.size };
}

export interface MetricOptions {
  readonly rules: EvaluationRules;
  readonly bootstrap: BootstrapOptions;
  /** scores left out because they rest on attributes not yet known */
  readonly notLeakProofCount?: number;
  /** signals with a weight that know too much too early (`signalEvidence`) */
  readonly suspectedLeaks?: readonly string[];
  /** what forbids a verdict although there are churns enough, in words */
  readonly withheld?: string | null;
  /** metrics whose intervals are wanted; default all */
  readonly only?: ReadonlySet<string>;
}

/**
 * The metrics of section 6 of the definitions for the observations of one unit, horizon and segment.
 *
 * Churned and renewed are the two classes; contraction is a third outcome, kept out of them and shown by
 * `contraction_rate` and `contraction_flag_rate`; censored observations are only counted. Flagged means red;
 * the same name with the ending `_at_risk` means a flag of `at_risk_sustained` or graver. Shares (0–1) carry
 * a Wilson interval, for the unit `account` over the effective number of cases, as months of one account are
 * not independent; `auc`, `balanced_accuracy`, `lift_top_decile`, `brier` and `median_lead_days` a bootstrap
 * interval over accounts. A verdict needs `minimum_churns` distinct churns, that on a share also `minimum_cases`
 * cases (for the unit `account` of as many accounts).
 *
 * Two baselines stand beside the score on the same cases: `accuracy_always_renew`, how often calling everybody safe is
 * right, and `auc_calendar`, the order of the days to renewal alone, with `auc_lift_over_calendar` (`calendarLift`).
 * `auc` passes when its interval lies above 0.5 and that of the lift above 0. `go_live_gate`, of the unit `renewal` only,
 * is 1 when passed, else 0; its `reason` names each condition that failed.
 *
 * @param riskChanges by account: days on which it turned red or at risk, or back
 */
export function backtestMetrics(
  observations: readonly CalibratedObservation[],
  riskChanges: ReadonlyMap<string, readonly RiskChange[]>,
  { rules, bootstrap, notLeakProofCount, suspectedLeaks = [], withheld = null, only }: MetricOptions,
): Metric[] {
  const resolved = observations.filter(({ outcome }) => outcome !== 'censored');
  const contracted = resolved.filter(({ outcome }) => outcome === 'contracted');
  // Ascending scores, as auc and lift need them; ties in any order.
  const decided = resolved
    .filter(({ outcome }) => outcome !== 'contracted')
    .sort((left, right) => left.score - right.score);
  const churned = decided.filter(isChurned);
  const renewed = decided.filter((observation) => !isChurned(observation));
  const red = decided.filter(isRed);
  const green = decided.filter(isGreen);
  const events = churnEvents(churned);
  const isEnough = events.length >= rules.minimum_churns && withheld === null;
  const tooFew = withheld ?? `${events.length} churns known; ${rules.minimum_churns} are needed`;
  const isWanted = (metric: string) => only === undefined || only.has(metric);

  const judge = (isMet: boolean | null): Verdict | null => {
    if (!isEnough) return 'insufficient_evidence';
    if (isMet === null) return null;
    return isMet ? 'pass' : 'fail';
  };

  const share = <T extends { readonly account_id: string }>(
    metric: string,
    cases: readonly T[],
    isHit: (one: T) => boolean,
    isMet?: (value: number) => boolean,
  ): Metric => {
    const hits = cases.map(isHit);
    const value = hits.length === 0 ? null : hits.filter(Boolean).length / hits.length;
    const interval = value === null ? null : shareInterval(observations[0]!.unit, cases, hits, value);
    const isFew = isMet !== undefined && caseCount(observations[0]?.unit, cases) < rules.minimum_cases;
    const verdict = isFew
      ? 'insufficient_evidence'
      : judge(value === null || isMet === undefined ? null : isMet(value));
    const reason = isMet !== undefined && isFew ? `${metric} rests on ${hits.length} cases` : null;
    return { metric, value, n: hits.length, ...ends(interval), verdict, reason };
  };

  const bootstrapped = (
    metric: string,
    cases: readonly { readonly account_id: string }[],
    statistic: (weights?: Float64Array) => number | null,
    isMet?: (interval: Interval) => boolean,
  ): Metric => {
    const { clusters, count } = numberAccounts(cases);
    const value = statistic();
    const interval =
      value === null || !isWanted(metric) ? null : clusterBootstrap(clusters, count, statistic, bootstrap);
    const verdict = judge(isMet === undefined ? null : interval !== null && isMet(interval));
    return { metric, value, n: cases.length, ...ends(interval), verdict, reason: null };
  };

  const count = (metric: string, value: number): Metric => ({
    metric,
    value,
    n: value,
    ci_low: null,
    ci_high: null,
    verdict: judge(null),
    reason: null,
  });

  const scores = decided.map(({ score }) => score);
  const churnedColumn = decided.map(isChurned);
  const foretold = decided.filter(({ churn_probability }) => churn_probability !== null);
  const probabilities = foretold.map(({ churn_probability }) => churn_probability!);
  const foretoldChurned = foretold.map(isChurned);

  const greenChurnRate = share('green_churn_rate', green, isChurned, (value) => value < rules.error_rate);
  const redRenewRate = share(
    'red_renew_rate',
    red,
    (day) => !isChurned(day),
    (value) => value < rules.error_rate,
  );
  const decisiveAccuracy = share(
    'decisive_accuracy',
    [...red, ...green],
    (day) => isRed(day) === isChurned(day),
    (value) => value > rules.decisive_accuracy,
  );

  const byFlagging = FLAGGINGS.flatMap(({ ending, isFlagged, change }): Metric[] => {
    const flagged = decided.filter(isFlagged);
    const flaggedColumn = decided.map(isFlagged);
    const leads = events.map((event) => ({
      account_id: event.account_id,
      days: leadDays(
        (riskChanges.get(event.account_id) ?? []).map((day) => ({ date: day.as_of_date, isOn: day[change] })),
        event.date,
        rules.ahead_days,
      ),
    }));
    const warned = leads
      .filter((lead): lead is { account_id: string; days: number } => lead.days !== null)
      .sort((left, right) => left.days - right.days);
    return [
      share(`missed_churn_rate${ending}`, churned, (day) => !isFlagged(day)),
      share(`false_alarm_rate${ending}`, renewed, isFlagged),
      share(`precision${ending}`, flagged, isChurned),
      share(`recall${ending}`, churned, isFlagged),
      bootstrapped(
        `balanced_accuracy${ending}`,
        decided,
        (weights) => balancedAccuracy(flaggedColumn, churnedColumn, weights),
        ({ low }) => low > rules.chance,
      ),
      bootstrapped(`median_lead_days${ending}`, warned, (weights) =>
        weightedMedian(
          warned.map(({ days }) => days),
          weights,
        ),
      ),
      share(`flagged_60d_ahead${ending}`, leads, ({ days }) => days !== null && days >= rules.ahead_days),
      share(`contraction_flag_rate${ending}`, contracted, isFlagged),
    ];
  });

  const unit = observations[0]?.unit;
  const plainAuc = bootstrapped(
    'auc',
    decided,
    (weights) => auc(scores, churnedColumn, weights),
    ({ low }) => low > rules.chance,
  );
  const lift =
    isWanted('auc_lift_over_calendar') && decided.length > 0
      ? calendarLift(decided, decided[0]!.horizon_days, bootstrap)
      : null;
  const calendar = byCalendar(decided, lift, bootstrap);
  const failures = [
    ...(plainAuc.verdict === 'fail' ? [`its interval reaches ${rules.chance}, which is chance`] : []),
    ...(isEnough && isWanted('auc_lift_over_calendar') && !(lift?.low != null && lift.low > 0)
      ? ['nothing shows that it knows more than the days to renewal do']
      : []),
    ...(isEnough && suspectedLeaks.length > 0 ? [tooEarly(suspectedLeaks)] : []),
  ];
  const aucMetric: Metric = {
    ...plainAuc,
    verdict: plainAuc.verdict === 'pass' && failures.length > 0 ? 'fail' : plainAuc.verdict,
    reason: isEnough ? failures.join('; ') || null : tooFew,
  };

  const balanced = byFlagging.find(({ metric }) => metric === 'balanced_accuracy')!;
  const metrics: Metric[] = [
    goLiveGate({
      unit,
      n: decided.length,
      conditions: [greenChurnRate, redRenewRate, decisiveAccuracy, balanced],
      rules,
      isEnough,
      tooFew,
      suspectedLeaks,
    }),
    greenChurnRate,
    redRenewRate,
    decisiveAccuracy,
    share('decisive_coverage', decided, (day) => isRed(day) || isGreen(day)),
    share('accuracy_always_renew', decided, (day) => !isChurned(day)),
    aucMetric,
    { ...calendar.auc, verdict: judge(null) },
    { ...calendar.lift, verdict: judge(lift === null ? null : lift.low !== null && lift.low > 0) },
    bootstrapped('lift_top_decile', decided, (weights) => liftTopDecile(scores, churnedColumn, weights)),
    bootstrapped('brier', foretold, (weights) => brier(probabilities, foretoldChurned, weights)),
    ...byFlagging,
    share('churn_rate', decided, isChurned),
    share('contraction_rate', resolved, ({ outcome }) => outcome === 'contracted'),
    count('churn_count', events.length),
    count('censored_count', observations.length - resolved.length),
    ...(notLeakProofCount === undefined ? [] : [count('not_leak_proof_count', notLeakProofCount)]),
  ];
  return metrics.filter(({ metric }) => isWanted(metric));
}

const tooEarly = (signals: readonly string[]) =>
  `${signals.join(', ')} ${signals.length === 1 ? 'knows' : 'know'} too much too early: what ${signals.length === 1 ? 'it holds' : 'they hold'} was written with hindsight`;

/** The order of the days to renewal alone, and what the score adds to it. */
function byCalendar(
  decided: readonly CalibratedObservation[],
  lift: AucGain | null,
  bootstrap: BootstrapOptions,
): { auc: Omit<Metric, 'verdict'>; lift: Omit<Metric, 'verdict'> } {
  const sorted = [...decided].sort(
    (left, right) => (left.days_to_renewal ?? NO_RENEWAL) - (right.days_to_renewal ?? NO_RENEWAL),
  );
  const days = sorted.map(({ days_to_renewal }) => days_to_renewal ?? NO_RENEWAL);
  const churned = sorted.map(isChurned);
  const { clusters, count } = numberAccounts(sorted);
  const interval =
    lift === null
      ? null
      : clusterBootstrap(clusters, count, (weights) => auc(days, churned, weights), bootstrap);
  return {
    auc: {
      metric: 'auc_calendar',
      value: lift?.before ?? null,
      n: decided.length,
      ...ends(interval),
      reason: null,
    },
    lift: {
      metric: 'auc_lift_over_calendar',
      value: lift?.gain ?? null,
      n: decided.length,
      ci_low: lift?.low ?? null,
      ci_high: lift?.high ?? null,
      reason: null,
    },
  };
}

/** What a failed condition of the gate is called in words, with what was found. */
function failedCondition({ metric, value, ci_low }: Metric, rules: EvaluationRules): string {
  const percent = (share: number | null) => (share === null ? '–' : `${Math.round(share * 1000) / 10} %`);
  switch (metric) {
    case 'green_churn_rate':
      return `of green ${percent(value)} churned, expected less than ${percent(rules.error_rate)}`;
    case 'red_renew_rate':
      return `of red ${percent(value)} renewed, expected less than ${percent(rules.error_rate)}`;
    case 'decisive_accuracy':
      return `of red and green ${percent(value)} ended as the colour said, expected more than ${percent(rules.decisive_accuracy)}`;
    default:
      return `balanced accuracy is ${percent(value)} and may be as low as ${percent(ci_low)}, expected above ${percent(rules.chance)}, which calling everybody safe gives`;
  }
}

/** The go-live gate of definitions, section 6, with what failed in words. Of renewals only. */
function goLiveGate({
  unit,
  n,
  conditions,
  rules,
  isEnough,
  tooFew,
  suspectedLeaks,
}: {
  readonly unit: Observation['unit'] | undefined;
  readonly n: number;
  readonly conditions: readonly Metric[];
  readonly rules: EvaluationRules;
  readonly isEnough: boolean;
  readonly tooFew: string;
  readonly suspectedLeaks: readonly string[];
}): Metric {
  const base = { metric: 'go_live_gate', n, ci_low: null, ci_high: null };
  if (unit === 'account')
    return { ...base, value: null, verdict: null, reason: 'the gate is decided per renewal' };
  if (!isEnough) return { ...base, value: 0, verdict: 'insufficient_evidence', reason: tooFew };
  const failed = conditions.filter(({ verdict }) => verdict === 'fail');
  const open = conditions.filter(({ verdict }) => verdict !== 'fail' && verdict !== 'pass');
  const words = [
    ...failed.map((metric) => failedCondition(metric, rules)),
    ...(suspectedLeaks.length > 0 ? [tooEarly(suspectedLeaks)] : []),
  ];
  const undecided = open.map(({ metric, n: cases }) => `${metric} rests on ${cases} cases only`);
  const isPassed = words.length === 0 && undecided.length === 0;
  return {
    ...base,
    value: isPassed ? 1 : 0,
    verdict: words.length > 0 ? 'fail' : isPassed ? 'pass' : 'insufficient_evidence',
    reason: isPassed ? null : [...words, ...undecided].join('; '),
  };
}

/** Cases that say something of their own: months of one account are one. */
const caseCount = (
  unit: Observation['unit'] | undefined,
  cases: readonly { readonly account_id: string }[],
): number => (unit === 'account' ? new Set(cases.map(({ account_id }) => account_id)).size : cases.length);

const ends = (interval: Interval | null) => ({
  ci_low: interval?.low ?? null,
  ci_high: interval?.high ?? null,
});

function shareInterval(
  unit: Observation['unit'],
  cases: readonly { readonly account_id: string }[],
  hits: readonly boolean[],
  value: number,
): Interval | null {
  const n =
    unit === 'renewal'
      ? cases.length
      : effectiveSampleSize(
          cases.map(({ account_id }) => account_id),
          hits,
        );
  return wilsonInterval(value, n);
}

/**
 * Churn rate by decile of score, over churned and renewed observations of one unit and horizon. Intervals as
 * in `backtestMetrics`. Deciles that ties leave empty are not given.
 */
export function calibrationByDecile(observations: readonly Observation[]): CalibrationDecile[] {
  const decided = observations
    .filter(({ outcome }) => outcome === 'churned' || outcome === 'renewed')
    .sort((left, right) => left.score - right.score);
  const deciles = scoreDeciles(decided.map(({ score }) => score));
  const cases = Map.groupBy(
    decided.map((observation, index) => ({ observation, decile: deciles[index]! })),
    ({ decile }) => decile,
  );
  return [...cases].map(([decile, members]) => {
    const inDecile = members.map(({ observation }) => observation);
    const hits = inDecile.map(isChurned);
    const churn_rate = hits.filter(Boolean).length / hits.length;
    const interval = shareInterval(inDecile[0]!.unit, inDecile, hits, churn_rate)!;
    return {
      decile,
      n: inDecile.length,
      mean_score: inDecile.reduce((sum, { score }) => sum + score, 0) / inDecile.length,
      churn_rate,
      ci_low: interval.low,
      ci_high: interval.high,
    };
  });
}
