import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadConfig } from '../orchestration/config/load.ts';
import { dbtEnvironment, dbtVars } from '../orchestration/pipeline/dbt/dbt.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { answer } from './tenure.ts';

const line = inject('line');
const folder = await mkdtemp(join(tmpdir(), 'tenure-versions-'));
afterAll(() => rm(folder, { recursive: true }));
const models = join(folder, 'models');
const configFile = join(folder, 'tenure.yaml');

type Row = Record<string, string | number | null>;
const rows = (sql: string) => answer<Row[]>(['query', sql, '--config', configFile]);
const versionInForce = async () =>
  String((await rows('select model_version from intermediate.int_scores__model_version'))[0]?.model_version);

/** Every published row of a version, as one fingerprint a table. */
const fingerprints = (version: string) =>
  rows(`
    select 'health' as published, count(*) as n, md5(string_agg(md5(cast(health as varchar)), '' order by account_id, as_of_date)) as print
    from marts.fct_account_health_daily as health where model_version = '${version}'
    union all
    select 'contributions', count(*), md5(string_agg(md5(cast(parts as varchar)), '' order by account_id, as_of_date, signal))
    from marts.fct_signal_contributions_daily as parts where model_version = '${version}'
    order by published`);

/** The health alerts, which alone rest on a model version. */
const alerts = () =>
  rows(`select alert_key, account_id, rule, cast(created_at as date) as created_on, cast(closed_at as date) as closed_on, close_reason
    from marts.fct_alerts where rule like 'health_decline%' order by alert_key`);

/** A version that lived only on the day of the next one was never in force: this one had a day of its own. */
async function asIfBuiltTheDayBefore(): Promise<void> {
  const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
  try {
    await warehouse.query(
      'update intermediate.int_scores__versions_in_force set first_built_on = first_built_on - 1',
    );
  } finally {
    await warehouse.close();
  }
}

async function changeSeed(name: string, from: string, to: string): Promise<void> {
  const file = join(models, 'seeds', name);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
}

/** Builds seeds, signals, scores and alerts with the changed project on a copy of the line. */
async function build(): Promise<void> {
  const config = await loadConfig(configFile, process.env);
  const warehouse = await openWarehouse(config.warehouse);
  const vars = await dbtVars(config, warehouse, line.asOfDate).finally(() => warehouse.close());
  const { status, stdout } = spawnSync(
    join(projectRoot, '.venv', 'bin', 'dbt'),
    [
      ...[
        '--no-use-colors',
        'build',
        '--project-dir',
        models,
        '--profiles-dir',
        models,
        '--target',
        'duckdb',
      ],
      ...['--target-path', join(folder, 'target'), '--log-path', join(folder, 'logs')],
      ...['--vars', JSON.stringify(vars), '--exclude-resource-type', 'unit_test', 'test'],
      ...['--select', 'resource_type:seed', 'resource_type:seed+,+fct_alerts'],
    ],
    { cwd: models, encoding: 'utf8', env: { ...process.env, ...dbtEnvironment(config) } },
  );
  if (status !== 0) throw new Error(stdout.slice(-3000));
}

