import type { IsoDate } from '../warehouse/index.ts';
import {
  backtestMetrics,
  type CalibratedObservation,
  type CalibrationDecile,
  calibrationByDecile,
  churnEvents,
  type Metric,
} from './backtest-metrics.ts';
import { addDays, monthEnds, quarterOf } from './calendar.ts';
import { type ExternalBacktest, externalBacktest } from './external-backtest.ts';
import type { AccountArr, AccountChurn, ExternalScore, History, Renewal, RiskChange } from './history.ts';
import { type LeadTime, leadTimes } from './lead-times.ts';
import {
  type Observation,
  type Observed,
  observeAccounts,
  observeRenewals,
  type Unit,
} from './observations.ts';
import type { EvaluationRules } from './rules.ts';
import type { CutRow } from './seed-weights.ts';
import { type SignalEvidence, signalEvidence } from './signal-evidence.ts';
import { arrAfter, type SignalOutcome, signalOutcomes } from './signal-outcomes.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import { calibrateWalkForward } from './walk-forward.ts';
import { calibrationCase, walkForwardJudge } from './walk-forward-metrics.ts';
import type { SignalWeight } from './weight-proposal.ts';

/** The segment that stands for all. */
export const ALL_SEGMENTS = 'all';

export const UNITS = ['renewal', 'account'] as const satisfies readonly Unit[];

/** The weights that score, and the last day whose outcomes any of them, or a category cut, was fitted on; null for none. */
export interface WeightsInForce {
  readonly signals: readonly SignalWeight[];
  /** the same signals with the weights that they had before any fit */
  readonly assumed: readonly SignalWeight[];
  readonly fittedOn: IsoDate | null;
}

export interface BacktestOptions {
  readonly asOfDate: IsoDate;
  readonly horizons: readonly number[];
  /** default both */
  readonly units?: readonly Unit[];
  readonly graceDays: number;
  readonly rules: EvaluationRules;
  readonly bootstrap: BootstrapOptions;
  readonly weights: WeightsInForce;
  /** values of the signals of `weights` at the t of observations */
  readonly signalValues: (
    signals: readonly string[],
    observations: readonly Observation[],
  ) => Promise<(one: Observation) => readonly (number | null)[]>;
  /** the category cuts in force */
  readonly categoryCuts: () => Promise<readonly CutRow[]>;
  readonly onUnit?: (unit: Unit, horizonDays: number) => void;
}

/** A metric of one segment. */
export interface SegmentMetric extends Metric {
  readonly segment: string;
  /** whether the weights were fitted on outcomes that it counts */
  readonly is_in_sample: boolean;
}

/** A metric of one quarter or product, all segments together. */
export interface SliceMetric extends Metric {
  readonly slice: 'quarter' | 'product';
  readonly slice_value: string;
}

/** The score of another platform beside ours, on the cases of one segment. */
export interface SegmentExternal extends ExternalBacktest {
  readonly segment: string;
  /** whether our weights were fitted on outcomes that it counts */
  readonly is_in_sample: boolean;
}

/** The judgement of one unit and horizon. */
export interface UnitBacktest {
  readonly unit: Unit;
  readonly horizon_days: number;
  readonly observations: CalibratedObservation[];
  readonly metrics: SegmentMetric[];
  readonly slices: SliceMetric[];
  readonly calibration: CalibrationDecile[];
  readonly leadTimes: LeadTime[];
  /** none without scores of other platforms */
  readonly external: SegmentExternal[];
}

/** All that a backtest found. */
export interface Backtest {
  readonly units: UnitBacktest[];
  /** of each signal, per account at the far horizon */
  readonly signals: SignalEvidence[];
  /** of each signal, per account at the near horizon: how it went with staying, and with buying more */
  readonly signalOutcomes: SignalOutcome[];
}

/** Accounts at month ends, and their ARR so many days later. */
interface ObservedMonths extends Observed {
  readonly arrLater: readonly AccountArr[];
}

/** Metrics that are given by quarter and by product. */
const SLICE_METRICS: ReadonlySet<string> = new Set([
  'accuracy_always_renew',
  'auc',
  'auc_calendar',
  'auc_lift_over_calendar',
  'churn_count',
  'churn_rate',
  'decisive_accuracy',
  'false_alarm_rate',
  'false_alarm_rate_at_risk',
  'flagged_60d_ahead',
  'flagged_60d_ahead_at_risk',
  'green_churn_rate',
  'missed_churn_rate',
  'missed_churn_rate_at_risk',
  'red_renew_rate',
]);

