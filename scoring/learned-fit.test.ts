import { beforeAll, describe, expect, it } from 'vitest';
import { LEARNED_METHODS, type LearnedFits, learnedCases, learnedFits } from './learned-fit.ts';
import { auc } from './stats/auc.ts';
import { fitRisk } from './stats/risk-fit.ts';
import { type CompanyOptions, type SimulatedCase, simulateCompany } from './test-company.ts';
import { quarterStart } from './weight-trial.ts';

const LINEAR: CompanyOptions = { seed: 3, accounts: 500, strengths: [3, 2, 0, 0], intercept: 1.5 };
const PAIRS: CompanyOptions = {
  seed: 3,
  accounts: 1000,
  strengths: [0, 0, 0, 0],
  intercept: -3,
  pairsLow: 3,
};
const RANDOM: CompanyOptions = { seed: 5, accounts: 500, strengths: [0, 0, 0, 0], intercept: -1.7 };

const AS_OF = '2025-07-01';
const OPTIONS = { asOfDate: AS_OF, minimumChurns: 30 };

const fitsOf = (cases: readonly SimulatedCase[], method: (typeof LEARNED_METHODS)[number]) =>
  learnedFits(learnedCases(cases, cases[0]!.values.length), method, OPTIONS);

/** AUC on the renewals of another company of the same law. */
function testAuc(options: CompanyOptions, scoreOf: (one: SimulatedCase) => number): number {
  const { renewals } = simulateCompany({ ...options, seed: options.seed + 1000, accounts: 3000 });
  const sorted = renewals
    .map((one) => ({ score: scoreOf(one), isChurned: one.churn_date !== null }))
    .sort((left, right) => left.score - right.score);
  return auc(
    sorted.map(({ score }) => score),
    sorted.map(({ isChurned }) => isChurned),
  )!;
}

