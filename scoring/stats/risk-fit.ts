import { statisticUndefined } from '../errors.ts';

/** Cases for a fit: one row a case, the features one after the other. */
export interface RiskCases {
  readonly featureCount: number;
  /** row by row, `featureCount` numbers a case, of order 1 (a signal of 0–100 divided by 100) */
  readonly features: Float64Array;
  /** 1 churned, 0 renewed */
  readonly churned: Uint8Array;
}

/** P(churn) = 1 / (1 + exp(Σ strengths·x − intercept)): each strength ≥ 0 protects. */
export interface RiskFit {
  readonly intercept: number;
  readonly strengths: Float64Array;
}

export interface RiskFitOptions {
  /** λ in λ/2 · Σ strengths²; default 1, as C = 1 of scikit-learn */
  readonly penalty?: number;
  /** how often each case counts, default once */
  readonly weights?: Float64Array;
  /** where to begin: the fit of nearly the same cases saves steps */
  readonly start?: RiskFit;
}

const MAX_STEPS = 100;
/** Steps end when the slope promises less than this share of the loss. */
const TOLERANCE = 1e-13;
const SUFFICIENT = 1e-4;
/** Far from the answer all cases look certain; without this floor a step would leap out of sight. */
const LEAST_CURVATURE = 1e-3;
const MAX_SWEEPS = 1000;

/**
 * The L2-regularised logistic fit of churn on signals whose strengths may not be negative: more of a healthy
 * signal never raises the risk. Minimises Σ weight·log-loss + λ/2 · Σ strengths², the intercept free.
 * Newton steps (iteratively reweighted least squares; Hastie, Tibshirani & Friedman 2009, section 4.4.1),
 * each solved under the bounds by coordinate descent (Friedman, Hastie & Tibshirani 2010) and halved until
 * the loss falls. The problem is convex: there is one answer, whatever the start. Null when one of the two
 * outcomes has no weight.
 *
 * @throws ScoringError STATISTIC_UNDEFINED when the arrays do not fit together
 * @example
 * // one signal: of those at 0 half churned, of those at 1 none
 * fitRisk({ featureCount: 1, features: new Float64Array([0, 0, 1, 1]), churned: new Uint8Array([1, 0, 0, 0]) })
 */
export function fitRisk(cases: RiskCases, options: RiskFitOptions = {}): RiskFit | null {
  const { featureCount, features, churned } = cases;
  const { penalty = 1, weights, start } = options;
  const caseCount = churned.length;
  if (features.length !== caseCount * featureCount)
    throw statisticUndefined(
      'The fit',
      `expected ${caseCount} × ${featureCount} features, got ${features.length}`,
    );
  let total = 0;
  let positive = 0;
  for (let index = 0; index < caseCount; index += 1) {
    const weight = weights === undefined ? 1 : weights[index]!;
    total += weight;
    positive += weight * churned[index]!;
  }
  if (positive === 0 || positive === total) return null;

  // Parameter 0 is −intercept, so that all enter Σ the same way; it alone is neither bounded nor penalised.
  const size = featureCount + 1;
  let current: Float64Array = new Float64Array(size);
  if (start === undefined) current[0] = Math.log((total - positive) / positive);
  else {
    current[0] = -start.intercept;
    current.set(start.strengths, 1);
  }
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let loss = derive(cases, weights, penalty, current, gradient, hessian);

  for (let step = 0; step < MAX_STEPS; step += 1) {
    const target = boundedStep(current, gradient, hessian, size);
    const descent = target.reduce(
      (sum, value, index) => sum + gradient[index]! * (value - current[index]!),
      0,
    );
    if (!(-descent > TOLERANCE * Math.max(1, loss))) break;
    // Armijo's rule: a step must bring a part of what its slope promises.
    let share = 1;
    let next = target;
    while (lossOf(cases, weights, penalty, next) > loss + SUFFICIENT * share * descent && share > 1e-9) {
      share /= 2;
      next = current.map((value, index) => value + share * (target[index]! - value));
    }
    current = next;
    loss = derive(cases, weights, penalty, current, gradient, hessian);
  }
  return { intercept: -current[0]!, strengths: current.slice(1) };
}

