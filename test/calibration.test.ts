import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { presentModelVersion } from '../scoring/history.ts';
import { publishedSeries, replayedSeries, type Setting, settingInForce } from '../scoring/replay.ts';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { answer, tenure } from './tenure.ts';

const line = inject('line');
const on = ['--config', line.config, '--as-of', line.asOfDate];
const folder = await mkdtemp(join(tmpdir(), 'tenure-calibration-'));
afterAll(() => rm(folder, { recursive: true }));

interface Figures {
  alerts_per_week: number;
  red: number;
  yellow: number;
  green: number;
  metrics: { metric: string; value: number }[];
}
interface Compared {
  before: Figures;
  after: Figures;
  changes: { account_id: string; category_before: string; category_after: string }[];
  owners: { accounts: number; red_before: number; red_after: number }[];
  auc_gain: { gain: number } | null;
}

describe('tenure calibrate', () => {
  it('refuses to propose weights on the evidence of a few churns', async () => {
    const { code, stdout, stderr } = await tenure(['calibrate', '--json', ...on]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'NOT_ENOUGH_EVIDENCE' } });
    expect(stderr).toMatch(/expected at least 30 known churns, found \d+\. Keep the weights in force/);
  });
});

describe('the replayed history', () => {
  let warehouse: Warehouse;
  let version: { asOfDate: string; modelVersion: string };
  let inForce: Setting;
  beforeAll(async () => {
    warehouse = await openWarehouse({ type: 'duckdb', path: line.warehouse }, { readOnly: true });
    version = { asOfDate: line.asOfDate, modelVersion: await presentModelVersion(warehouse) };
    inForce = await settingInForce(warehouse);
  });
  afterAll(() => warehouse.close());

  it('is the published one under the weights and cuts in force: score, category, override and flag of each day', async () => {
    const published = publishedSeries(warehouse, version);
    const replayed = await replayedSeries(warehouse, version, inForce);
    const { rows } = await sql<Record<string, number>>`
      select
        count(*) as days,
        count(replayed.account_id) as replayed_days,
        max(abs(published.score - replayed.score)) as score_gap,
        max(abs(published.weight_coverage - replayed.weight_coverage)) as coverage_gap,
        count(case when published.score is null or replayed.score is null then 1 end) as without_score,
        count(case when published.category <> replayed.category then 1 end) as other_category,
        count(case when published.category_effective <> replayed.category_effective then 1 end) as other_effective,
        count(case when coalesce(published.flag, '') <> coalesce(replayed.flag, '') then 1 end) as other_flag
      from (${published.relation}) as published
      left join (${replayed.relation}) as replayed
        on published.account_id = replayed.account_id and published.as_of_date = replayed.as_of_date
    `.execute(warehouse.db);
    const [found] = rows;
    expect(found!.days).toBeGreaterThan(10_000);
    expect(found!.replayed_days).toBe(found!.days);
    expect(found!.score_gap).toBeLessThan(1e-9);
    expect(found!.coverage_gap).toBeLessThan(1e-9);
    expect(found).toMatchObject({ without_score: 0, other_category: 0, other_effective: 0, other_flag: 0 });
  });

  it('raises the alerts that the alerts table has, day for day', async () => {
    const alerts = await publishedSeries(warehouse, version).alertsByDay();
    const { rows } = await warehouse.query(
      `select created_date as as_of_date, count(*) as alerts
       from intermediate.int_alerts__health_decline group by created_date order by created_date`,
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(
      alerts.filter((day) => day.alerts > 0).map(({ as_of_date, alerts }) => ({ as_of_date, alerts })),
    ).toEqual(rows);
  });

  it('is the value of one signal when it has all the weight', async () => {
    const weights = inForce.weights.map((row) => ({
      ...row,
      weight: row.signal === 'ticket_trend' ? 100 : 0,
    }));
    const replayed = await replayedSeries(warehouse, version, { ...inForce, weights });
    const { rows } = await sql<{ n: number; gap: number }>`
      select count(*) as n, max(abs(replayed.score - values_of.signal_value)) as gap
      from (${replayed.relation}) as replayed
      inner join marts.fct_signal_contributions_daily as values_of
        on replayed.account_id = values_of.account_id and replayed.as_of_date = values_of.as_of_date
      where values_of.signal = 'ticket_trend' and values_of.signal_value is not null
        and values_of.model_version = ${version.modelVersion}
    `.execute(warehouse.db);
    expect(rows[0]!.n).toBeGreaterThan(10_000);
    expect(rows[0]!.gap).toBeLessThan(1e-9);
  });

  it('refuses a weight for a signal whose values nobody kept', async () => {
    const weights = [...inForce.weights, { signal: 'moon_phase', segment: null, weight: 0 }];
    await expect(replayedSeries(warehouse, version, { ...inForce, weights })).rejects.toThrow(
      /got moon_phase\. Give a new signal the weight 0/,
    );
  });
});

describe('tenure whatif and diff', () => {
  const cuts = join(folder, 'cuts.csv');
  beforeAll(() => writeFile(cuts, 'segment,category,max_score\n,red,55\n,yellow,80\n,green,100\n'));

  it('says which accounts wider cuts would turn, and what the alerts would be', async () => {
    const found = await answer<Compared>(['whatif', '--cuts', cuts, ...on]);
    expect(found.after.red).toBeGreaterThan(found.before.red);
    const { red, yellow, green } = found.before;
    expect(found.after.red + found.after.yellow + found.after.green).toBe(red + yellow + green);
    const turnedRed = found.changes.filter(({ category_after }) => category_after === 'red').length;
    expect(turnedRed).toBe(found.after.red - red);
    expect(found.after.alerts_per_week).toBeGreaterThan(found.before.alerts_per_week);
    expect(found.owners.reduce((sum, owner) => sum + owner.red_after, 0)).toBe(found.after.red);
    // cuts move no score, and wider ones miss less churn
    expect(found.auc_gain?.gain).toBe(0);
    const missed = (figures: Figures) =>
      figures.metrics.find(({ metric }) => metric === 'missed_churn_rate')!.value;
    expect(missed(found.after)).toBeLessThanOrEqual(missed(found.before));
  });

  it('keeps what was tried, and why, when asked to', async () => {
    const kept = join(folder, 'kept'); // other tests read the line
    const own = join(kept, 'warehouse.duckdb');
    const config = join(kept, 'tenure.yaml');
    await mkdir(kept);
    await copyFile(line.warehouse, own);
    await copyFile(line.config, config);
    const found = await answer<Compared>([
      ...['whatif', '--cuts', cuts, '--keep', 'more red?', '--config', config, '--as-of', line.asOfDate],
    ]);
    const warehouse = await openWarehouse({ type: 'duckdb', path: own }, { readOnly: true });
    const { rows } = await warehouse.query('select why, red_before, red_after from marts.fct_threshold_log');
    await warehouse.close();
    expect(rows).toEqual([{ why: 'more red?', red_before: found.before.red, red_after: found.after.red }]);
  });

  it('gives for a file of cuts what whatif gives, and nothing for the seeds of this commit', async () => {
    const [byFile, byWhatIf] = await Promise.all([
      answer<Compared>(['diff', cuts, ...on]),
      answer<Compared>(['whatif', '--cuts', cuts, ...on]),
    ]);
    expect(byFile.after).toEqual(byWhatIf.after);
    const seed = join('models', 'seeds', 'signal_definitions.csv');
    const { changes, before, after } = await answer<Compared>(['diff', seed, ...on]);
    expect(changes).toEqual([]);
    expect(after.alerts_per_week).toBe(before.alerts_per_week);
  });

  it('ends with 2 for nothing to try, a ref or file that is not there, and 1 for weights that do not add up', async () => {
    const weights = join(folder, 'weights.csv');
    await writeFile(weights, 'preset,signal,segment,weight\nstandard_10,escalations,,90\n');
    for (const [args, exitCode, message] of [
      [['whatif'], 2, /Expected --weights FILE, --cuts FILE or both/],
      [
        ['whatif', '--cuts', join(folder, 'none.csv')],
        2,
        /Expected a file of weights or cuts at .*none\.csv, found none/,
      ],
      [['diff', 'no-such-branch'], 2, /Expected a file of rules or a git ref/],
      [['diff', '--horizon', 'soon', cuts], 2, /Expected a whole number from 1, got "soon"/],
      [['diff', weights], 1, /the weights of all accounts add to 185, expected 100/],
    ] as const) {
      const { code, stderr, stdout } = await tenure([...args, ...on]);
      expect({ args, code, stdout }).toEqual({ args, code: exitCode, stdout: '' });
      expect(stderr).toMatch(message);
    }
  });
});
