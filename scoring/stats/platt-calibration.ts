/** P(churn | score) = 1 / (1 + exp(intercept + slope · score)). */
export interface PlattCurve {
  readonly intercept: number;
  readonly slope: number;
}

/** Cases with one score, by what became of them. */
export interface ScoreCount {
  readonly score: number;
  readonly churned: number;
  readonly renewed: number;
}

const MAX_STEPS = 100;

/**
 * Fits the logistic curve that turns a score (0–100) into a probability of churn (0–1): Platt scaling.
 * Targets are drawn in, (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2), so that perfectly parted classes have a finite
 * curve. Newton steps with halving, to a gradient below 1e-9 a case. Platt 1999, "Probabilistic outputs for
 * support vector machines"; the algorithm of Lin, Lin & Weng 2007. Null when one of the two outcomes is
 * absent.
 *
 * @example
 * // ten of twenty churned at 30, none of twenty at 90
 * const curve = fitPlatt([{ score: 30, churned: 10, renewed: 10 }, { score: 90, churned: 0, renewed: 20 }]);
 * plattProbability(curve, 90) // 0.03
 */
export function fitPlatt(counts: readonly ScoreCount[]): PlattCurve | null {
  const churned = counts.reduce((sum, count) => sum + count.churned, 0);
  const renewed = counts.reduce((sum, count) => sum + count.renewed, 0);
  if (churned === 0 || renewed === 0) return null;
  const total = churned + renewed;
  const ridge = 1e-8 * total; // one score only leaves the slope free; this keeps it at 0
  const targetChurned = (churned + 1) / (churned + 2);
  const targetRenewed = 1 / (renewed + 2);
  // Scores are brought to about −1 … 1, which keeps the Hessian well conditioned.
  const cases = counts.map((count) => ({
    x: (count.score - 50) / 50,
    weight: count.churned + count.renewed,
    target: count.churned * targetChurned + count.renewed * targetRenewed,
  }));

  const loss = (a: number, b: number) =>
    cases.reduce((sum, { x, weight, target }) => {
      const f = a + b * x; // −log-likelihood = weight·log(1 + e^f) − (weight − target)·f
      return sum + weight * (Math.max(f, 0) + Math.log1p(Math.exp(-Math.abs(f)))) - (weight - target) * f;
    }, 0);

  let a = Math.log((renewed + 1) / (churned + 1));
  let b = 0;
  let current = loss(a, b);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    let gradientA = 0;
    let gradientB = 0;
    let haa = ridge;
    let hab = 0;
    let hbb = ridge;
    for (const { x, weight, target } of cases) {
      const p = 1 / (1 + Math.exp(a + b * x));
      const gradient = target - weight * p;
      const curvature = weight * p * (1 - p);
      gradientA += gradient;
      gradientB += gradient * x;
      haa += curvature;
      hab += curvature * x;
      hbb += curvature * x * x;
    }
    if (Math.abs(gradientA) + Math.abs(gradientB) < 1e-9 * total) break;
    const determinant = haa * hbb - hab * hab;
    const stepA = -(hbb * gradientA - hab * gradientB) / determinant;
    const stepB = -(haa * gradientB - hab * gradientA) / determinant;
    let size = 1;
    let next = loss(a + stepA, b + stepB);
    while (next > current && size > 1e-10) {
      size /= 2;
      next = loss(a + size * stepA, b + size * stepB);
    }
    if (!(next < current)) break;
    a += size * stepA;
    b += size * stepB;
    current = next;
  }
  return { intercept: a - b, slope: b / 50 };
}

/** The probability of churn (0–1) that the curve gives a score (0–100). */
export function plattProbability(curve: PlattCurve, score: number): number {
  return 1 / (1 + Math.exp(curve.intercept + curve.slope * score));
}