describe('changed weights and cuts', () => {
  let old: string;
  let before: Row[];
  let alertsBefore: Row[];
  let changed: string;
  beforeAll(async () => {
    await cp(join(projectRoot, 'models'), models, { recursive: true });
    await copyFile(line.config, configFile);
    await copyFile(line.warehouse, join(folder, 'warehouse.duckdb'));
    old = await versionInForce();
    before = await fingerprints(old);
    alertsBefore = await alerts();
    await asIfBuiltTheDayBefore();
    await changeSeed('signal_definitions.csv', 'login_frequency,,product,15', 'login_frequency,,product,5');
    await changeSeed('signal_definitions.csv', 'escalations,,support,5', 'escalations,,support,15');
    await changeSeed('category_cuts.csv', 'red,40', 'red,45');
    await build();
    changed = await versionInForce();
  });

  it('make a new version beside the old one, whose rows stay byte for byte', async () => {
    expect(changed).toMatch(/^standard_10@[0-9a-f]{8}$/);
    expect(changed).not.toBe(old);
    expect(before.map((row) => Number(row.n) > 10_000)).toEqual([true, true]);
    expect(await fingerprints(old)).toEqual(before);
  });

  it('score all of history under the new version, with its own hash', async () => {
    const spans = await rows(`select model_version, count(*) as n, count(distinct config_hash) as hashes,
      min(as_of_date) as first_day, max(as_of_date) as last_day
      from marts.fct_account_health_daily group by model_version`);
    expect(spans).toHaveLength(2);
    const [one, other] = spans.map(({ model_version, ...span }) => span);
    expect(one).toEqual(other);
    expect(one).toMatchObject({ hashes: 1 });
    const [hashes] = await rows(
      'select count(distinct config_hash) as n from marts.fct_account_health_daily',
    );
    expect(hashes?.n).toBe(2);
  });

  it('count each account and day once in what the metrics read', async () => {
    const [found] =
      await rows(`select count(*) as n, count(distinct (account_id, as_of_date)) as account_days,
      count(distinct model_version) as versions, max(model_version) as model_version
      from marts.fct_account_health_in_force`);
    expect(found?.n).toBe(found?.account_days);
    expect(found).toMatchObject({ versions: 1, model_version: changed });
  });

  it('change scores by the weights alone: the signal values stay', async () => {
    const [found] = await rows(`
      select count(case when was.signal_value is distinct from is_now.signal_value then 1 end) as other_values,
        count(case when was.weight <> is_now.weight then 1 end) as other_weights
      from marts.fct_signal_contributions_daily as was
      inner join marts.fct_signal_contributions_daily as is_now using (account_id, as_of_date, signal)
      where was.model_version = '${old}' and is_now.model_version = '${changed}'`);
    expect(found?.other_values).toBe(0);
    expect(Number(found?.other_weights)).toBeGreaterThan(10_000);
  });

  it('are explained as an effect of weights, to the score difference exactly', async () => {
    const [account] = await rows(`
      select was.account_id, is_now.score - was.score as difference
      from marts.fct_account_health_daily as was
      inner join marts.fct_account_health_daily as is_now using (account_id, as_of_date)
      where was.model_version = '${old}' and is_now.model_version = '${changed}' and as_of_date = date '${line.asOfDate}'
      order by abs(is_now.score - was.score) desc limit 1`);
    expect(Math.abs(Number(account?.difference))).toBeGreaterThan(1);
    const explained = [
      'explain',
      String(account?.account_id),
      '--date',
      line.asOfDate,
      '--since-version',
      old,
    ];
    const { change } = await answer<{
      change: {
        score_change: number;
        sentence: string;
        rows: { value_effect: number; weight_effect: number; coverage_effect: number; effect: number }[];
      };
    }>([...explained, '--config', configFile]);
    const total = (of: 'value_effect' | 'weight_effect' | 'coverage_effect' | 'effect') =>
      change.rows.reduce((sum, row) => sum + row[of], 0);
    expect(change.score_change).toBeCloseTo(Number(account?.difference), 9);
    expect(total('effect')).toBeCloseTo(change.score_change, 9);
    expect(total('weight_effect')).toBeCloseTo(change.score_change, 9);
    expect(change.rows.every((row) => row.value_effect === 0)).toBe(true);
    expect(change.sentence).toContain('the weights changed');
  });

  it('leave each alert that was published, and tell nobody of days before', async () => {
    const now = await alerts();
    const byKey = new Map(now.map((alert) => [alert.alert_key, alert]));
    expect(alertsBefore.length).toBeGreaterThan(100);
    for (const alert of alertsBefore) {
      const kept = byKey.get(alert.alert_key!);
      expect(kept).toMatchObject({
        account_id: alert.account_id,
        rule: alert.rule,
        created_on: alert.created_on,
      });
      // What had closed stays so; what was open may be closed by the new version, on its day.
      if (alert.closed_on !== null || kept?.closed_on === null)
        expect(kept).toMatchObject({ closed_on: alert.closed_on, close_reason: alert.close_reason });
      else expect(kept?.closed_on).toBe(line.asOfDate);
    }
    const known = new Set(alertsBefore.map(({ alert_key }) => alert_key));
    const added = now.filter(({ alert_key }) => !known.has(alert_key));
    expect(added.filter(({ created_on }) => created_on !== line.asOfDate)).toEqual([]);
    const said = now.filter(({ close_reason }) => close_reason === 'rules_changed');
    expect(said.map(({ closed_on }) => closed_on)).toEqual(said.map(() => line.asOfDate));
    expect(added.length).toBeGreaterThan(0);
  });

  it('make categories by the new cuts, and leaves those of the old version', async () => {
    const outside = (version: string, redMaxScore: number) =>
      rows(`
        select count(*) as n from marts.fct_account_health_daily
        where model_version = '${version}'
          and (category = 'red') <> (floor(round(score, 9) + 0.5) <= ${redMaxScore})`);
    expect(await outside(old, 40)).toEqual([{ n: 0 }]);
    expect(await outside(changed, 45)).toEqual([{ n: 0 }]);
    expect(await outside(changed, 40)).not.toEqual([{ n: 0 }]);
  });
});
