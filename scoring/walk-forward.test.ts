import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import type { Observation } from './observations.ts';
import { calibrateWalkForward } from './walk-forward.ts';

const observation = (values: Partial<Observation> & Pick<Observation, 'observed_date'>): Observation => ({
  unit: 'renewal',
  horizon_days: 90,
  account_id: 'A1',
  contract_id: 'C1',
  product: null,
  days_to_renewal: 90,
  score: 50,
  category: 'yellow',
  flag: null,
  segment: 'smb',
  arr: 1000,
  outcome: 'renewed',
  churn_date: null,
  churn_known_date: null,
  resolved_date: addDays(values.observed_date, 120),
  ...values,
});

const CASES = [
  ...[20, 30, 60].map((score) => observation({ observed_date: '2025-01-10', score, outcome: 'churned' })),
  ...[40, 70, 80, 90].map((score) => observation({ observed_date: '2025-01-10', score })),
  observation({ observed_date: '2025-05-10', score: 25 }), // the first are resolved on 10 May
  observation({ observed_date: '2025-06-01', score: 25 }),
  observation({ observed_date: '2025-06-01', score: 85 }),
];

describe('calibrateWalkForward', () => {
  it('gives a probability once outcomes were known before the month of t', () => {
    const probabilities = calibrateWalkForward(CASES).map(({ churn_probability }) => churn_probability);
    expect(probabilities.slice(0, 8)).toEqual(Array(8).fill(null));
    const [low, high] = probabilities.slice(8) as [number, number];
    expect(low).toBeGreaterThan(0.5);
    expect(high).toBeLessThan(0.3);
  });

  it('changes nothing at t when outcomes that were known later are turned round', () => {
    const turned = CASES.map((one) =>
      one.resolved_date >= '2025-06-01' ? { ...one, outcome: 'churned' as const } : one,
    );
    const probabilities = (cases: readonly Observation[]) =>
      calibrateWalkForward(cases).map(({ churn_probability }) => churn_probability);
    expect(probabilities(turned)).toEqual(probabilities(CASES));
  });
});
