import type { Column, IsoDate, IsoInstant, Warehouse } from '../warehouse/index.ts';
import type { Setting } from './replay.ts';
import type { SettingFigures, WhatIf } from './whatif.ts';

/** One row a trial of other weights or cuts that somebody kept. Rates 0–1; it is only ever added to. */
export const THRESHOLD_LOG = [
  { name: 'tried_at', type: 'timestamp' },
  { name: 'why', type: 'string' },
  { name: 'as_of_date', type: 'date' },
  { name: 'model_version', type: 'string' },
  { name: 'horizon_days', type: 'integer' },
  { name: 'setting', type: 'string' },
  { name: 'changed_accounts', type: 'integer' },
  { name: 'auc_gain', type: 'number' },
  { name: 'auc_gain_low', type: 'number' },
  { name: 'auc_gain_high', type: 'number' },
  ...(['before', 'after'] as const).flatMap(
    (side) =>
      [
        { name: `alerts_per_week_${side}`, type: 'number' },
        { name: `red_${side}`, type: 'integer' },
        { name: `arr_at_risk_${side}`, type: 'decimal' },
        { name: `auc_${side}`, type: 'number' },
        { name: `missed_churn_rate_${side}`, type: 'number' },
        { name: `false_alarm_rate_${side}`, type: 'number' },
        { name: `green_churn_rate_${side}`, type: 'number' },
        { name: `red_renew_rate_${side}`, type: 'number' },
      ] as const,
  ),
] as const satisfies readonly Column[];

/** Where trials are kept; no run of scoring replaces it. */
export const LOG_TABLE = 'threshold_log';

/** A trial and who kept it. */
export interface KeptTrial {
  readonly triedAt: IsoInstant;
  readonly why: string;
  /** the weights and cuts that were tried, all of them */
  readonly setting: Partial<Setting>;
  readonly found: WhatIf;
}

/** Adds a trial of `whatIf` to `scoring.threshold_log`, so that the next one need not be tried again (R191). */
export async function keepTrial(
  warehouse: Warehouse,
  { triedAt, why, setting, found }: KeptTrial,
): Promise<void> {
  await warehouse.ensureTable('scoring', LOG_TABLE, THRESHOLD_LOG);
  const day: IsoDate = found.as_of_date;
  await warehouse.loadRows('scoring', LOG_TABLE, THRESHOLD_LOG, [
    {
      tried_at: triedAt,
      why,
      as_of_date: day,
      model_version: found.model_version,
      horizon_days: found.horizon_days,
      setting: JSON.stringify({ weights: setting.weights ?? null, cuts: setting.cuts ?? null }),
      changed_accounts: found.changes.length,
      auc_gain: found.auc_gain?.gain ?? null,
      auc_gain_low: found.auc_gain?.low ?? null,
      auc_gain_high: found.auc_gain?.high ?? null,
      ...figuresOf(found.before, 'before'),
      ...figuresOf(found.after, 'after'),
    },
  ]);
}

function figuresOf(figures: SettingFigures, side: 'before' | 'after') {
  const rate = (name: string) => figures.metrics.find(({ metric }) => metric === name)?.value ?? null;
  return {
    [`alerts_per_week_${side}`]: figures.alerts_per_week,
    [`red_${side}`]: figures.red,
    [`arr_at_risk_${side}`]: Math.round(figures.arr_at_risk * 100) / 100,
    [`auc_${side}`]: rate('auc'),
    [`missed_churn_rate_${side}`]: rate('missed_churn_rate'),
    [`false_alarm_rate_${side}`]: rate('false_alarm_rate'),
    [`green_churn_rate_${side}`]: rate('green_churn_rate'),
    [`red_renew_rate_${side}`]: rate('red_renew_rate'),
  };
}
