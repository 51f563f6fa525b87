import { describe, expect, it } from 'vitest';
import { boostedMargin, fitBoosted, type RiskTree } from './boosted-trees.ts';
import { seededRandom } from './seeded-random.ts';
import { treePoints } from './tree-shap.ts';

/** What a tree gives when only some features are known: the others lead both ways, by the share of cases. */
function expected(tree: RiskTree, known: ReadonlySet<number>, points: readonly number[], place = 0): number {
  const feature = tree.feature[place]!;
  if (feature < 0) return tree.value[place]!;
  const [left, right] = [tree.left[place]!, tree.right[place]!];
  if (known.has(feature))
    return expected(tree, known, points, points[feature]! <= tree.threshold[place]! ? left : right);
  return (
    (tree.cover[left]! * expected(tree, known, points, left) +
      tree.cover[right]! * expected(tree, known, points, right)) /
    tree.cover[place]!
  );
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** Shapley's formula over all subsets of all features, by the definition. */
function byBruteForce(trees: readonly RiskTree[], count: number, points: readonly number[]): number[] {
  const worth = (subset: number) => {
    const known = new Set(
      Array.from({ length: count }, (_, one) => one).filter((one) => subset & (1 << one)),
    );
    return trees.reduce((sum, tree) => sum + expected(tree, known, points), 0);
  };
  return Array.from({ length: count }, (_, player) => {
    let phi = 0;
    for (let subset = 0; subset < 1 << count; subset += 1) {
      if (subset & (1 << player)) continue;
      const size = subset.toString(2).replaceAll('0', '').length;
      phi +=
        ((factorial(size) * factorial(count - size - 1)) / factorial(count)) *
        (worth(subset | (1 << player)) - worth(subset));
    }
    return phi;
  });
}

const random = seededRandom(4);
const COUNT = 5;
const columns = Array.from({ length: COUNT }, () =>
  Uint8Array.from({ length: 400 }, () => Math.floor(random() * 101)),
);
const churned = Uint8Array.from({ length: 400 }, (_, row) =>
  random() < 1 / (1 + Math.exp((columns[0]![row]! * columns[1]![row]!) / 1500 + columns[2]![row]! / 40 - 2))
    ? 1
    : 0,
);
const CASES = [0, 1, 2, 3, 4, 5, 6, 7].map((row) => columns.map((column) => column[row]!));

describe('treePoints', () => {
  it.each([1, 2, 3, 4])('is Shapley’s formula, at depth %i', (depth) => {
    const { trees } = fitBoosted({ columns, churned }, { treeCount: 12, depth, leastCases: 5 })!;
    for (const points of CASES) {
      const { byFeature } = treePoints(trees, COUNT, (feature) => points[feature]!);
      const brute = byBruteForce(trees, COUNT, points);
      for (const [feature, value] of byFeature.entries()) expect(value).toBeCloseTo(brute[feature]!, 12);
    }
  });

  it('adds to what the trees give, from the mean of the fit', () => {
    const model = fitBoosted({ columns, churned }, { treeCount: 60, leastCases: 5 })!;
    const margins = Array.from({ length: 400 }, (_, row) =>
      boostedMargin(model, (feature) => columns[feature]![row]!),
    );
    for (const points of CASES) {
      const { base, byFeature } = treePoints(model.trees, COUNT, (feature) => points[feature]!);
      const sum = byFeature.reduce((total, value) => total + value, base);
      expect(model.base + sum).toBeCloseTo(
        boostedMargin(model, (feature) => points[feature]!),
        12,
      );
      expect(model.base + base).toBeCloseTo(margins.reduce((total, value) => total + value, 0) / 400, 9);
    }
  });

  it('gives nothing to a signal that no tree asks for', () => {
    const { trees } = fitBoosted({ columns: columns.slice(0, 2), churned }, { treeCount: 9, leastCases: 5 })!;
    expect(treePoints(trees, 3, () => 50).byFeature[2]).toBe(0);
  });

  // A tree of one question: the case on the left gets −1, where a quarter of the cases went; the mean is 0.5.
  it('gives all of a question to its signal, as by hand', () => {
    const tree: RiskTree = {
      feature: Int16Array.of(0, -1, -1),
      threshold: Uint8Array.of(40, 0, 0),
      left: Int16Array.of(1, 0, 0),
      right: Int16Array.of(2, 0, 0),
      value: Float64Array.of(0, -1, 1),
      cover: Float64Array.of(8, 2, 6),
    };
    expect(treePoints([tree], 1, () => 40)).toEqual({ base: 0.5, byFeature: Float64Array.of(-1.5) });
    expect(treePoints([tree], 1, () => 41)).toEqual({ base: 0.5, byFeature: Float64Array.of(0.5) });
  });
});
