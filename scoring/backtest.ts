import type { IsoDate } from '../warehouse/index.ts';
import {
  backtestMetrics,
  type CalibratedObservation,
  type CalibrationDecile,
  calibrationByDecile,
  type Metric,
} from './backtest-metrics.ts';
import { addDays, monthEnds } from './calendar.ts';
import type { AccountChurn, History, Renewal, RiskChange } from './history.ts';
import { type Observed, observeAccounts, observeRenewals, type Unit } from './observations.ts';
import type { EvaluationRules } from './rules.ts';
import type { BootstrapOptions } from './stats/cluster-bootstrap.ts';
import { calibrateWalkForward } from './walk-forward.ts';

/** The segment that stands for all. */
export const ALL_SEGMENTS = 'all';

export interface BacktestOptions {
  readonly asOfDate: IsoDate;
  readonly horizons: readonly number[];
  readonly graceDays: number;
  readonly rules: EvaluationRules;
  readonly bootstrap: BootstrapOptions;
  readonly onUnit?: (unit: Unit, horizonDays: number) => void;
}

/** The judgement of one unit and horizon. */
export interface UnitBacktest {
  readonly unit: Unit;
  readonly horizon_days: number;
  readonly observations: CalibratedObservation[];
  readonly metrics: (Metric & { readonly segment: string })[];
  readonly calibration: CalibrationDecile[];
}

/**
 * Judges the scores of a history against what happened, per unit (`renewal`, `account`) and horizon:
 * definitions, section 6. Only scores of day t and outcomes are read; whatever follows t leaves the features
 * of t as they are.
 *
 * @returns one result a unit and horizon; metrics for each segment at t and for `all`
 */
export async function backtest(
  history: History,
  outcomes: { readonly renewals: readonly Renewal[]; readonly churns: readonly AccountChurn[] },
  options: BacktestOptions,
): Promise<UnitBacktest[]> {
  const { asOfDate, graceDays, rules } = options;
  const first = await history.firstDay();
  const ends = first === undefined ? [] : monthEnds(first, asOfDate);
  const scoredAtMonthEnds = await history.scoredOn(ends);
  const riskChanges = Map.groupBy(await history.riskChangesOfChurned(), ({ account_id }) => account_id);

  const results: UnitBacktest[] = [];
  for (const horizonDays of options.horizons) {
    const observationRules = {
      asOfDate,
      horizonDays,
      graceDays,
      contractionShare: rules.contraction_share,
    };
    options.onUnit?.('renewal', horizonDays);
    results.push(
      judge(
        'renewal',
        horizonDays,
        observeRenewals(outcomes.renewals, await history.scoredBeforeRenewals(horizonDays), observationRules),
        riskChanges,
        options,
      ),
    );
    options.onUnit?.('account', horizonDays);
    const arrLater = await history.arrOn(
      ends.map((end) => addDays(end, horizonDays)).filter((day) => day <= asOfDate),
    );
    results.push(
      judge(
        'account',
        horizonDays,
        observeAccounts(scoredAtMonthEnds, outcomes.churns, outcomes.renewals, arrLater, observationRules),
        riskChanges,
        options,
      ),
    );
  }
  return results;
}

function judge(
  unit: Unit,
  horizonDays: number,
  observed: Observed,
  riskChanges: ReadonlyMap<string, readonly RiskChange[]>,
  { rules, bootstrap }: BacktestOptions,
): UnitBacktest {
  const observations = calibrateWalkForward(observed.observations);
  const segments = [...Map.groupBy(observations, ({ segment }) => segment)].sort(([left], [right]) =>
    left < right ? -1 : 1,
  );
  const metricsOf = (segment: string, cases: readonly CalibratedObservation[], notLeakProofCount?: number) =>
    backtestMetrics(cases, riskChanges, {
      rules,
      bootstrap,
      ...(notLeakProofCount === undefined ? {} : { notLeakProofCount }),
    }).map((metric) => ({ ...metric, segment }));
  return {
    unit,
    horizon_days: horizonDays,
    observations,
    metrics: [
      ...metricsOf(ALL_SEGMENTS, observations, observed.notLeakProofCount),
      ...segments.flatMap(([segment, cases]) => metricsOf(segment, cases)),
    ],
    calibration: calibrationByDecile(observations),
  };
}
