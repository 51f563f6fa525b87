import { describe, expect, it } from 'vitest';
import { leadTimes } from './lead-times.ts';
import type { Observation } from './observations.ts';
import { DEFAULT_EVALUATION_RULES } from './rules.ts';

const churnOf = (account_id: string): Observation => ({
  unit: 'renewal',
  horizon_days: 90,
  account_id,
  contract_id: account_id,
  product: null,
  observed_date: '2025-03-03',
  score: 50,
  category: 'yellow',
  flag: null,
  segment: 'smb',
  days_to_renewal: 90,
  arr: 1000,
  outcome: 'churned',
  churn_date: '2025-06-01',
  churn_known_date: '2025-07-02',
  resolved_date: '2025-07-02',
});
const change = (account_id: string, as_of_date: string, is_red: boolean, is_at_risk: boolean) => ({
  account_id,
  as_of_date,
  is_red,
  is_at_risk,
});

describe('leadTimes', () => {
  it('counts each churn in one band of each kind of warning, empty bands too', () => {
    const changes = [
      change('early', '2024-06-01', true, true),
      change('late', '2025-01-01', false, false),
      change('late', '2025-05-02', true, true), // 30 days before
      change('never', '2025-01-01', false, false),
      change('flagged', '2025-01-01', false, false),
      change('flagged', '2025-03-03', false, true), // 90 days before, never red
    ];
    const found = leadTimes(
      ['early', 'late', 'never', 'flagged'].map(churnOf),
      Map.groupBy(changes, ({ account_id }) => account_id),
      DEFAULT_EVALUATION_RULES,
    );
    const counts = (kind: string) =>
      found.filter(({ flagged_by }) => flagged_by === kind).map(({ churn_count }) => churn_count);
    expect(found.slice(0, 6).map(({ band }) => band)).toEqual([
      'none',
      '1 to 30 days',
      '31 to 60 days',
      '61 to 90 days',
      '91 to 180 days',
      'more than 180 days',
    ]);
    expect(counts('red')).toEqual([2, 1, 0, 0, 0, 1]);
    expect(counts('at_risk')).toEqual([1, 1, 0, 1, 0, 1]);
    expect(found.slice(0, 6).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('counts a churn once, however many months saw it, and nothing without one', () => {
    const twice = leadTimes([churnOf('A'), churnOf('A')], new Map(), DEFAULT_EVALUATION_RULES);
    expect(twice[0]).toMatchObject({ band: 'none', churn_count: 1, share: 1 });
    expect(leadTimes([{ ...churnOf('A'), outcome: 'renewed' }], new Map(), DEFAULT_EVALUATION_RULES)).toEqual(
      [],
    );
  });
});
