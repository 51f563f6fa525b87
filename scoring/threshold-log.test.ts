import { describe, expect, it } from 'vitest';
import { openWarehouse } from '../warehouse/index.ts';
import { ensureScoringTables } from './publish.ts';
import { keepTrial, THRESHOLD_LOG } from './threshold-log.ts';
import type { SettingFigures, WhatIf } from './whatif.ts';

const figures = (red: number, auc: number): SettingFigures => ({
  alerts_per_week: 3.5,
  alerts_per_week_recent: 2,
  red,
  yellow: 10,
  green: 20,
  arr_at_risk: 1234.567,
  metrics: [{ metric: 'auc', value: auc, n: 9, ci_low: null, ci_high: null, verdict: null, reason: null }],
});

const FOUND: WhatIf = {
  as_of_date: '2026-06-30',
  model_version: 'v1',
  horizon_days: 90,
  before: figures(5, 0.7),
  after: figures(8, 0.72),
  auc_gain: { before: 0.7, after: 0.72, gain: 0.02, low: -0.01, high: 0.05 },
  changes: [],
  owners: [],
};

describe('keepTrial', () => {
  it('adds a row a trial, beside those that are there', async () => {
    const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    try {
      await warehouse.ensureSchemas();
      await ensureScoringTables(warehouse); // as before each build, so that dbt finds it
      expect(await warehouse.tableColumns('scoring', 'threshold_log')).toEqual(THRESHOLD_LOG);
      const cuts = [{ segment: null, category: 'red', max_score: 45 } as const];
      for (const [triedAt, why] of [
        ['2026-07-01T09:00:00.000Z', 'too few red'],
        ['2026-07-02T09:00:00.000Z', 'once more'],
      ] as const)
        await keepTrial(warehouse, { triedAt, why, setting: { cuts }, found: FOUND });
      const { rows } = await warehouse.query(
        `select why, setting, red_before, red_after, auc_after, auc_gain_low, missed_churn_rate_after, arr_at_risk_after
         from scoring.threshold_log order by tried_at`,
      );
      expect(rows.map(({ why }) => why)).toEqual(['too few red', 'once more']);
      expect(rows[0]).toMatchObject({
        setting: JSON.stringify({ weights: null, cuts }),
        red_before: 5,
        red_after: 8,
        auc_after: 0.72,
        auc_gain_low: -0.01,
        missed_churn_rate_after: null,
      });
      expect(Number(rows[0]!.arr_at_risk_after)).toBe(1234.57);
    } finally {
      await warehouse.close();
    }
  });
});