/**
 * Judges the scores of a history against what happened, per unit (`renewal`, `account`) and horizon:
 * definitions, section 6. Only scores of day t and outcomes are read; whatever follows t leaves the features
 * of t as they are. Metrics of fitted weights rest on the outcomes that came after the fit, once those hold
 * `minimum_churns`; until then they are in sample and get no verdict, and walk-forward figures of the method stand
 * beside them (`walkForwardJudge`).
 *
 * @returns one result a unit and horizon; metrics for each segment at t and for `all`
 */
export async function backtest(
  history: History,
  outcomes: { readonly renewals: readonly Renewal[]; readonly churns: readonly AccountChurn[] },
  options: BacktestOptions,
): Promise<Backtest> {
  const { asOfDate, graceDays, rules, units = UNITS } = options;
  const first = await history.firstDay();
  const ends = first === undefined ? [] : monthEnds(first, asOfDate);
  const scoredAtMonthEnds = await history.scoredOn(ends);
  const riskChanges = Map.groupBy(await history.riskChangesOfChurned(), ({ account_id }) => account_id);
  const observationRules = (horizonDays: number) => ({
    asOfDate,
    horizonDays,
    graceDays,
    contractionShare: rules.contraction_share,
  });
  const observeMonths = async (horizonDays: number): Promise<ObservedMonths> => {
    const arrLater = await history.arrOn(
      ends.map((end) => addDays(end, horizonDays)).filter((day) => day <= asOfDate),
    );
    const observed = observeAccounts(
      scoredAtMonthEnds,
      outcomes.churns,
      outcomes.renewals,
      arrLater,
      observationRules(horizonDays),
    );
    return { ...observed, arrLater };
  };

  const externalAtMonthEnds = units.includes('account') ? await history.externalOn(ends) : [];
  const far = await observeMonths(rules.far_horizon_days);
  const near =
    rules.near_horizon_days === rules.far_horizon_days ? far : await observeMonths(rules.near_horizon_days);
  const signals = await evidenceOf(far.observations, options);
  const suspectedLeaks = signals
    .filter(({ is_suspected_leak, weight }) => is_suspected_leak && weight > 0)
    .map(({ signal }) => signal);

  const inSample: { readonly found: UnitBacktest; readonly observed: Observed }[] = [];
  const results: UnitBacktest[] = [];
  for (const horizonDays of options.horizons) {
    for (const unit of units) {
      options.onUnit?.(unit, horizonDays);
      const observed =
        unit === 'renewal'
          ? observeRenewals(
              outcomes.renewals,
              await history.scoredBeforeRenewals(horizonDays),
              observationRules(horizonDays),
            )
          : horizonDays === rules.far_horizon_days
            ? far
            : horizonDays === rules.near_horizon_days
              ? near
              : await observeMonths(horizonDays);
      const external =
        unit === 'renewal' ? await history.externalBeforeRenewals(horizonDays) : externalAtMonthEnds;
      const found = judge(unit, horizonDays, observed, { riskChanges, suspectedLeaks, external, options });
      results.push(found);
      if (found.metrics.some(({ is_in_sample }) => is_in_sample)) inSample.push({ found, observed });
    }
  }
  if (inSample.length > 0) await addWalkForward(inSample, near.observations, suspectedLeaks, options);
  return { units: results, signals, signalOutcomes: await outcomesOf(near, options) };
}

/** Puts the figures of the method on outcomes that no fit had seen beside those that are in sample. */
async function addWalkForward(
  inSample: readonly { readonly found: UnitBacktest; readonly observed: Observed }[],
  near: readonly Observation[],
  suspectedLeaks: readonly string[],
  { weights, signalValues, categoryCuts, rules, bootstrap }: BacktestOptions,
): Promise<void> {
  const names = weights.assumed.map(({ signal }) => signal);
  const decided = near.filter(({ outcome }) => outcome === 'churned' || outcome === 'renewed');
  const valuesOfNear = await signalValues(names, decided);
  const judge = walkForwardJudge({
    cases: decided.map((one) => calibrationCase(one, valuesOfNear(one))),
    assumed: weights.assumed,
    suspectedLeaks,
    cuts: await categoryCuts(),
    rules,
    bootstrap,
  });
  for (const { found, observed } of inSample) {
    const valuesOf = await signalValues(names, observed.observations);
    found.metrics.push(
      ...judge(observed.observations, valuesOf).map(
        (metric): SegmentMetric => ({ ...metric, segment: ALL_SEGMENTS, is_in_sample: false }),
      ),
    );
  }
}

async function evidenceOf(
  observations: readonly Observation[],
  { weights, signalValues, rules, bootstrap }: BacktestOptions,
): Promise<SignalEvidence[]> {
  const decided = observations.filter(({ outcome }) => outcome === 'churned' || outcome === 'renewed');
  if (decided.length === 0) return [];
  const valuesOf = await signalValues(
    weights.signals.map(({ signal }) => signal),
    decided,
  );
  return signalEvidence(decided, weights.signals, valuesOf, { rules, bootstrap });
}

