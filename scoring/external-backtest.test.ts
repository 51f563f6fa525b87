import { describe, expect, it } from 'vitest';
import { externalBacktest } from './external-backtest.ts';
import type { ExternalScore } from './history.ts';
import type { Observation } from './observations.ts';
import { DEFAULT_EVALUATION_RULES } from './rules.ts';
import { asObservation, simulateCompany } from './test-company.ts';

const OPTIONS = {
  rules: DEFAULT_EVALUATION_RULES,
  bootstrap: { samples: 300, seed: 1 },
  withheld: null,
};

const DAY = '2025-01-31';

const observation = (
  account_id: string,
  score: number,
  outcome: Observation['outcome'],
  values: Partial<Observation> = {},
): Observation => ({
  unit: 'renewal',
  horizon_days: 90,
  account_id,
  contract_id: `C-${account_id}`,
  product: null,
  observed_date: DAY,
  score,
  category: 'yellow',
  flag: null,
  segment: 'smb',
  days_to_renewal: 90,
  arr: 1000,
  outcome,
  churn_date: outcome === 'churned' ? '2025-05-01' : null,
  churn_known_date: outcome === 'churned' ? '2025-05-31' : null,
  resolved_date: '2025-05-31',
  ...values,
});

const external = (account_id: string, score: number, system = 'old', as_of_date = DAY): ExternalScore => ({
  account_id,
  as_of_date,
  system,
  score,
});

/**
 * Two churned and three renewed, of which the other platform scored all but the last. By hand, of the 2 × 2 pairs that
 * both scored: theirs has 10 below 60 and 30, 50 below 60 only: 3 of 4. Ours has 20 and 40 below 70 and 60: all.
 */
const FIVE = [
  observation('A', 20, 'churned'),
  observation('B', 40, 'churned'),
  observation('C', 70, 'renewed'),
  observation('D', 60, 'renewed'),
  observation('E', 90, 'renewed'),
];
const FOUR = [external('A', 10), external('B', 50), external('C', 60), external('D', 30)];

describe('externalBacktest', () => {
  it('judges both on the cases that both scored, as by hand', () => {
    const [found, ...more] = externalBacktest(FIVE, FOUR, OPTIONS);
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      system: 'old',
      n: 4,
      case_count: 5,
      account_count: 4,
      churn_count: 2,
      auc_external: 0.75,
      auc_own: 1,
      auc_difference: 0.25,
      verdict: 'insufficient_evidence',
    });
    expect(found!.sentence).toBe(
      'On the same 4 renewals (2 churns), 90 days ahead, without 1 that old had not scored, the score of old reached an AUC of 0.75 ' +
        '(0.00 to 1.00), this one 1.00 (1.00 to 1.00); difference +0.25 (0.00 to +1.00): not enough evidence to say which is better (2 churns known; 30 are needed).',
    );
  });

  it('leaves out what is neither churned nor renewed, and scores of other days and accounts', () => {
    const cases = [
      ...FIVE,
      observation('F', 1, 'censored'),
      observation('G', 99, 'contracted'),
      observation('H', 50, 'renewed', { observed_date: '2025-02-28' }),
    ];
    const scores = [
      ...FOUR,
      external('F', 99),
      external('G', 1),
      external('H', 5),
      external('A', 100, 'old', '2025-02-28'),
      external('Z', 5),
    ];
    expect(externalBacktest(cases, scores, OPTIONS)[0]).toMatchObject({
      n: 4,
      case_count: 6,
      auc_external: 0.75,
      auc_own: 1,
    });
  });

  it('gives each platform its own cases, and none to one that scored none of them', () => {
    const found = externalBacktest(
      FIVE,
      [...FOUR, external('A', 5, 'alpha'), external('E', 9, 'alpha'), external('Z', 9, 'zeta')],
      OPTIONS,
    );
    expect(found.map(({ system, n, auc_external }) => [system, n, auc_external])).toEqual([
      ['alpha', 2, 1],
      ['old', 4, 0.75],
    ]);
  });

  it('compares nothing where all had the same outcome', () => {
    const [found] = externalBacktest(FIVE.slice(2), FOUR, OPTIONS);
    expect(found).toMatchObject({
      auc_external: null,
      auc_difference: null,
      verdict: 'insufficient_evidence',
    });
    expect(found!.sentence).toContain('cannot be compared: all had the same outcome');
  });

  // Of a simulated company whose churn follows two signals: one score rests on both, another on one and noise.
  const company = simulateCompany({ seed: 3, accounts: 500, strengths: [3, 3], intercept: 2 });
  const both = company.renewals.map((one) =>
    asObservation(one, 'renewal', (one.values[0]! + one.values[1]!) / 2),
  );
  const half = company.renewals.map((one) =>
    external(one.account_id, one.values[0]!, 'half', one.observed_date),
  );

  it('says that the score that knows more is better, and the other way round', () => {
    expect(externalBacktest(both, half, OPTIONS)[0]).toMatchObject({ verdict: 'better' });
    const turned = company.renewals.map((one) => asObservation(one, 'renewal', one.values[0]!));
    const wise = both.map((one) => external(one.account_id, one.score, 'wise', one.observed_date));
    const [found] = externalBacktest(turned, wise, OPTIONS);
    expect(found).toMatchObject({ verdict: 'worse' });
    expect(found!.sentence).toMatch(/: wise is better\.$/);
  });

  it('finds no difference between a score and itself, whatever scale it is on', () => {
    const same = both.map((one) => external(one.account_id, one.score / 10, 'tenth', one.observed_date));
    expect(externalBacktest(both, same, OPTIONS)[0]).toMatchObject({
      auc_difference: 0,
      ci_low: 0,
      ci_high: 0,
      verdict: 'not_told_apart',
    });
  });

  it('says of a score that counts risk how it is turned round', () => {
    const risk = both.map((one) => external(one.account_id, 100 - one.score, 'risk', one.observed_date));
    const [found] = externalBacktest(both, risk, OPTIONS);
    expect(found!.auc_external).toBeCloseTo(1 - found!.auc_own!, 12);
    expect(found!.sentence).toContain('where it counts risk, map its score with subtracted_from');
  });

  it('gives no verdict in sample, and says why', () => {
    const [found] = externalBacktest(both, half, { ...OPTIONS, withheld: 'fitted on these outcomes' });
    expect(found).toMatchObject({ verdict: 'insufficient_evidence' });
    expect(found!.sentence).toContain('(fitted on these outcomes)');
  });

  it('holds nothing in nine of ten companies whose other score is as good', () => {
    // Two scores of the same worth: the same signals, each with noise of its own.
    let toldApart = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const { renewals } = simulateCompany({ seed, accounts: 200, strengths: [3, 3], intercept: 2 });
      const own = renewals.map((one) => asObservation(one, 'renewal', one.values[0]!));
      const other = renewals.map((one) =>
        external(one.account_id, one.values[1]!, 'other', one.observed_date),
      );
      const [found] = externalBacktest(own, other, { ...OPTIONS, bootstrap: { samples: 200, seed } });
      if (found!.verdict !== 'not_told_apart') toldApart += 1;
    }
    expect(toldApart).toBeLessThanOrEqual(3);
  });
});
