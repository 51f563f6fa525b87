import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import type { Observation, Outcome } from './observations.ts';
import { DEFAULT_EVALUATION_RULES } from './rules.ts';
import { arrAfter, signalOutcomes } from './signal-outcomes.ts';
import { seededRandom } from './stats/seeded-random.ts';

const OPTIONS = { rules: DEFAULT_EVALUATION_RULES, bootstrap: { samples: 200, seed: 1 } };
const T = '2025-01-31';

const observed = (account_id: string, outcome: Outcome, arr = 1000): Observation => ({
  unit: 'account',
  horizon_days: 90,
  account_id,
  contract_id: null,
  product: null,
  observed_date: T,
  score: 50,
  category: 'yellow',
  flag: null,
  segment: 'smb',
  days_to_renewal: 100,
  arr,
  outcome,
  churn_date: null,
  churn_known_date: null,
  resolved_date: '2025-06-30',
});
const later = (rows: readonly (readonly [account_id: string, arr: number])[]) =>
  arrAfter(
    rows.map(([account_id, arr]) => ({ account_id, as_of_date: addDays(T, 90), arr })),
    (day) => addDays(day, -90),
  );

describe('signalOutcomes', () => {
  it('counts who has more ARR as expanded, and neither the churned nor those without ARR before', () => {
    const observations = [
      observed('more', 'renewed'),
      observed('same', 'renewed'),
      observed('less', 'contracted'),
      observed('gone', 'churned'),
      // renewed early under another contract, then left: its ARR was up and it still churned
      observed('up_and_gone', 'churned'),
      observed('began', 'renewed', 0),
      observed('open', 'censored'),
      observed('silent', 'renewed'),
    ];
    const values = new Map([
      ['more', 90],
      ['same', 60],
      ['less', 50],
      ['gone', 10],
      ['up_and_gone', 20],
      ['began', 80],
      ['open', 0],
    ]);
    const arr = later([
      ['more', 1200],
      ['same', 1000],
      ['less', 700],
      ['up_and_gone', 1500],
      ['began', 500],
      ['open', 9000],
      ['silent', 2000],
    ]);
    const found = signalOutcomes(
      observations,
      arr,
      [{ signal: 'usage', weight: 10 }],
      ({ account_id }) => [values.get(account_id) ?? null],
      OPTIONS,
    );
    const [renewal, expansion] = found;
    // of more 90, same 60, began 80 against gone 10, up_and_gone 20: all pairs the right way
    expect(renewal).toMatchObject({
      ...{ outcome: 'renewal', n: 5, outcome_count: 3, account_count: 2, auc: 1 },
      ...{ mean_without: 15, verdict: 'insufficient_evidence' },
    });
    expect(renewal!.mean_with).toBeCloseTo(230 / 3, 12);
    // more 90 against same 60, less 50, gone 10, up_and_gone 20; x − 46: n Σxy − Σx Σy = 5·44, Σx² = 4120, Σy = 1
    expect(expansion).toMatchObject({
      ...{ outcome: 'expansion', n: 5, outcome_count: 1, account_count: 1, auc: 1 },
      ...{ mean_with: 90, mean_without: 35, verdict: 'insufficient_evidence' },
    });
    expect(expansion!.correlation).toBeCloseTo((5 * 44) / Math.sqrt(5 * 4120 * (5 - 1)), 12);
  });

  it('tells use that comes before growth from noise, and what speaks the other way', () => {
    const verdicts = Array.from({ length: 10 }, (_, index) => {
      const random = seededRandom(index + 1);
      const values = new Map<string, number[]>();
      const grown: (readonly [string, number])[] = [];
      const observations = Array.from({ length: 400 }, (_, account) => {
        const account_id = `A${account}`;
        const use = random() * 100;
        const grows = random() < 0.05 + 0.004 * use;
        grown.push([account_id, grows ? 1100 : 1000]);
        values.set(account_id, [use, random() * 100, 100 - use]);
        return observed(account_id, 'renewed');
      });
      return signalOutcomes(
        observations,
        later(grown),
        ['use', 'noise', 'opposite'].map((signal) => ({ signal, weight: 0 })),
        ({ account_id }) => values.get(account_id)!,
        OPTIONS,
      )
        .filter(({ outcome }) => outcome === 'expansion')
        .map(({ verdict }) => verdict);
    });
    expect(verdicts.map(([use]) => use)).toEqual(Array(10).fill('goes_with'));
    expect(verdicts.map(([, , opposite]) => opposite)).toEqual(Array(10).fill('goes_against'));
    expect(verdicts.filter(([, noise]) => noise === 'not_told_apart').length).toBeGreaterThanOrEqual(8);
  });

  it('finds nothing where nothing is settled', () => {
    expect(
      signalOutcomes(
        [observed('a', 'censored')],
        new Map(),
        [{ signal: 'use', weight: 1 }],
        () => [50],
        OPTIONS,
      ),
    ).toEqual([]);
  });
});
