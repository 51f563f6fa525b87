import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWarehouse } from '../warehouse/index.ts';
import { answer, tenure } from './tenure.ts';

const line = inject('line');
const folder = await mkdtemp(join(tmpdir(), 'tenure-learn-'));
const config = join(folder, 'tenure.yaml');
const on = ['--config', config, '--as-of', line.asOfDate];
afterAll(() => rm(folder, { recursive: true }));

const query = async (text: string) => {
  const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
  try {
    return (await warehouse.query(text)).rows;
  } finally {
    await warehouse.close();
  }
};

/** All that a score, an alert or a write-back says, as digests. */
const inCharge = () =>
  query(`
    select 'health' as of, md5(string_agg(cast(t as varchar), '|' order by cast(t as varchar))) as digest from marts.fct_account_health_daily as t
    union all select 'alerts', md5(string_agg(cast(t as varchar), '|' order by cast(t as varchar))) from marts.fct_alerts as t
    union all select 'accounts', md5(string_agg(cast(t as varchar), '|' order by cast(t as varchar))) from marts.dim_accounts as t
    union all select 'backtest', md5(string_agg(cast(t as varchar), '|' order by cast(t as varchar))) from marts.fct_backtest_metrics as t
    order by 1`);

describe('tenure learn', () => {
  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    await copyFile(line.warehouse, join(folder, 'warehouse.duckdb'));
    await writeFile(config, await readFile(line.config, 'utf8'));
  });

  it('says what is there and what is missing, and learns nothing from sixty accounts', async () => {
    const { code, stdout, stderr } = await tenure(['learn', '--json', ...on]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'NOT_ENOUGH_EVIDENCE' } });
    expect(stderr).toMatch(/expected at least 1,000 accounts with a known outcome \(there are \d+\)/);
    expect(await query('select 1 from marts.fct_learned_scores limit 1')).toEqual([]);
  });

  it('stands beside the weighted score once a company asks for less, and in charge of nothing', async () => {
    // As a company's rules/backtest_rules.csv would have it after the next build.
    await query(`update intermediate.backtest_rules set value = case rule when 'minimum_churns' then 3 else 10 end
      where rule in ('learned_accounts', 'minimum_churns')`);
    const before = await inCharge();
    const { code, stdout } = await tenure(['learn', '--samples', '50', ...on]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/The learned logistic: \d+ of penalty today, fitted on \d+ churns/);
    expect(stdout).toContain('What each signal counts for');
    expect(await inCharge()).toEqual(before);
    const [scores] = await query(
      `select count(*) as n, count(distinct account_id) as accounts from marts.fct_learned_scores where method = 'logistic' and is_present`,
    );
    expect(Number(scores?.n)).toBeGreaterThan(30);
    const rows = await answer<{ metric: string; system?: string; reason: string }[]>(['backtest', ...on]);
    const beside = rows.filter(({ system }) => system === 'the learned logistic');
    expect(beside.map(({ metric }) => metric)).toContain('auc_difference_to_external');
    expect(beside[0]?.reason).toMatch(/On the same \d+ .*the score of the learned logistic reached an AUC/);
  });
});
