import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { addDays, monthEnds } from '../../scoring/calendar.ts';
import { seededRandom } from '../../scoring/stats/seeded-random.ts';
import { answer, tenure } from '../tenure.ts';

const AS_OF = '2026-06-30';
const START = '2023-12-31';
const ACCOUNTS = 130;

const csv = (header: string, rows: readonly (readonly (string | number)[])[]) =>
  [header, ...rows.map((row) => row.join(','))].join('\n');

/** What a company that leaves another platform has: its book, what its CSMs thought, and what the platform scored. */
interface Leaving {
  readonly accounts: string;
  readonly contracts: string;
  readonly sentiments: string;
  readonly scores: readonly (readonly [account: string, day: string, score: number])[];
}

/**
 * Yearly contracts; who is unwell leaves more often. The CSM sees that well, the other platform dimly, and it began some
 * months later. One account in ten was never scored by it.
 */
function leavingCompany(): Leaving {
  const random = seededRandom(11);
  const accounts: (string | number)[][] = [];
  const contracts: (string | number)[][] = [];
  const sentiments: (string | number)[][] = [];
  const scores: [string, string, number][] = [];
  for (let index = 0; index < ACCOUNTS; index += 1) {
    const id = `a${String(index).padStart(3, '0')}`;
    const wellness = random();
    const first = addDays('2023-06-30', Math.floor(random() * 330));
    accounts.push([id, `Company ${index}`, first, first]);
    let start = first;
    let isLost = false;
    for (let term = 0; !isLost && start <= AS_OF; term += 1) {
      const end = addDays(start, 365);
      contracts.push([`${id}-${term}`, id, start, end, 12_000, start]);
      isLost = random() < 0.65 * (1 - wellness) ** 1.5;
      if (!isLost) start = end;
      else start = addDays(end, 1);
    }
    for (const day of monthEnds(START, AS_OF)) {
      if (day < first || (isLost && day >= start)) continue;
      const seen = wellness + 0.25 * (random() - 0.5);
      sentiments.push([id, seen > 0.6 ? 'green' : seen > 0.3 ? 'yellow' : 'red', `${day}T09:00:00Z`]);
      if (day >= '2024-04-30' && index % 10 !== 0)
        scores.push([id, day, Math.round(100 * (0.35 * wellness + 0.65 * random()))]);
    }
  }
  return {
    accounts: csv('account_id,name,created_at,updated_at', accounts),
    contracts: csv('contract_id,account_id,term_start_date,term_end_date,arr,updated_at', contracts),
    sentiments: csv('account_id,sentiment,set_at', sentiments),
    scores,
  };
}

interface Beside {
  readonly metric: string;
  readonly system?: string;
  readonly unit: string;
  readonly horizon_days: number;
  readonly n: number;
  readonly case_count: number;
  readonly churn_count: number;
  readonly auc_external: number;
  readonly auc_own: number;
  readonly auc_difference: number;
  readonly ci_low: number;
  readonly ci_high: number;
  readonly verdict: string;
  readonly reason: string;
}

/** By its meaning: of all pairs of one that churned and one that renewed, the share with the churned one lower. */
function pairwiseAuc(cases: readonly { readonly score: number; readonly isChurned: boolean }[]): number {
  const churned = cases.filter(({ isChurned }) => isChurned);
  const renewed = cases.filter(({ isChurned }) => !isChurned);
  let won = 0;
  for (const left of churned)
    for (const right of renewed) won += left.score < right.score ? 1 : left.score === right.score ? 0.5 : 0;
  return won / (churned.length * renewed.length);
}