describe('learnedFits', () => {
  let linear: Record<(typeof LEARNED_METHODS)[number], LearnedFits>;
  const months = simulateCompany(LINEAR).months;

  beforeAll(() => {
    linear = { logistic: fitsOf(months, 'logistic'), boosted: fitsOf(months, 'boosted') };
  });

  it.each(LEARNED_METHODS)(
    '%s: gives 0 to the worst and 100 to the best, points that add to the score',
    (method) => {
      const { present, quarters } = linear[method];
      for (const fit of [present!, ...quarters.values()]) {
        expect(fit.scoreOf([0, 0, 0, 0])).toBeCloseTo(0, 9);
        expect(fit.scoreOf([100, 100, 100, 100])).toBeCloseTo(100, 9);
        expect(fit.scoreOf([null, null, null, null])).toBeNull();
        for (const values of [...months.slice(0, 20).map((one) => one.values), [null, 40, null, 70]]) {
          const { base, byFeature } = fit.pointsOf(values);
          expect(byFeature.reduce((sum, points) => sum + points, base)).toBeCloseTo(fit.scoreOf(values)!, 9);
        }
      }
    },
  );

  it.each(LEARNED_METHODS)('%s: what comes later changes no earlier score', (method) => {
    const day = '2024-07-01';
    // A signal that knows all from then on, and outcomes turned round: as if the future were another.
    const changed = months.map((one) =>
      one.observed_date < day && one.resolved_date < day
        ? one
        : {
            ...one,
            churn_date: one.churn_date === null ? one.resolved_date : null,
            values: [one.churn_date === null ? 0 : 100, ...one.values.slice(1)],
          },
    );
    const other = fitsOf(changed, method);
    const before = [...linear[method].quarters].filter(([start]) => start <= day);
    expect(before.length).toBeGreaterThan(1);
    for (const [start, fit] of before) {
      const same = other.quarters.get(start)!;
      expect(same.setting).toBe(fit.setting);
      for (const { values } of months.slice(0, 200)) expect(same.scoreOf(values)).toBe(fit.scoreOf(values));
    }
    expect(other.present?.scoreOf(months[0]!.values)).not.toBe(
      linear[method].present!.scoreOf(months[0]!.values),
    );
  });

  it.each(LEARNED_METHODS)(
    '%s: a fit knows the outcomes of the days before its quarter, and no others',
    (method) => {
      for (const [start, fit] of linear[method].quarters) {
        const known = months.filter(({ resolved_date }) => resolved_date < start);
        expect(fit.fitted_on < start).toBe(true);
        expect(fit.case_count).toBe(known.length);
        expect(fit.churn_count).toBe(
          new Set(
            known.flatMap((one) => (one.churn_date === null ? [] : `${one.account_id} ${one.churn_date}`)),
          ).size,
        );
        expect(fit.churn_count).toBeGreaterThanOrEqual(30);
      }
    },
  );

  it('logistic: is the fit of its penalty, as a weighted score', () => {
    const { present } = linear.logistic;
    const features = Float64Array.from(months.flatMap(({ values }) => values.map((value) => value! / 100)));
    const churned = Uint8Array.from(months, ({ churn_date }) => (churn_date === null ? 0 : 1));
    const { strengths } = fitRisk({ featureCount: 4, features, churned }, { penalty: present!.setting })!;
    const total = strengths.reduce((sum, strength) => sum + strength, 0);
    for (const [signal, strength] of strengths.entries()) {
      const only = [0, 0, 0, 0].map((_, other) => (other === signal ? 100 : 0));
      expect(present!.scoreOf(only)).toBeCloseTo((100 * strength) / total, 4);
    }
  });

  it('a signal without data stands at its mean', () => {
    const { present } = linear.logistic;
    const mean = months.reduce((sum, { values }) => sum + values[1]!, 0) / months.length;
    expect(present!.scoreOf([70, null, 50, 50])).toBeCloseTo(present!.scoreOf([70, mean, 50, 50])!, 9);
    expect(present!.pointsOf([70, null, 50, 50]).byFeature[1]).toBe(0);
    const { present: trees } = linear.boosted;
    const seen = [...new Set(months.map(({ values }) => values[0]!))];
    const around = seen.sort((left, right) => Math.abs(left - mean) - Math.abs(right - mean));
    expect(around.map((value) => trees!.scoreOf([value, 50, 50, 50]))).toContain(
      trees!.scoreOf([null, 50, 50, 50]),
    );
  });

  it('reaches what the truth allows where churn follows the signals one by one', () => {
    const truth = testAuc(LINEAR, ({ churn_chance }) => -churn_chance);
    const logistic = testAuc(LINEAR, ({ values }) => linear.logistic.present!.scoreOf(values)!);
    expect(truth - logistic).toBeLessThan(0.01);
    expect(truth - testAuc(LINEAR, ({ values }) => linear.boosted.present!.scoreOf(values)!)).toBeLessThan(
      0.03,
    );
  });

  it('trees see what signals do together, weights do not', () => {
    const cases = simulateCompany(PAIRS).months;
    const aucOf = (method: (typeof LEARNED_METHODS)[number]) => {
      const { present } = fitsOf(cases, method);
      return testAuc(PAIRS, ({ values }) => present!.scoreOf(values)!);
    };
    expect(aucOf('boosted')).toBeGreaterThan(aucOf('logistic') + 0.02);
  });

  it('finds next to nothing in random churn', () => {
    const cases = simulateCompany(RANDOM).months;
    for (const method of LEARNED_METHODS) {
      const { present } = fitsOf(cases, method);
      if (present === null) continue;
      expect(Math.abs(testAuc(RANDOM, ({ values }) => present.scoreOf(values)!) - 0.5)).toBeLessThan(0.05);
    }
  });

  it('fits nothing below the churns that are asked for', () => {
    const few = learnedFits(learnedCases(months, 4), 'logistic', { asOfDate: AS_OF, minimumChurns: 10_000 });
    expect(few.present).toBeNull();
    expect(few.quarters.size).toBe(0);
  });

  it('scores each quarter in which cases were observed once there were churns enough', () => {
    const starts = [...linear.logistic.quarters.keys()];
    const observed = new Set(months.map(({ observed_date }) => quarterStart(observed_date)));
    const first = starts[0]!;
    expect([...observed].filter((start) => start >= first).every((start) => starts.includes(start))).toBe(
      true,
    );
  });
});
