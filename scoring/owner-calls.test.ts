import { describe, expect, it } from 'vitest';
import { type FrozenForecast, forecastRenewals } from './forecast.ts';
import type { OwnerCall } from './history.ts';
import { ownerCallAccuracy } from './owner-calls.ts';
import { DEFAULT_EVALUATION_RULES } from './rules.ts';
import { lapsed, renewalOf, renewed } from './test-history.ts';

const OPTIONS = { rules: DEFAULT_EVALUATION_RULES, bootstrap: { samples: 300, seed: 1 } };
const SHARES: Readonly<Record<string, number>> = { commit: 0.9, best_case: 0.5, omitted: 0 };

const frozen = (
  contract_id: string,
  is_renewed: boolean,
  values: Partial<FrozenForecast> = {},
): FrozenForecast => ({
  frozen_at: 'quarter_start',
  cutoff: '2026-01-01',
  contract_id,
  renewal_date: '2026-03-01',
  account_id: contract_id,
  arr: 100,
  kept_arr: is_renewed ? 100 : 0,
  is_renewed,
  renew_probability: 0.8,
  ...values,
});

const called = (contract_id: string, owner_call: string, values: Partial<OwnerCall> = {}): OwnerCall => ({
  contract_id,
  renewal_date: '2026-03-01',
  as_of_date: '2026-01-01',
  owner_call,
  call_share: SHARES[owner_call]!,
  ...values,
});

describe('ownerCallAccuracy', () => {
  it('is nothing without a call', () => {
    expect(ownerCallAccuracy([frozen('A', true)], [], OPTIONS)).toEqual([]);
  });

  // Worked by hand. A 100 renewed, commit; B 200 kept 150 of it, best case; C 100 lost, commit; D without a call is no case.
  const FOUR = [
    frozen('A', true),
    frozen('B', true, { arr: 200, kept_arr: 150, renew_probability: 0.6 }),
    frozen('C', false, { renew_probability: 0.3 }),
    frozen('D', false),
  ];
  const CALLS = [called('A', 'commit'), called('B', 'best_case'), called('C', 'commit')];

  it('sets both beside what came, on the renewals that had a call', () => {
    const [all, commit, best] = ownerCallAccuracy(FOUR, CALLS, OPTIONS);
    expect(all).toMatchObject({
      owner_call: 'all',
      n: 3,
      case_count: 4,
      churn_count: 1,
      due_arr: 400,
      kept_arr: 250,
      call_arr: 90 + 100 + 90,
      call_share: null,
      verdict: 'insufficient_evidence',
    });
    expect(all?.forecast_arr).toBeCloseTo(80 + 120 + 30);
    expect(all?.renewed_share).toBeCloseTo(2 / 3);
    // owners: (0.1² + 0.5² + 0.9²) / 3; forecast: (0.2² + 0.4² + 0.3²) / 3
    expect(all?.call_brier).toBeCloseTo(1.07 / 3);
    expect(all?.forecast_brier).toBeCloseTo(0.29 / 3);
    expect(all?.brier_difference).toBeCloseTo(0.78 / 3);
    // owners: |90 − 100| + |100 − 150| + |90 − 0| of 250; forecast: |80 − 100| + |120 − 150| + |30 − 0|
    expect(all?.call_wape).toBeCloseTo(150 / 250);
    expect(all?.forecast_wape).toBeCloseTo(80 / 250);
    expect(commit).toMatchObject({ owner_call: 'commit', n: 2, call_share: 0.9, renewed_share: 0.5 });
    expect(best).toMatchObject({ owner_call: 'best_case', n: 1, call_share: 0.5, renewed_share: 1 });
    expect(all?.sentence).toBe(
      'Of 3 renewals at the start of the quarter, 67 % renewed. Owners were off by 60 % of the ARR kept (Brier score 0.357), ' +
        'the forecast by 32 % (0.097): not enough evidence to say who was nearer (1 churn known; 30 are needed).',
    );
  });

  it('takes the call of the day on which the forecast was frozen, of the same renewal', () => {
    const others = [
      called('A', 'commit', { as_of_date: '2026-01-02' }),
      called('A', 'commit', { renewal_date: '2027-03-01' }),
    ];
    expect(ownerCallAccuracy(FOUR, others, OPTIONS)).toEqual([]);
  });

  it('names who was nearer from 30 churns on', () => {
    const cases = Array.from({ length: 120 }, (_, index) =>
      frozen(`C${index}`, index >= 40, { renew_probability: index >= 40 ? 0.8 : 0.4 }),
    );
    const hopeful = cases.map(({ contract_id }) => called(contract_id, 'commit'));
    const knowing = cases.map(({ contract_id, is_renewed }) =>
      called(contract_id, is_renewed ? 'commit' : 'omitted'),
    );
    expect(ownerCallAccuracy(cases, hopeful, OPTIONS)[0]).toMatchObject({ verdict: 'forecast' });
    expect(ownerCallAccuracy(cases, knowing, OPTIONS)[0]).toMatchObject({ verdict: 'owner' });
    const same = cases.map(({ contract_id, renew_probability }) =>
      called(contract_id, 'commit', { call_share: renew_probability }),
    );
    expect(ownerCallAccuracy(cases, same, OPTIONS)[0]).toMatchObject({ verdict: 'not_told_apart' });
    const few = cases.filter((_, index) => index >= 11);
    expect(ownerCallAccuracy(few, hopeful, OPTIONS)[0]).toMatchObject({ verdict: 'insufficient_evidence' });
  });
});

describe('the frozen forecasts', () => {
  // 40 renewals finished before 2025-10-01, so that its quarter is forecast
  const past = Array.from({ length: 40 }, (_, index) =>
    renewed({ contract_id: `P${index}`, account_id: `P${index}`, renewal_date: '2025-06-30' }),
  );
  const cases = [
    // known as lost on 2025-12-15: open on all three days
    lapsed({
      contract_id: 'L',
      account_id: 'L',
      renewal_date: '2025-11-20',
      outcome_known_date: '2025-12-15',
    }),
    // closed on 2025-10-20: open on the first alone
    renewed({
      ...{ contract_id: 'R', account_id: 'R', renewal_date: '2025-11-30', outcome_known_date: '2025-10-20' },
      ...{ arr: 500, renewed_arr: 450, renewal_outcome: 'contracted' },
    }),
    renewalOf({ contract_id: 'O', account_id: 'O', renewal_date: '2025-12-20' }),
    // more than a year ago
    renewed({ contract_id: 'Y', account_id: 'Y', renewal_date: '2024-12-20' }),
  ];
  const { frozen: found } = forecastRenewals([...past, ...cases], [], '2024-10-01', {
    asOfDate: '2025-12-31',
    graceDays: 30,
    rules: DEFAULT_EVALUATION_RULES,
  });

  it('are those of renewals that have ended in a year, on the days on which they were open', () => {
    const ofCases = found.filter(({ contract_id }) => !contract_id.startsWith('P'));
    expect(ofCases.map(({ contract_id, frozen_at, cutoff }) => [contract_id, frozen_at, cutoff])).toEqual([
      ['L', 'quarter_start', '2025-10-01'],
      ['R', 'quarter_start', '2025-10-01'],
      ['L', 'days_60', '2025-11-01'],
      ['L', 'days_30', '2025-12-01'],
    ]);
    expect(ofCases[1]).toMatchObject({ arr: 500, kept_arr: 450, is_renewed: true });
    expect(ofCases[0]).toMatchObject({ arr: 1000, kept_arr: 0, is_renewed: false });
  });
});
