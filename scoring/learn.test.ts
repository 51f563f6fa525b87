import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { runScoring } from './index.ts';
import { type Learned, learn } from './learn.ts';
import { LEARNED_METHODS } from './learned-fit.ts';
import { LEARNED_TABLES } from './publish.ts';
import type { CompanyOptions } from './test-company.ts';
import { fillSimulatedCompany } from './test-warehouse.ts';

const COMPANY: CompanyOptions = { seed: 8, accounts: 300, strengths: [4, 2, 0, 0], intercept: 2 };
const RULES = { learned_accounts: 200 };
const OPTIONS = { bootstrapSamples: 50 };

describe('learn', () => {
  let warehouse: Warehouse;
  let asOfDate: string;
  let lastDay: string;
  let found: Learned;
  const rowsOf = async (query: string) => (await warehouse.query(query)).rows;

  beforeAll(async () => {
    warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    const filled = await fillSimulatedCompany(warehouse, COMPANY, RULES);
    asOfDate = filled.asOfDate;
    lastDay = filled.months.reduce((last, one) => (one.observed_date > last ? one.observed_date : last), '');
    found = await learn(warehouse, { ...OPTIONS, asOfDate });
  }, 120_000);
  afterAll(() => warehouse.close());

  it('says in which accounts, days and churns it lacks, and publishes nothing', async () => {
    const small = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    await fillSimulatedCompany(small, { ...COMPANY, accounts: 60, months: 14 });
    const refused = learn(small, { ...OPTIONS, asOfDate: '2024-02-25' });
    await expect(refused).rejects.toMatchObject({ code: 'NOT_ENOUGH_EVIDENCE' });
    await expect(refused).rejects.toThrow(
      /expected at least 1,000 accounts with a known outcome \(there are 60\) and 30 known churns \(there are \d+\)/,
    );
    await expect(learn(small, { ...OPTIONS, asOfDate: '2023-09-30' })).rejects.toThrow(
      /365 days since the first of them was scored \(there are 2\d\d\)/,
    );
    expect(await small.tableColumns('scoring', 'learned_scores')).toBeUndefined();
    await small.close();
  });

  it('sets each learned score beside the weighted one on the same cases', () => {
    for (const method of LEARNED_METHODS) {
      for (const unit of ['renewal', 'account'] as const) {
        const one = found.comparisons.find(
          (each) =>
            each.method === method &&
            each.unit === unit &&
            each.horizon_days === 90 &&
            each.segment === 'all',
        )!;
        expect(one.n).toBeGreaterThan(100);
        expect(one.n).toBeLessThan(one.case_count); // the first quarters had no fit
        expect(one.auc_difference).toBeCloseTo(one.auc_own! - one.auc_external!, 12);
        const auc = found.metrics.find(
          (each) =>
            each.method === method &&
            each.unit === unit &&
            each.horizon_days === 90 &&
            each.segment === 'all' &&
            each.metric === 'auc',
        )!;
        expect(auc.value).toBeCloseTo(one.auc_external!, 12);
        expect(auc.n).toBe(one.n);
      }
    }
    const logistic = found.comparisons.find((one) => one.method === 'logistic' && one.unit === 'renewal')!;
    expect(logistic.verdict).toBe('worse'); // of the weighted score, half of whose weight is noise
    expect(logistic.sentence).toMatch(
      /the score of the learned logistic reached an AUC of .*: the learned logistic is better\.$/,
    );
  });

  it('publishes a series under versions of its own, with the fit of each day', async () => {
    const rows = await rowsOf(`
      select scores.method, count(*) as n, min(score) as least, max(score) as most,
        sum(case when scores.fitted_on < scores.as_of_date then 0 else 1 end) as looked_ahead,
        sum(case when models.fitted_on is null then 1 else 0 end) as without_fit
      from scoring.learned_scores as scores
      left join scoring.learned_models as models
        on scores.model_version = models.model_version and scores.fitted_on = models.fitted_on
          and not models.is_present
      where not scores.is_present
      group by scores.method order by 1`);
    expect(rows.map(({ method }) => method)).toEqual(['boosted', 'logistic']);
    for (const row of rows) {
      expect(Number(row.n)).toBeGreaterThan(1000);
      expect(row).toMatchObject({ looked_ahead: 0, without_fit: 0 });
      expect(Number(row.least)).toBeGreaterThanOrEqual(0);
      expect(Number(row.most)).toBeLessThanOrEqual(100);
    }
    expect(
      (await rowsOf('select distinct model_version from scoring.learned_scores order by 1')).map(
        (row) => row.model_version,
      ),
    ).toEqual(['v1_boosted', 'v1_logistic']);
  });

  it('explains the scores of today by points that add to them', async () => {
    // Today here is a day with scores: the last month end.
    await learn(warehouse, { ...OPTIONS, asOfDate: lastDay });
    const rows = await rowsOf(`
      select scores.method, count(*) as n,
        max(abs(scores.score - scores.base_points - points.total)) as off
      from scoring.learned_scores as scores
      inner join (
        select model_version, account_id, sum(points) as total from scoring.learned_points group by 1, 2
      ) as points on scores.model_version = points.model_version and scores.account_id = points.account_id
      where scores.is_present group by 1 order by 1`);
    expect(rows.map(({ method }) => method)).toEqual(['boosted', 'logistic']);
    for (const { n, off } of rows) {
      expect(Number(n)).toBeGreaterThan(100);
      expect(Number(off)).toBeLessThan(1e-9);
    }
    const shares = await rowsOf(
      `select signal, learned_share from scoring.learned_signals where method = 'logistic' order by 2 desc`,
    );
    expect(shares[0]).toMatchObject({ signal: 'signal_0' });
    expect(shares.reduce((sum, row) => sum + Number(row.learned_share), 0)).toBeCloseTo(100, 6);
    const [strongest] = await rowsOf(
      `select strongest from scoring.learned_scores where is_present and method = 'logistic' order by score limit 1`,
    );
    expect(strongest?.strongest).toMatch(/^signal_0 −\d+\.\d, /);
  });

  it('gives the same again, and a run of the score leaves it as it is', async () => {
    const all = async () =>
      Promise.all(
        Object.keys(LEARNED_TABLES).map((table) =>
          rowsOf(
            `select md5(string_agg(cast(t as varchar), '|' order by cast(t as varchar))) as digest, count(*) as n from scoring.${table} as t`,
          ),
        ),
      );
    const once = await all();
    await learn(warehouse, { ...OPTIONS, asOfDate: lastDay });
    expect(await all()).toEqual(once);
    await runScoring(warehouse, { asOfDate, bootstrapSamples: 20 });
    expect(await all()).toEqual(once);
  });

  it('leaves out a signal that knows too much too early', async () => {
    const leaking = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    const { asOfDate: day } = await fillSimulatedCompany(
      leaking,
      { ...COMPANY, accounts: 220, strengths: [4, 3, 2], hasLeak: true },
      { ...RULES, far_horizon_days: 90, near_horizon_days: 45 },
    );
    const { suspected_leaks, models } = await learn(leaking, { ...OPTIONS, asOfDate: day });
    expect(suspected_leaks).toEqual(['signal_3']);
    expect(models.flatMap(({ signals }) => signals.map(({ signal }) => signal))).not.toContain('signal_3');
    await leaking.close();
  });
});