/** log(1 + e^x) that does not overflow. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Σ strengths·x − intercept of a case: the higher, the safer. */
function safety(features: Float64Array, offset: number, parameters: Float64Array): number {
  let sum = parameters[0]!;
  for (let feature = 1; feature < parameters.length; feature += 1)
    sum += parameters[feature]! * features[offset + feature - 1]!;
  return sum;
}

function penaltyOf(parameters: Float64Array, penalty: number): number {
  let squares = 0;
  for (let feature = 1; feature < parameters.length; feature += 1) squares += parameters[feature]! ** 2;
  return (penalty / 2) * squares;
}

function lossOf(
  { featureCount, features, churned }: RiskCases,
  weights: Float64Array | undefined,
  penalty: number,
  parameters: Float64Array,
): number {
  let loss = penaltyOf(parameters, penalty);
  for (let index = 0; index < churned.length; index += 1) {
    const weight = weights === undefined ? 1 : weights[index]!;
    if (weight === 0) continue;
    const safe = safety(features, index * featureCount, parameters);
    loss += weight * softplus(churned[index] === 1 ? safe : -safe);
  }
  return loss;
}

/** Fills the gradient and the upper half of the Hessian, and gives the loss. */
function derive(
  { featureCount, features, churned }: RiskCases,
  weights: Float64Array | undefined,
  penalty: number,
  parameters: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  const size = featureCount + 1;
  gradient.fill(0);
  hessian.fill(0);
  let loss = penaltyOf(parameters, penalty);
  for (let index = 0; index < churned.length; index += 1) {
    const weight = weights === undefined ? 1 : weights[index]!;
    if (weight === 0) continue;
    const offset = index * featureCount;
    const safe = safety(features, offset, parameters);
    const isChurned = churned[index] === 1;
    loss += weight * softplus(isChurned ? safe : -safe);
    const renewedProbability = 1 / (1 + Math.exp(-safe));
    const slope = weight * (renewedProbability - (isChurned ? 0 : 1));
    const curvature = weight * Math.max(LEAST_CURVATURE, renewedProbability * (1 - renewedProbability));
    gradient[0]! += slope;
    hessian[0]! += curvature;
    for (let row = 1; row < size; row += 1) {
      const x = features[offset + row - 1]!;
      gradient[row]! += slope * x;
      const curved = curvature * x;
      hessian[row]! += curved;
      for (let column = row; column < size; column += 1)
        hessian[row * size + column]! += curved * features[offset + column - 1]!;
    }
  }
  for (let feature = 1; feature < size; feature += 1) {
    gradient[feature]! += penalty * parameters[feature]!;
    hessian[feature * size + feature]! += penalty;
  }
  return loss;
}

/** Where the quadratic model of the loss is least under strengths ≥ 0, by cyclic coordinate descent. */
function boundedStep(
  current: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
  size: number,
): Float64Array {
  const target = current.slice();
  const slope = gradient.slice(); // of the model, at `target`
  const curvatureOf = (row: number, column: number) =>
    row <= column ? hessian[row * size + column]! : hessian[column * size + row]!;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
    let largest = 0;
    for (let index = 0; index < size; index += 1) {
      const curvature = curvatureOf(index, index);
      if (!(curvature > 0)) continue;
      const free = target[index]! - slope[index]! / curvature;
      const moved = (index === 0 ? free : Math.max(0, free)) - target[index]!;
      if (moved === 0) continue;
      target[index]! += moved;
      for (let other = 0; other < size; other += 1) slope[other]! += curvatureOf(other, index) * moved;
      largest = Math.max(largest, Math.abs(moved) * Math.sqrt(curvature));
    }
    if (largest < 1e-10) break;
  }
  return target;
}
