import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import { DEFAULT_EVALUATION_RULES } from './rules.ts';
import { asObservation, type SimulatedCase, simulateCompany } from './test-company.ts';
import { walkForwardJudge } from './walk-forward-metrics.ts';
import { tryWeights } from './weight-trial.ts';

const ASSUMED = ['one', 'two', 'three'].map((signal, index) => ({ signal, weight: [34, 33, 33][index]! }));
const CUTS = [
  { segment: null, category: 'red', max_score: 40 },
  { segment: null, category: 'yellow', max_score: 70 },
  { segment: null, category: 'green', max_score: 100 },
] as const;
const BOOTSTRAP = { samples: 100, seed: 1 };

/** Churn follows the first signal alone, so that the assumed weights are far from what is true. */
const company = simulateCompany({ seed: 5, accounts: 600, strengths: [6, 0, 0], intercept: 2.5 });

const judgeOf = (cases: readonly SimulatedCase[], minimumChurns = 30) =>
  walkForwardJudge({
    cases,
    assumed: ASSUMED,
    suspectedLeaks: [],
    cuts: CUTS,
    rules: { ...DEFAULT_EVALUATION_RULES, minimum_churns: minimumChurns },
    bootstrap: BOOTSTRAP,
  });

function judged(cases: readonly SimulatedCase[], fitted: readonly SimulatedCase[] = cases, minimum = 30) {
  const values = new Map(cases.map((one) => [`${one.account_id} ${one.observed_date}`, one.values]));
  const found = judgeOf(fitted, minimum)(
    cases.map((one) => asObservation(one, 'account', 50)),
    ({ account_id, observed_date }) => values.get(`${account_id} ${observed_date}`)!,
  );
  return new Map(found.map((metric) => [metric.metric, metric]));
}

describe('walkForwardJudge', () => {
  it('orders the cases of each quarter as the trial of the method does', () => {
    const trial = tryWeights(company.months, ASSUMED, { minimumChurns: 30, bootstrap: BOOTSTRAP })!;
    const found = judged(company.months);
    expect(found.get('auc_walk_forward')).toMatchObject({ n: trial.case_count });
    expect(found.get('auc_walk_forward')!.value).toBeCloseTo(trial.auc_proposed, 12);
    expect(found.get('churn_count_walk_forward')!.value).toBe(trial.churn_count);
    expect(trial.auc_proposed).toBeGreaterThan(trial.auc_assumed);
  });

  it('learns nothing from what was known only after a quarter began', () => {
    const [first, ...later] = [...new Set(company.months.map((one) => one.observed_date))].sort();
    const early = company.months.filter(({ observed_date }) => observed_date <= addDays(first!, 450));
    const afterwards = company.months.map((one) =>
      one.resolved_date > addDays(first!, 450)
        ? { ...one, values: one.values.map((value) => 100 - value!) }
        : one,
    );
    expect(later.at(-1)! > addDays(first!, 600)).toBe(true);
    expect(judged(early, afterwards)).toEqual(judged(early, company.months));
    expect(judged(early).size).toBeGreaterThan(0);
  });

  it('gives nothing where no quarter had enough churns before it', () => {
    expect(judged(company.months, company.months, 100_000).size).toBe(0);
  });

  it('colours by the cuts, and gives shares with their names', () => {
    const found = judged(company.months);
    expect([...found.keys()].every((name) => name.endsWith('_walk_forward'))).toBe(true);
    const red = found.get('red_renew_rate_walk_forward')!;
    const green = found.get('green_churn_rate_walk_forward')!;
    expect(found.get('decisive_accuracy_walk_forward')!.n).toBe(red.n + green.n);
    expect(green.value!).toBeLessThan(1 - red.value!);
  });
});
