import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BoostCases, boostedMargin, fitBoosted } from './boosted-trees.ts';
import { seededRandom } from './seeded-random.ts';

const LOOSE = { leastCases: 1 };

/** Churn where both of two signals are low, of three. */
function interaction(count: number, seed: number): BoostCases {
  const random = seededRandom(seed);
  const columns = Array.from({ length: 3 }, () =>
    Uint8Array.from({ length: count }, () => Math.floor(random() * 101)),
  );
  const churned = Uint8Array.from({ length: count }, (_, row) =>
    random() < (columns[0]![row]! <= 40 && columns[1]![row]! <= 40 ? 0.6 : 0.02) ? 1 : 0,
  );
  return { columns, churned };
}

const at =
  (...points: number[]) =>
  (feature: number) =>
    points[feature]!;

const logLoss = ({ columns, churned }: BoostCases, margin: (row: number) => number) =>
  churned.reduce((sum, one, row) => {
    const value = margin(row) * (one === 1 ? 1 : -1);
    return sum + Math.log1p(Math.exp(value));
  }, 0) / columns[0]!.length;

describe('fitBoosted', () => {
  // By hand: half renewed, so the base is 0, each slope p − y = ±0.5 and each curvature 0.25. Split at 0: the left leaf has
  // slope +1 and curvature 0.5, so −1 / (0.5 + 1) = −2/3, of which a tenth is taken; the right one the opposite.
  it('finds the one question of four cases, and the leaves by hand', () => {
    const model = fitBoosted(
      { columns: [Uint8Array.of(0, 0, 100, 100)], churned: Uint8Array.of(1, 1, 0, 0) },
      { treeCount: 1, ...LOOSE },
    )!;
    expect(model.base).toBe(0);
    expect([...model.trees[0]!.feature]).toEqual([0, -1, -1]);
    expect([...model.trees[0]!.cover]).toEqual([4, 2, 2]);
    expect(boostedMargin(model, at(0))).toBeCloseTo(-2 / 30, 12);
    expect(boostedMargin(model, at(100))).toBeCloseTo(2 / 30, 12);
  });

  it('ends where nothing is left to ask', () => {
    const same = { columns: [Uint8Array.of(50, 50, 50)], churned: Uint8Array.of(1, 0, 0) };
    expect(fitBoosted(same, { treeCount: 9, ...LOOSE })!.trees).toEqual([]);
    expect(fitBoosted(same, { treeCount: 9, ...LOOSE })!.base).toBeCloseTo(Math.log(2), 12);
  });

  it('gives a signal nothing that speaks the wrong way', () => {
    const turned = { columns: [Uint8Array.of(100, 100, 0, 0)], churned: Uint8Array.of(1, 1, 0, 0) };
    expect(fitBoosted(turned, { treeCount: 5, ...LOOSE })!.trees).toEqual([]);
  });

  it('is never lower for a higher signal', () => {
    const model = fitBoosted(interaction(800, 3), { treeCount: 60, leastCases: 5 })!;
    const point = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(fc.tuple(point, point, point), fc.nat({ max: 2 }), point, (values, feature, rise) => {
        const higher = [...values];
        higher[feature] = Math.min(100, higher[feature]! + rise);
        expect(boostedMargin(model, at(...higher))).toBeGreaterThanOrEqual(
          boostedMargin(model, at(...values)) - 1e-12,
        );
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('lowers the loss of its cases with each tree', () => {
    const cases = interaction(600, 5);
    const model = fitBoosted(cases, { treeCount: 40 })!;
    let before = Infinity;
    for (let trees = 0; trees <= model.trees.length; trees += 1) {
      const loss = logLoss(cases, (row) => boostedMargin(model, (one) => cases.columns[one]![row]!, trees));
      expect(loss).toBeLessThan(before);
      before = loss;
    }
    expect(model.trees).toHaveLength(40);
  });

  it('sees what two signals do together', () => {
    const model = fitBoosted(interaction(4000, 7), { treeCount: 100 })!;
    const chance = (...points: number[]) => 1 / (1 + Math.exp(boostedMargin(model, at(...points))));
    expect(chance(20, 20, 50)).toBeGreaterThan(0.5);
    for (const points of [
      [80, 20, 50],
      [20, 80, 50],
      [80, 80, 50],
    ])
      expect(chance(...points)).toBeLessThan(0.1);
  });

  it('does not depend on the order of the cases', () => {
    const cases = interaction(500, 9);
    const turned = {
      columns: cases.columns.map((column) => column.slice().reverse()),
      churned: cases.churned.slice().reverse(),
    };
    const [one, other] = [cases, turned].map((each) => fitBoosted(each, { treeCount: 20 })!);
    for (const points of [
      [0, 0, 0],
      [30, 60, 90],
      [100, 100, 100],
    ])
      expect(boostedMargin(one!, at(...points))).toBeCloseTo(boostedMargin(other!, at(...points)), 9);
  });

  it('gives null with one outcome, and an error for columns of another length', () => {
    expect(
      fitBoosted({ columns: [Uint8Array.of(1, 2)], churned: Uint8Array.of(0, 0) }, { treeCount: 1 }),
    ).toBeNull();
    expect(() =>
      fitBoosted({ columns: [Uint8Array.of(1)], churned: Uint8Array.of(0, 1) }, { treeCount: 1 }),
    ).toThrow('expected 2 values of each feature, got 1');
  });
});
