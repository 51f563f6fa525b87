import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { calendarLift } from '../../scoring/calendar-lift.ts';
import type { Observation } from '../../scoring/observations.ts';
import { auc } from '../../scoring/stats/auc.ts';
import { boostedMargin, fitBoosted } from '../../scoring/stats/boosted-trees.ts';
import { clusterBootstrap } from '../../scoring/stats/cluster-bootstrap.ts';
import { fitPlatt, plattProbability } from '../../scoring/stats/platt-calibration.ts';
import { fitRisk } from '../../scoring/stats/risk-fit.ts';
import { wilsonInterval } from '../../scoring/stats/wilson-interval.ts';
import { asObservation, simulateCompany } from '../../scoring/test-company.ts';
import { openWarehouse } from '../../warehouse/index.ts';

/**
 * The figures of the backtest beside scikit-learn, statsmodels and SciPy, on the built line's published observations and
 * on a simulated company. They are no part of Tenure: `.ci/run` puts the pinned packages (requirements.txt beside this)
 * into an environment of their own and names its Python in TENURE_PEERS; without it the test is skipped.
 */
const PYTHON = process.env.TENURE_PEERS;
const line = inject('line');

interface Published {
  unit: 'renewal' | 'account';
  horizon_days: number;
  account_id: string;
  observed_date: string;
  score: number;
  category: string;
  outcome: string;
  churn_probability: number | null;
  days_to_renewal: number | null;
}
interface Said {
  unit: string;
  horizon_days: number;
  metric: string;
  value: number;
  n: number;
  ci_low: number;
  ci_high: number;
}
interface Peers {
  auc: number[];
  balanced: number[];
  brier: number[];
  wilson: [number, number][];
  fits: { bounded: number[]; free: number[] }[];
  lifts: { calendar: number; lift: number }[];
  intervals: [number, number][];
  platt: number[][];
  boosted: number[][][];
}

const STRENGTHS = [3, 2, 1, 0.5, 0];
const company = simulateCompany({ seed: 11, strengths: STRENGTHS, intercept: 2 });
const months = company.months.map((one) =>
  asObservation(
    one,
    'account',
    one.values.reduce<number>((sum, value) => sum + value! / 5, 0),
  ),
);
const isChurned = (one: { outcome: string }) => (one.outcome === 'churned' ? 1 : 0);
const liftCase = (cases: readonly Observation[]) => ({
  horizon: 90,
  scores: cases.map(({ score }) => score),
  churned: cases.map(isChurned),
  accounts: cases.map(({ account_id }) => account_id),
  days: cases.map(({ days_to_renewal }) => days_to_renewal),
});
const features = company.renewals.map(({ values }) => values.map((value) => value! / 100));
const churned = company.renewals.map(({ churn_date }) => (churn_date === null ? 0 : 1));
const scores = company.renewals.map(({ values }) => values[0]!);
const CURVE_AT = [0, 25, 50, 75, 100];
const WILSON = [
  { hits: 0, n: 5 },
  { hits: 1, n: 4 },
  { hits: 17, n: 59 },
  { hits: 300, n: 300 },
];
const SAMPLES = 2000;
const TREES = [1, 20, 100];
/** Month ends in whole points, of the company and of one in which signals act together. */
const BOOSTED = [
  company,
  simulateCompany({ seed: 12, strengths: [1, 1, 1, 1], intercept: -1, pairsLow: 2 }),
].map(({ months: cases }, index) => ({
  points: cases.map(({ values }) => values.map((value) => Math.round(value!))),
  churned: cases.map(({ churn_date }) => (churn_date === null ? 0 : 1)),
  trees: TREES,
  leastCases: index === 0 ? 20 : 100,
  penalty: index === 0 ? 1 : 20,
}));

