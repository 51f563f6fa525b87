import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';
import { auc } from '../scoring/stats/auc.ts';
import { answer } from './tenure.ts';

const line = inject('line');
const query = <T>(sql: string) => answer<T[]>(['query', sql, '--config', line.config]);

describe('the query of docs/recalibration.md', () => {
  it('gives each signal its AUC against outcomes, and shares that add to 100', async () => {
    const text = await readFile(join(projectRoot, 'docs', 'recalibration.md'), 'utf8');
    const [, sql] = /```sql\n([\s\S]*?)```/.exec(text) ?? [];
    const rows = await query<{ signal: string; weight: number; auc: number; share_of_evidence: number }>(
      String(sql),
    );
    expect(rows).toHaveLength(10);
    expect(rows.reduce((sum, row) => sum + row.weight, 0)).toBeCloseTo(100, 9);
    expect(rows.reduce((sum, row) => sum + row.share_of_evidence, 0)).toBeCloseTo(100, 9);

    const cases = await query<{ signal: string; signal_value: number; is_churned: boolean }>(`
      select contributions.signal, contributions.signal_value, observations.outcome = 'churned' as is_churned
      from marts.fct_backtest_observations as observations
      inner join marts.fct_signal_contributions_daily as contributions
        on observations.account_id = contributions.account_id
        and observations.observed_date = contributions.as_of_date
        and observations.model_version = contributions.model_version
      where observations.unit = 'account' and observations.horizon_days = 90
        and observations.outcome in ('churned', 'renewed') and contributions.signal_value is not null
        and observations.model_version = (select model_version from intermediate.int_scores__model_version)
      order by contributions.signal_value`);
    for (const row of rows) {
      const own = cases.filter(({ signal }) => signal === row.signal);
      const expected = auc(
        own.map(({ signal_value }) => signal_value),
        own.map(({ is_churned }) => is_churned),
      );
      expect(row.auc).toBeCloseTo(expected!, 9);
    }
  });
});
