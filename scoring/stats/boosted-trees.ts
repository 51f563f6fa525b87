import { statisticUndefined } from '../errors.ts';

/** Cases for boosted trees: a column a feature, each in whole points. */
export interface BoostCases {
  /** 0–100, one number a case */
  readonly columns: readonly Uint8Array[];
  /** 1 churned, 0 renewed */
  readonly churned: Uint8Array;
}

/** A tree as arrays, a place each node; place 0 is the root, children stand after their parent. */
export interface RiskTree {
  /** the feature that a node asks for, −1 in a leaf */
  readonly feature: Int16Array;
  /** a case goes left when its feature is at most this */
  readonly threshold: Uint8Array;
  readonly left: Int16Array;
  readonly right: Int16Array;
  /** log-odds of renewal that a leaf adds */
  readonly value: Float64Array;
  /** cases of the fit that came by */
  readonly cover: Float64Array;
}

/** Log-odds of renewal = base + what each tree adds; never lower for a higher feature. */
export interface BoostedTrees {
  readonly base: number;
  readonly trees: readonly RiskTree[];
}

export interface BoostOptions {
  readonly treeCount: number;
  /** questions from the root to a leaf: so many features may act together; default 3 */
  readonly depth?: number;
  /** share of its step that each tree takes, default 0.1 */
  readonly learningRate?: number;
  /** λ of λ/2 · Σ leaf², default 1 */
  readonly penalty?: number;
  /** a leaf has at least so many cases, default 20 */
  readonly leastCases?: number;
}

/** Whole points of 0–100. */
const POINTS = 101;
/** Slope, curvature and count. */
const SUMS = 3;
const LEAST_CURVATURE = 1e-3;

/**
 * Gradient-boosted trees for renewal on features in whole points, by log-loss (Friedman 2001), second order with a
 * penalty on leaves (Chen & Guestrin 2016), from histograms of whole points. Trees are shallow and monotone: no leaf that
 * a higher feature leads to may be below its neighbour, kept by halving the range at each question, as LightGBM's basic
 * constraint and scikit-learn's `HistGradientBoostingClassifier(monotonic_cst=1)` do; with their arithmetic, so that the
 * same cases give the same trees. Nothing is drawn by chance. Trees end early when none finds anything to ask.
 *
 * @returns null when one of the two outcomes is absent
 * @throws ScoringError STATISTIC_UNDEFINED when a column has another length than the outcomes
 * @example fitBoosted({ columns: [Uint8Array.of(0, 0, 100, 100)], churned: Uint8Array.of(1, 1, 0, 0) }, { treeCount: 1, leastCases: 1 })
 */
export function fitBoosted(
  { columns, churned }: BoostCases,
  { treeCount, depth = 3, learningRate = 0.1, penalty = 1, leastCases = 20 }: BoostOptions,
): BoostedTrees | null {
  const count = churned.length;
  for (const column of columns) {
    if (column.length !== count)
      throw statisticUndefined('The fit', `expected ${count} values of each feature, got ${column.length}`);
  }
  let churns = 0;
  for (const one of churned) churns += one;
  if (churns === 0 || churns === count) return null;

  const base = Math.log((count - churns) / churns);
  const margin = new Float64Array(count).fill(base);
  const slope = new Float64Array(count);
  const curvature = new Float64Array(count);
  const grower = new TreeGrower(columns, slope, curvature, { depth, penalty, leastCases, learningRate });
  const trees: RiskTree[] = [];
  while (trees.length < treeCount) {
    for (let row = 0; row < count; row += 1) {
      const renewed = 1 / (1 + Math.exp(-margin[row]!));
      slope[row] = renewed - 1 + churned[row]!;
      curvature[row] = renewed * (1 - renewed);
    }
    const tree = grower.grow(margin);
    if (tree === null) break;
    trees.push(tree);
  }
  return { base, trees };
}

interface GrowthRules {
  readonly depth: number;
  readonly penalty: number;
  readonly leastCases: number;
  readonly learningRate: number;
}

/** A node that may still be divided: its cases are `order[from … until)`. */
interface Growing {
  readonly place: number;
  readonly from: number;
  readonly until: number;
  readonly depth: number;
  readonly slope: number;
  readonly curvature: number;
  /** before the learning rate */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly sums: Float64Array;
}

