import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import { backtestMetrics, type Metric } from './backtest-metrics.ts';
import { presentModelVersion, readEvaluationRules, requireHistory } from './history.ts';
import { observedOutcomes } from './observed-outcomes.ts';
import {
  type DayAlerts,
  type PresentAccount,
  publishedSeries,
  replayedSeries,
  type ScoreSeries,
  type Setting,
  settingInForce,
} from './replay.ts';
import type { EvaluationRules } from './rules.ts';
import { type AucGain, aucGain } from './stats/auc-gain.ts';

/** What a team would live with under one setting. */
export interface SettingFigures {
  /** health alerts a week, over all history */
  readonly alerts_per_week: number;
  /** the same, over the last 12 weeks */
  readonly alerts_per_week_recent: number;
  /** accounts by effective category on the last day */
  readonly red: number;
  readonly yellow: number;
  readonly green: number;
  /** ARR on the last day of accounts flagged `at_risk_sustained` or graver */
  readonly arr_at_risk: number;
  /** backtest per account: auc, missed_churn_rate, false_alarm_rate and the like */
  readonly metrics: readonly Metric[];
}

/** An account whose effective category would be another one. */
export interface CategoryChange {
  readonly account_id: string;
  readonly name: string | null;
  readonly owner_id: string | null;
  readonly arr: number | null;
  readonly score_before: number | null;
  readonly score_after: number | null;
  readonly category_before: string | null;
  readonly category_after: string | null;
}

/** Red accounts of an owner on the last day; `owner_id` null for those without one. */
export interface OwnerLoad {
  readonly owner_id: string | null;
  readonly accounts: number;
  readonly red_before: number;
  readonly red_after: number;
}

export interface WhatIf {
  readonly as_of_date: IsoDate;
  readonly model_version: string;
  readonly horizon_days: number;
  readonly before: SettingFigures;
  readonly after: SettingFigures;
  readonly auc_gain: AucGain | null;
  /** the largest ARR first */
  readonly changes: readonly CategoryChange[];
  readonly owners: readonly OwnerLoad[];
}

export interface WhatIfOptions {
  readonly asOfDate: IsoDate;
  /** weights and cuts to try; what is left out stays as in force */
  readonly setting: Partial<Setting>;
  /** default 90 */
  readonly horizonDays?: number;
  readonly evaluationRules?: EvaluationRules;
  /** default 1000 */
  readonly bootstrapSamples?: number;
  /** default 1 */
  readonly seed?: number;
  readonly onProgress?: (howFar: string, what: string) => void;
}

/** Figures of the backtest that a choice of weights or cuts moves, and that people decide by. */
const SHOWN_METRICS = [
  'auc',
  'missed_churn_rate',
  'missed_churn_rate_at_risk',
  'false_alarm_rate',
  'false_alarm_rate_at_risk',
  'green_churn_rate',
  'red_renew_rate',
  'decisive_accuracy',
  'churn_count',
];
const RECENT_WEEKS = 12;

/**
 * Replays all of history under other weights or category cuts and sets it beside what was published:
 * definitions, section 6. Hindsight, not a walk-forward test: weights fitted on these very outcomes look
 * better here than they are. Writes nothing.
 *
 * @throws ScoringError HISTORY_MISSING, HISTORY_INVALID, SIGNAL_UNKNOWN
 * @example (await whatIf(warehouse, { asOfDate: '2026-06-30', setting: { cuts } })).after.alerts_per_week // 3.4
 */
export async function whatIf(warehouse: Warehouse, options: WhatIfOptions): Promise<WhatIf> {
  const { asOfDate, horizonDays = 90 } = options;
  options.onProgress?.('1/3', 'reading the history in force');
  await requireHistory(warehouse);
  const modelVersion = await presentModelVersion(warehouse);
  const version = { asOfDate, modelVersion };
  const inForce = await settingInForce(warehouse);
  const published = await read(warehouse, publishedSeries(warehouse, version), options, modelVersion);
  options.onProgress?.('2/3', 'replaying it');
  const replay = await replayedSeries(warehouse, version, { ...inForce, ...options.setting });
  const replayed = await read(warehouse, replay, options, modelVersion);
  options.onProgress?.('3/3', 'comparing them');

  const accountsAfter = new Map(replayed.accounts.map((account) => [account.account_id, account]));
  const pairs = published.accounts.flatMap((before) => {
    const after = accountsAfter.get(before.account_id);
    return after === undefined ? [] : [{ before, after }];
  });
  return {
    as_of_date: published.accounts[0]?.as_of_date ?? asOfDate,
    model_version: modelVersion,
    horizon_days: horizonDays,
    before: published.figures,
    after: replayed.figures,
    auc_gain: gainOf(published, replayed, options),
    changes: categoryChanges(pairs),
    owners: ownerLoads(pairs),
  };
}