async function outcomesOf(
  { observations, arrLater }: ObservedMonths,
  { weights, signalValues, rules, bootstrap }: BacktestOptions,
): Promise<SignalOutcome[]> {
  const settled = observations.filter(({ outcome }) => outcome !== 'censored');
  if (settled.length === 0) return [];
  const valuesOf = await signalValues(
    weights.signals.map(({ signal }) => signal),
    settled,
  );
  const later = arrAfter(arrLater, (day) => addDays(day, -rules.near_horizon_days));
  return signalOutcomes(settled, later, weights.signals, valuesOf, { rules, bootstrap });
}

interface JudgeContext {
  readonly riskChanges: ReadonlyMap<string, readonly RiskChange[]>;
  readonly suspectedLeaks: readonly string[];
  readonly external: readonly ExternalScore[];
  readonly options: BacktestOptions;
}

function judge(
  unit: Unit,
  horizonDays: number,
  observed: Observed,
  { riskChanges, suspectedLeaks, external, options: { rules, bootstrap, weights } }: JudgeContext,
): UnitBacktest {
  const observations = calibrateWalkForward(observed.observations);
  const { judged, isInSample, withheld } = outOfSample(observations, weights.fittedOn, rules);
  const common = { rules, bootstrap, suspectedLeaks, withheld };
  const metricsOf = (segment: string, cases: readonly CalibratedObservation[], notLeakProofCount?: number) =>
    backtestMetrics(cases, riskChanges, {
      ...common,
      ...(notLeakProofCount === undefined ? {} : { notLeakProofCount }),
    }).map((metric): SegmentMetric => ({ ...metric, segment, is_in_sample: isInSample }));
  const slicesOf = (slice: SliceMetric['slice'], keyOf: (one: Observation) => string | null) =>
    grouped(judged, keyOf).flatMap(([slice_value, cases]) =>
      backtestMetrics(cases, riskChanges, { ...common, only: SLICE_METRICS }).map(
        (metric): SliceMetric => ({ ...metric, slice, slice_value }),
      ),
    );
  const segments = grouped(judged, ({ segment }) => segment);
  const externalOf = (segment: string, cases: readonly CalibratedObservation[]) =>
    externalBacktest(cases, external, { rules, bootstrap, withheld }).map(
      (found): SegmentExternal => ({ ...found, segment, is_in_sample: isInSample }),
    );
  return {
    unit,
    horizon_days: horizonDays,
    observations,
    metrics: [
      ...metricsOf(ALL_SEGMENTS, judged, observed.notLeakProofCount),
      ...segments.flatMap(([segment, cases]) => metricsOf(segment, cases)),
    ],
    slices: [
      ...slicesOf('quarter', (one) => quarterOf(judgedDay(one)).period),
      ...slicesOf('product', ({ product }) => product),
    ],
    calibration: calibrationByDecile(judged),
    leadTimes: leadTimes(judged, riskChanges, rules),
    external:
      external.length === 0
        ? []
        : [
            ...externalOf(ALL_SEGMENTS, judged),
            ...segments.flatMap(([segment, cases]) => externalOf(segment, cases)),
          ],
  };
}

/** The renewal's date; of an account the month end. */
const judgedDay = ({ unit, observed_date, horizon_days }: Observation) =>
  unit === 'renewal' ? addDays(observed_date, horizon_days) : observed_date;

/** Cases by a value, in its order; those without one left out. */
const grouped = <T>(cases: readonly T[], keyOf: (one: T) => string | null): [string, T[]][] =>
  [...Map.groupBy(cases, keyOf)]
    .filter((entry): entry is [string, T[]] => entry[0] !== null)
    .sort(([left], [right]) => (left < right ? -1 : 1));

/**
 * What may judge fitted weights: the outcomes known after the fit, once they hold enough churns; until then all of
 * them, without a verdict.
 */
export function outOfSample<T extends Observation>(
  observations: readonly T[],
  fittedOn: IsoDate | null,
  rules: EvaluationRules,
): { judged: readonly T[]; isInSample: boolean; withheld: string | null } {
  if (fittedOn === null) return { judged: observations, isInSample: false, withheld: null };
  const later = observations.filter(({ resolved_date }) => resolved_date > fittedOn);
  const churns = churnEvents(later.filter(({ outcome }) => outcome === 'churned')).length;
  if (churns >= rules.minimum_churns) return { judged: later, isInSample: false, withheld: null };
  return {
    judged: observations,
    isInSample: true,
    withheld:
      `the weights or cuts were fitted on outcomes known by ${fittedOn}; of ${churns} churns that became known since, ` +
      `${rules.minimum_churns} are needed to judge them`,
  };
}