interface Division {
  readonly feature: number;
  readonly threshold: number;
  readonly gain: number;
  readonly leftSlope: number;
  readonly leftCurvature: number;
  readonly leftCount: number;
}

/** Grows one tree after the other on the same cases, in memory that is kept. */
class TreeGrower {
  readonly #columns: readonly Uint8Array[];
  readonly #slope: Float64Array;
  readonly #curvature: Float64Array;
  readonly #rules: GrowthRules;
  readonly #order: Uint32Array;
  readonly #moved: Uint32Array;
  readonly #slopeInOrder: Float64Array;
  readonly #curvatureInOrder: Float64Array;

  constructor(
    columns: readonly Uint8Array[],
    slope: Float64Array,
    curvature: Float64Array,
    rules: GrowthRules,
  ) {
    this.#columns = columns;
    this.#slope = slope;
    this.#curvature = curvature;
    this.#rules = rules;
    this.#order = new Uint32Array(slope.length);
    this.#moved = new Uint32Array(slope.length);
    this.#slopeInOrder = new Float64Array(slope.length);
    this.#curvatureInOrder = new Float64Array(slope.length);
  }

  /** The next tree, added to `margin`; null when the root finds nothing to ask. */
  grow(margin: Float64Array): RiskTree | null {
    const { depth, learningRate } = this.#rules;
    const count = this.#slope.length;
    const most = 2 ** (depth + 1) - 1;
    const tree = {
      feature: new Int16Array(most).fill(-1),
      threshold: new Uint8Array(most),
      left: new Int16Array(most),
      right: new Int16Array(most),
      value: new Float64Array(most),
      cover: new Float64Array(most),
    };
    for (let row = 0; row < count; row += 1) this.#order[row] = row;
    const [slope, curvature] = [sumOf(this.#slope), sumOf(this.#curvature)];
    const root: Growing = {
      place: 0,
      from: 0,
      until: count,
      depth: 0,
      slope,
      curvature,
      value: this.#valueOf(slope, curvature, -Infinity, Infinity),
      low: -Infinity,
      high: Infinity,
      sums: this.#sumsOf(0, count),
    };
    let places = 1;
    const open = [root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      tree.cover[node.place] = node.until - node.from;
      const division = node.depth < depth ? this.#divide(node) : null;
      if (division === null) {
        const value = learningRate * node.value;
        tree.value[node.place] = value;
        for (let at = node.from; at < node.until; at += 1) margin[this.#order[at]!]! += value;
        continue;
      }
      tree.feature[node.place] = division.feature;
      tree.threshold[node.place] = division.threshold;
      tree.left[node.place] = places;
      tree.right[node.place] = places + 1;
      open.push(...this.#children(node, division, places));
      places += 2;
    }
    if (places === 1) return null;
    return {
      feature: tree.feature.slice(0, places),
      threshold: tree.threshold.slice(0, places),
      left: tree.left.slice(0, places),
      right: tree.right.slice(0, places),
      value: tree.value.slice(0, places),
      cover: tree.cover.slice(0, places),
    };
  }

  #valueOf(slope: number, curvature: number, low: number, high: number): number {
    return Math.min(high, Math.max(low, -slope / (curvature + this.#rules.penalty + 1e-15)));
  }

  /** What brings the most, of all features and thresholds that keep the order; null when nothing does. */
  #divide(node: Growing): Division | null {
    const { leastCases } = this.#rules;
    const count = node.until - node.from;
    if (count < 2 * leastCases || node.curvature < LEAST_CURVATURE) return null;
    let best: Division | null = null;
    for (let feature = 0; feature < this.#columns.length; feature += 1) {
      let [leftSlope, leftCurvature, leftCount] = [0, 0, 0];
      for (let point = 0; point < POINTS - 1; point += 1) {
        const at = (feature * POINTS + point) * SUMS;
        const here = node.sums[at + 2]!;
        if (here === 0) continue;
        leftSlope += node.sums[at]!;
        leftCurvature += node.sums[at + 1]!;
        leftCount += here;
        if (leftCount < leastCases || leftCurvature < LEAST_CURVATURE) continue;
        const rightCurvature = node.curvature - leftCurvature;
        if (count - leftCount < leastCases || rightCurvature < LEAST_CURVATURE) break;
        const rightSlope = node.slope - leftSlope;
        const left = this.#valueOf(leftSlope, leftCurvature, node.low, node.high);
        const right = this.#valueOf(rightSlope, rightCurvature, node.low, node.high);
        if (left > right) continue;
        const gain = node.slope * node.value - leftSlope * left - rightSlope * right;
        if (gain > (best?.gain ?? 0))
          best = { feature, threshold: point, gain, leftSlope, leftCurvature, leftCount };
      }
    }
    return best;
  }

  #children(node: Growing, division: Division, places: number): [Growing, Growing] {
    const { feature, threshold, leftSlope, leftCurvature, leftCount } = division;
    const [order, moved, column] = [this.#order, this.#moved, this.#columns[feature]!];
    let kept = node.from;
    let away = 0;
    for (let at = node.from; at < node.until; at += 1) {
      const row = order[at]!;
      if (column[row]! <= threshold) {
        order[kept] = row;
        kept += 1;
      } else {
        moved[away] = row;
        away += 1;
      }
    }
    order.set(moved.subarray(0, away), kept);
    const [rightSlope, rightCurvature] = [node.slope - leftSlope, node.curvature - leftCurvature];
    const leftValue = this.#valueOf(leftSlope, leftCurvature, node.low, node.high);
    const rightValue = this.#valueOf(rightSlope, rightCurvature, node.low, node.high);
    const middle = (leftValue + rightValue) / 2;
    const depth = node.depth + 1;
    const [leftSums, rightSums] =
      depth < this.#rules.depth ? this.#childSums(node, kept, leftCount) : [EMPTY, EMPTY]; // a leaf asks nothing
    return [
      {
        place: places,
        from: node.from,
        until: kept,
        depth,
        slope: leftSlope,
        curvature: leftCurvature,
        value: leftValue,
        low: node.low,
        high: middle,
        sums: leftSums,
      },
      {
        place: places + 1,
        from: kept,
        until: node.until,
        depth,
        slope: rightSlope,
        curvature: rightCurvature,
        value: rightValue,
        low: middle,
        high: node.high,
        sums: rightSums,
      },
    ];
  }

  /** Sums of both children: those of the smaller are counted, the other's are what is left of the parent's. */
  #childSums(node: Growing, middle: number, leftCount: number): [Float64Array, Float64Array] {
    const isLeftSmaller = leftCount * 2 <= node.until - node.from;
    const smaller = isLeftSmaller ? this.#sumsOf(node.from, middle) : this.#sumsOf(middle, node.until);
    const larger = node.sums;
    for (let at = 0; at < larger.length; at += 1) larger[at]! -= smaller[at]!;
    return isLeftSmaller ? [smaller, larger] : [larger, smaller];
  }

  /** Slope, curvature and count of the cases `order[from … until)`, by feature and point. */
  #sumsOf(from: number, until: number): Float64Array {
    const sums = new Float64Array(this.#columns.length * POINTS * SUMS);
    const [order, slope, curvature] = [this.#order, this.#slopeInOrder, this.#curvatureInOrder];
    for (let at = from; at < until; at += 1) {
      const row = order[at]!;
      slope[at] = this.#slope[row]!;
      curvature[at] = this.#curvature[row]!;
    }
    for (const [feature, column] of this.#columns.entries()) {
      const first = feature * POINTS * SUMS;
      for (let at = from; at < until; at += 1) {
        const place = first + column[order[at]!]! * SUMS;
        sums[place]! += slope[at]!;
        sums[place + 1]! += curvature[at]!;
        sums[place + 2]! += 1;
      }
    }
    return sums;
  }
}

const EMPTY = new Float64Array(0);

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/**
 * What a tree adds for a case.
 * @param pointsOf the feature's whole points
 */
export function leafValue(tree: RiskTree, pointsOf: (feature: number) => number): number {
  let place = 0;
  while (tree.feature[place]! >= 0)
    place = pointsOf(tree.feature[place]!) <= tree.threshold[place]! ? tree.left[place]! : tree.right[place]!;
  return tree.value[place]!;
}

/**
 * Log-odds of renewal of a case by the first `treeCount` trees.
 * @example boostedMargin(model, ({ length: 10 }) => 70, 50)
 */
export function boostedMargin(
  { base, trees }: BoostedTrees,
  pointsOf: (feature: number) => number,
  treeCount: number = trees.length,
): number {
  let margin = base;
  for (let tree = 0; tree < Math.min(treeCount, trees.length); tree += 1)
    margin += leafValue(trees[tree]!, pointsOf);
  return margin;
}
