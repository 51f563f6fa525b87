import type { RiskTree } from './boosted-trees.ts';

/** What each feature adds to what a case is expected to get. */
export interface TreePoints {
  /** mean over the cases of the fit */
  readonly base: number;
  /** in the order of the features; with `base` they add to what the trees give the case */
  readonly byFeature: Float64Array;
}

/**
 * Divides what trees give a case among its features by their Shapley values: exact tree SHAP, path-dependent (Lundberg et
 * al. 2020, "From local explanations to global understanding with explainable AI for trees", algorithm 1). A feature that
 * is not known leads both ways, each in the share of the fit's cases that went there. What a case gets from a tree is then
 * a sum over its leaves, each the leaf's value times one factor a feature on its path: 1 or 0 where the feature is known,
 * the share where it is not. Each leaf is a game of those few features alone, and is solved by its subsets.
 *
 * @param pointsOf the feature's whole points (0–100)
 * @example treePoints(trees, 10, (feature) => values[feature]) // { base: 0.02, byFeature: [0.4, −1.1, …] }
 */
export function treePoints(
  trees: readonly RiskTree[],
  featureCount: number,
  pointsOf: (feature: number) => number,
): TreePoints {
  const byFeature = new Float64Array(featureCount);
  let base = 0;
  const features: number[] = [];
  const known: number[] = [];
  const shares: number[] = [];

  const divideLeaf = (value: number) => {
    const size = features.length;
    base += value * shares.reduce((product, share) => product * share, 1);
    for (let player = 0; player < size; player += 1) {
      const gain = known[player]! - shares[player]!;
      if (gain === 0) continue;
      let phi = 0;
      for (let subset = 0; subset < 1 << size; subset += 1) {
        if (subset & (1 << player)) continue;
        let product = 1;
        let members = 0;
        for (let other = 0; other < size; other += 1) {
          if (other === player) continue;
          const isMember = (subset >> other) & 1;
          product *= isMember ? known[other]! : shares[other]!;
          members += isMember;
        }
        phi += SHAPLEY[size]![members]! * product;
      }
      byFeature[features[player]!]! += value * gain * phi;
    }
  };

  const walk = (tree: RiskTree, place: number) => {
    const feature = tree.feature[place]!;
    if (feature < 0) {
      divideLeaf(tree.value[place]!);
      return;
    }
    const isLeft = pointsOf(feature) <= tree.threshold[place]!;
    for (const [child, isTaken] of [
      [tree.left[place]!, isLeft],
      [tree.right[place]!, !isLeft],
    ] as const) {
      const share = tree.cover[child]! / tree.cover[place]!;
      const at = features.indexOf(feature);
      if (at === -1) {
        features.push(feature);
        known.push(isTaken ? 1 : 0);
        shares.push(share);
        walk(tree, child);
        features.pop();
        known.pop();
        shares.pop();
      } else {
        const [knownBefore, shareBefore] = [known[at]!, shares[at]!];
        known[at] = isTaken ? knownBefore : 0;
        shares[at] = shareBefore * share;
        walk(tree, child);
        known[at] = knownBefore;
        shares[at] = shareBefore;
      }
    }
  };
  for (const tree of trees) walk(tree, 0);
  return { base, byFeature };
}

/** |S|! (n − |S| − 1)! / n! by n and |S|: n features meet on the longest path. */
const SHAPLEY: readonly (readonly number[])[] = Array.from({ length: 11 }, (_, size) =>
  Array.from(
    { length: size },
    (_, members) => (factorial(members) * factorial(size - members - 1)) / factorial(size),
  ),
);

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