describe('a company that leaves another platform', () => {
  const company = leavingCompany();
  let folder: string;
  let config: string;
  const query = <T>(sql: string) => answer<T[]>(['query', sql, '--config', config]);
  const typed = async (...args: string[]) => {
    const { code, stdout, stderr } = await tenure([...args, '--config', config]);
    expect({ code, stderr: code === 0 || code === 3 ? '' : stderr }).toEqual({ code, stderr: '' });
    return stdout;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-leaving-'));
    config = join(folder, 'tenure.yaml');
    const data = join(folder, 'data');
    await mkdir(data);
    for (const table of ['accounts', 'contracts', 'sentiments'] as const)
      await writeFile(join(data, `${table}.csv`), company[table]);
    await writeFile(
      config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { time_zone: 'UTC', currency: 'USD', history_start_date: START },
        sources: [
          { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } },
        ],
      }),
    );
    await writeFile(
      join(data, 'gainsight_history.csv'),
      csv(
        'Account ID,Log Date,Scorecard Metric,Score,Type',
        company.scores.map(([account, day, score]) => [account, day, 'Monthly', score, 'Account']),
      ),
    );
    await typed('map', join(data, 'gainsight_history.csv'), '--yes');
    await typed('run', '--until', 'score', '--as-of', AS_OF);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('sees both scores on the same cases, in words and as numbers', async () => {
    const rows = await answer<Beside[]>(['backtest', '--config', config]);
    const beside = rows.filter(({ system }) => system !== undefined);
    expect(beside.map(({ system, unit, horizon_days }) => [system, unit, horizon_days])).toEqual([
      ['gainsight', 'renewal', 90],
      ['gainsight', 'renewal', 180],
      ['gainsight', 'account', 90],
      ['gainsight', 'account', 180],
    ]);
    const observations = await query<{
      account_id: string;
      observed_date: string;
      score: number;
      outcome: string;
    }>(`select account_id, observed_date, score, outcome from marts.fct_backtest_observations
      where unit = 'renewal' and horizon_days = 90 and outcome in ('churned', 'renewed')`);
    const [found] = beside;
    const both = observations.flatMap((one) => {
      const [latest] = company.scores
        .filter(
          ([account, day]) =>
            account === one.account_id && day <= one.observed_date && day >= addDays(one.observed_date, -90),
        )
        .sort(([, left], [, right]) => (left < right ? 1 : -1));
      return latest === undefined
        ? []
        : [{ isChurned: one.outcome === 'churned', own: one.score, external: latest[2] }];
    });
    expect(both.length).toBeLessThan(observations.length);
    expect([found!.n, found!.case_count]).toEqual([both.length, observations.length]);
    expect(found!.churn_count).toBe(both.filter(({ isChurned }) => isChurned).length);
    expect(found!.auc_external).toBeCloseTo(
      pairwiseAuc(both.map((one) => ({ ...one, score: one.external }))),
      12,
    );
    expect(found!.auc_own).toBeCloseTo(pairwiseAuc(both.map((one) => ({ ...one, score: one.own }))), 12);
    expect(found!.auc_difference).toBeCloseTo(found!.auc_own - found!.auc_external, 12);
    expect(found!.ci_low).toBeLessThan(found!.auc_difference);
    expect(found!.ci_high).toBeGreaterThan(found!.auc_difference);
    expect(found).toMatchObject({ verdict: 'better' });
    expect(found!.ci_low).toBeGreaterThan(0);
    const text = await typed('backtest');
    expect(text).toMatch(
      /On the same \d+ renewals \(\d+ churns\), 90 days ahead, without \d+ that gainsight had not scored, the score of gainsight reached an AUC of 0\.\d\d \(0\.\d\d to \d\.\d\d\), this one 0\.\d\d \(.*\); difference \+0\.\d\d \(\+0\.\d\d to \+0\.\d\d\): this one is better\./,
    );
    expect(text).toContain(found!.reason);
  });

  it('gets the same of another horizon, which no run judged', async () => {
    const text = await typed('backtest', '--unit', 'renewal', '--horizon', '60');
    expect(text).toMatch(/On the same \d+ renewals \(\d+ churns\), 60 days ahead/);
  });

  it('counts each score from its day until the next one, of at most 90 days ago', async () => {
    const [found] = await query<Record<string, number>>(
      `select count(*) as spans, min(from_date - scored_on) as first, max(until_date - scored_on) as last
       from intermediate.int_scores__external`,
    );
    expect(found).toEqual({ spans: company.scores.length, first: 0, last: 91 });
  });
});