type Observations = Awaited<ReturnType<typeof observedOutcomes>>;

interface SeriesReading {
  readonly accounts: readonly PresentAccount[];
  readonly observations: Observations;
  readonly figures: SettingFigures;
}

async function read(
  warehouse: Warehouse,
  series: ScoreSeries,
  { asOfDate, horizonDays = 90, evaluationRules, bootstrapSamples = 1000, seed = 1 }: WhatIfOptions,
  modelVersion: string,
): Promise<SeriesReading> {
  const rules = evaluationRules ?? (await readEvaluationRules(warehouse));
  const days = await series.alertsByDay();
  const accounts = await series.presentAccounts();
  const observations = await observedOutcomes(warehouse, {
    asOfDate,
    modelVersion,
    unit: 'account',
    horizonDays,
    rules,
    scoredOn: (asked) => series.scoredOn(asked),
  });
  const metrics = backtestMetrics(
    observations.map((one) => ({ ...one, churn_probability: null })),
    new Map(), // lead days, which need it, are not shown
    { rules, bootstrap: { samples: bootstrapSamples, seed } },
  );
  const count = (category: string) =>
    accounts.filter(({ category_effective }) => category_effective === category).length;
  return {
    accounts,
    observations,
    figures: {
      alerts_per_week: perWeek(days),
      alerts_per_week_recent: perWeek(days.slice(-RECENT_WEEKS * 7)),
      red: count('red'),
      yellow: count('yellow'),
      green: count('green'),
      arr_at_risk: accounts.reduce((sum, { is_at_risk, arr }) => sum + (is_at_risk ? (arr ?? 0) : 0), 0),
      metrics: metrics.filter(({ metric }) => SHOWN_METRICS.includes(metric)),
    },
  };
}

const perWeek = (days: readonly DayAlerts[]) =>
  days.length === 0 ? 0 : (days.reduce((sum, { alerts }) => sum + alerts, 0) * 7) / days.length;

function gainOf(
  published: SeriesReading,
  replayed: SeriesReading,
  { bootstrapSamples = 1000, seed = 1 }: WhatIfOptions,
): AucGain | null {
  const key = (one: Observations[number]) => `${one.observed_date} ${one.account_id}`;
  const scoreAfter = new Map(replayed.observations.map((one) => [key(one), one.score]));
  const cases = published.observations.flatMap((one) => {
    const after = scoreAfter.get(key(one));
    if (after === undefined || (one.outcome !== 'churned' && one.outcome !== 'renewed')) return [];
    return [{ account_id: one.account_id, isChurned: one.outcome === 'churned', before: one.score, after }];
  });
  return aucGain(cases, { samples: bootstrapSamples, seed });
}

type Pair = { readonly before: PresentAccount; readonly after: PresentAccount };

const categoryChanges = (pairs: readonly Pair[]): CategoryChange[] =>
  pairs
    .filter(({ before, after }) => before.category_effective !== after.category_effective)
    .map(({ before, after }) => ({
      account_id: before.account_id,
      name: before.name,
      owner_id: before.owner_id,
      arr: before.arr,
      score_before: before.score,
      score_after: after.score,
      category_before: before.category_effective,
      category_after: after.category_effective,
    }))
    .sort(
      (left, right) => (right.arr ?? 0) - (left.arr ?? 0) || (left.account_id < right.account_id ? -1 : 1),
    );

function ownerLoads(pairs: readonly Pair[]): OwnerLoad[] {
  const isRed = (account: PresentAccount) => account.category_effective === 'red';
  return [...Map.groupBy(pairs, ({ before }) => before.owner_id)]
    .map(([owner_id, theirs]) => ({
      owner_id,
      accounts: theirs.length,
      red_before: theirs.filter(({ before }) => isRed(before)).length,
      red_after: theirs.filter(({ after }) => isRed(after)).length,
    }))
    .sort(
      (left, right) =>
        right.red_after - left.red_after || ((left.owner_id ?? '') < (right.owner_id ?? '') ? -1 : 1),
    );
}
