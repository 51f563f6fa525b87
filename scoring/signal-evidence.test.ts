import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import type { Observation } from './observations.ts';
import { DEFAULT_EVALUATION_RULES } from './rules.ts';
import { signalEvidence } from './signal-evidence.ts';
import { seededRandom } from './stats/seeded-random.ts';

const OPTIONS = { rules: DEFAULT_EVALUATION_RULES, bootstrap: { samples: 200, seed: 1 } };
const SIGNALS = [
  { signal: 'honest', weight: 60 },
  { signal: 'leak', weight: 40 },
  { signal: 'late_leak', weight: 0 },
];

/**
 * 300 accounts seen half a year ahead, one in five churns. `honest` falls with the risk; `leak` is 0 for every churn and
 * 50 to 100 else; `late_leak` is so only for churns within 90 days, which a notice may tell.
 */
function company(seed = 1, churnShare = 0.2) {
  const random = seededRandom(seed);
  const values = new Map<string, (number | null)[]>();
  const observations = Array.from({ length: 300 }, (_, index): Observation => {
    const account_id = `A${index}`;
    const isChurned = random() < churnShare;
    const ahead = index % 2 === 0 ? 150 : 60;
    const honest = Math.min(100, Math.max(0, 60 - (isChurned ? 20 : 0) + (random() - 0.5) * 80));
    values.set(account_id, [
      honest,
      isChurned ? 0 : 50 + random() * 50,
      isChurned && ahead === 60 ? 0 : random() * 100,
    ]);
    return {
      unit: 'account',
      horizon_days: 180,
      account_id,
      contract_id: null,
      product: null,
      observed_date: '2025-01-31',
      score: 50,
      category: 'yellow',
      flag: null,
      segment: 'smb',
      days_to_renewal: ahead,
      arr: 1000,
      outcome: isChurned ? 'churned' : 'renewed',
      churn_date: isChurned ? addDays('2025-01-31', ahead) : null,
      churn_known_date: isChurned ? addDays('2025-01-31', ahead + 30) : null,
      resolved_date: '2025-08-31',
    };
  });
  return { observations, valuesOf: (one: Observation) => values.get(one.account_id)! };
}

describe('signalEvidence', () => {
  it('catches a signal that knows churns too early, and no other', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { observations, valuesOf } = company(seed);
      const found = signalEvidence(observations, SIGNALS, valuesOf, OPTIONS);
      expect(found.map(({ signal, is_suspected_leak }) => [signal, is_suspected_leak])).toEqual([
        ['honest', false],
        ['leak', true],
        ['late_leak', false],
      ]);
      expect(found[1]).toMatchObject({ auc: 1, early_auc: 1 });
      expect(found[0]!.auc!).toBeGreaterThan(0.55);
    }
  });

  it('accuses nobody on the evidence of a few churns', () => {
    const { observations, valuesOf } = company(3, 0.02);
    expect(
      signalEvidence(observations, SIGNALS, valuesOf, OPTIONS).some((one) => one.is_suspected_leak),
    ).toBe(false);
  });

  it('leaves cases without data out, and gives nulls where none has any', () => {
    const { observations } = company();
    const [one] = signalEvidence(observations, [SIGNALS[0]!], () => [null], OPTIONS);
    expect(one).toMatchObject({ n: 0, auc: null, mean_churned: null, is_suspected_leak: false });
  });
});