describe.skipIf(!PYTHON)('scoring beside scikit-learn and statsmodels (needs TENURE_PEERS)', () => {
  let groups: { key: string; cases: Published[] }[];
  let foretold: typeof groups;
  let said: Said[];
  let peers: Peers;

  beforeAll(async () => {
    const warehouse = await openWarehouse({ type: 'duckdb', path: line.warehouse }, { readOnly: true });
    const query = async <T>(sql: string) => (await warehouse.query(sql)).rows as T[];
    const observations = await query<Published>(`
      select unit, horizon_days, account_id, cast(observed_date as varchar) as observed_date, score, category, outcome,
        churn_probability, days_to_renewal
      from marts.fct_backtest_observations
      where outcome in ('churned', 'renewed')
        and model_version = (select model_version from intermediate.int_scores__model_version)`);
    said = await query<Said>(`
      select unit, horizon_days, metric, value, n, ci_low, ci_high from marts.fct_backtest_metrics
      where segment = 'all' and model_version = (select model_version from intermediate.int_scores__model_version)`);
    await warehouse.close();
    groups = [...Map.groupBy(observations, ({ unit, horizon_days }) => `${unit} ${horizon_days}`)].map(
      ([key, cases]) => ({ key, cases }),
    );
    const isBoth = ({ cases }: (typeof groups)[number]) => new Set(cases.map(isChurned)).size === 2;
    groups = groups.filter(isBoth);
    foretold = groups
      .map(({ key, cases }) => ({ key, cases: cases.filter((one) => one.churn_probability !== null) }))
      .filter(isBoth);
    const asked = {
      auc: groups.map(({ cases }) => ({
        scores: cases.map(({ score }) => score),
        churned: cases.map(isChurned),
      })),
      balanced: groups.map(({ cases }) => ({
        flagged: cases.map(({ category }) => (category === 'red' ? 1 : 0)),
        churned: cases.map(isChurned),
      })),
      brier: foretold.map(({ cases }) => ({
        probabilities: cases.map((one) => one.churn_probability),
        churned: cases.map(isChurned),
      })),
      wilson: WILSON,
      fits: [{ features, churned }],
      lifts: [liftCase(months)],
      intervals: [{ ...liftCase(months), samples: SAMPLES }],
      platt: [{ scores, churned, at: CURVE_AT }],
      boosted: BOOSTED,
    };
    const { status, stdout, stderr } = spawnSync(PYTHON!, [join(import.meta.dirname, 'peers.py')], {
      input: JSON.stringify(asked),
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    if (status !== 0) throw new Error(`${PYTHON} ended with ${status}:\n${stderr}`);
    peers = JSON.parse(stdout) as Peers;
  }, 300_000);

  const published = (key: string, metric: string) =>
    said.find((one) => `${one.unit} ${one.horizon_days}` === key && one.metric === metric)!;

  it('agrees on AUC, balanced accuracy and Brier score of what is published', () => {
    expect(groups.length).toBeGreaterThan(0);
    expect(foretold.length).toBeGreaterThan(0);
    for (const [index, { key, cases }] of groups.entries()) {
      expect(published(key, 'auc').n).toBe(cases.length);
      expect(published(key, 'auc').value).toBeCloseTo(peers.auc[index]!, 12);
      expect(published(key, 'balanced_accuracy').value).toBeCloseTo(peers.balanced[index]!, 12);
    }
    for (const [index, { key }] of foretold.entries())
      expect(published(key, 'brier').value).toBeCloseTo(peers.brier[index]!, 12);
  });

  it('agrees on Wilson’s intervals', () => {
    for (const [index, { hits, n }] of WILSON.entries()) {
      const { low, high } = wilsonInterval(hits / n, n)!;
      expect(low).toBeCloseTo(peers.wilson[index]![0], 9);
      expect(high).toBeCloseTo(peers.wilson[index]![1], 9);
    }
  });

  it('agrees on the weights of the fit, with the bound at 0 and where it does not bind', () => {
    const found = fitRisk({
      featureCount: STRENGTHS.length,
      features: Float64Array.from(features.flat()),
      churned: Uint8Array.from(churned),
    })!;
    const { bounded, free } = peers.fits[0]!;
    for (const [index, strength] of found.strengths.entries()) {
      expect(strength).toBeCloseTo(bounded[index + 1]!, 4);
      // A bound that binds moves the others; without one scikit-learn's own solver is the same fit.
      if (free.slice(1).every((each) => each > 0)) expect(strength).toBeCloseTo(free[index + 1]!, 6);
    }
    expect(found.intercept).toBeCloseTo(-bounded[0]!, 4);
  });

  it('agrees on the calendar’s AUC and the lift over it', () => {
    const found = calendarLift(months, 90, { samples: 10, seed: 1 })!;
    expect(found.before).toBeCloseTo(peers.lifts[0]!.calendar, 12);
    expect(found.gain).toBeCloseTo(peers.lifts[0]!.lift, 4);
  });

  it('agrees on the interval over accounts, as far as other draws do', () => {
    const sorted = [...months].sort((left, right) => left.score - right.score);
    const numbers = new Map(
      [...new Set(sorted.map(({ account_id }) => account_id))].map((id, index) => [id, index]),
    );
    const { low, high } = clusterBootstrap(
      sorted.map(({ account_id }) => numbers.get(account_id)!),
      numbers.size,
      (weights) =>
        auc(
          sorted.map(({ score }) => score),
          sorted.map(isChurned),
          weights,
        ),
      { samples: SAMPLES, seed: 1 },
    )!;
    const [peerLow, peerHigh] = peers.intervals[0]!;
    expect(Math.abs(low - peerLow)).toBeLessThan(0.006);
    expect(Math.abs(high - peerHigh)).toBeLessThan(0.006);
  });

  it('agrees on boosted trees, after one, twenty and a hundred', () => {
    for (const [index, { points, churned: lost, leastCases, penalty }] of BOOSTED.entries()) {
      const columns = points[0]!.map((_, signal) => Uint8Array.from(points, (row) => row[signal]!));
      const model = fitBoosted(
        { columns, churned: Uint8Array.from(lost) },
        { treeCount: 100, leastCases, penalty },
      )!;
      for (const [place, count] of TREES.entries()) {
        const off = points.map((row, at) =>
          Math.abs(
            boostedMargin(model, (signal) => row[signal]!, count) - peers.boosted[index]![place]![at]!,
          ),
        );
        expect(Math.max(...off)).toBeLessThan(1e-6); // their slopes have seven places
      }
    }
  });

  it('agrees on the curve that makes a score a probability', () => {
    const curve = fitPlatt(
      scores.map((score, index) => ({ score, churned: churned[index]!, renewed: 1 - churned[index]! })),
    )!;
    for (const [index, at] of CURVE_AT.entries())
      expect(plattProbability(curve, at)).toBeCloseTo(peers.platt[0]![index]!, 5);
  });
});
