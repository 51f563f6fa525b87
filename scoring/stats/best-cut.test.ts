import { describe, expect, it } from 'vitest';
import { balancedAccuracy } from './balanced-accuracy.ts';
import { bestCut, countPoints, sweepCuts } from './best-cut.ts';
import { seededRandom } from './seeded-random.ts';

const ALL = { from: 0, to: 99, near: 40 };

describe('bestCut', () => {
  it('lies between churned and renewed where they can be told apart, as near as can be to the cut in force', () => {
    const counts = countPoints([20, 30, 60, 80], [true, true, false, false]);
    expect(bestCut(counts, ALL)).toBe(40); // 30 to 59 are as good
    expect(bestCut(counts, { ...ALL, near: 10 })).toBe(30);
    expect(bestCut(counts, { ...ALL, near: 90 })).toBe(59);
    expect(bestCut(counts, { ...ALL, from: 65 })).toBe(65);
    expect(bestCut(counts, { ...ALL, to: 25 })).toBe(25); // one of two churned; as good as 20 to 29
  });

  it('has the highest balanced accuracy of all whole points', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 50; round += 1) {
      const points = Array.from({ length: 60 }, () => Math.floor(random() * 101));
      const churned = points.map((point) => random() < (100 - point) / 150);
      const weights = points.map(() => Math.floor(random() * 3));
      const accuracy = (cut: number) =>
        balancedAccuracy(
          points.map((point) => point <= cut),
          churned,
          weights,
        )!;
      const found = bestCut(countPoints(points, churned, weights), ALL)!;
      const best = Math.max(...Array.from({ length: 100 }, (_, cut) => accuracy(cut)));
      expect(accuracy(found)).toBeCloseTo(best, 10);
    }
  });

  it('is none without both outcomes', () => {
    expect(bestCut(countPoints([20, 30], [true, true]), ALL)).toBeNull();
  });
});

describe('sweepCuts', () => {
  it('gives at each cut the shares at it or below, in tenths of points as well', () => {
    const { churnedBelow, renewedBelow } = sweepCuts(
      countPoints([200, 305, 600, 805], [true, true, false, false], undefined, 1001),
    )!;
    expect(churnedBelow).toHaveLength(1001);
    expect([199, 200, 304, 305, 1000].map((cut) => churnedBelow[cut])).toEqual([0, 0.5, 0.5, 1, 1]);
    expect([599, 600, 805].map((cut) => renewedBelow[cut])).toEqual([0, 0.5, 1]);
  });
});
