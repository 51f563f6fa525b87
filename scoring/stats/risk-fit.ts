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
/** They also end when, as fast as they shrink, the next would change no strength by more than this. */
const PRECISION = 1e-8;
/** Above so many cases a fit of every eighth, no more precise than it need be, says where to begin. */
const MANY_CASES = 20_000;
const COARSE = 8;
const COARSE_PRECISION = 1e-3;
const SUFFICIENT = 1e-4;
/**
 * Far from the answer all cases look certain; without this floor a step would leap out of sight. It sinks as steps get
 * shorter: near the answer it would slow them down where most cases are nearly certain.
 */
const LEAST_CURVATURE = 1e-3;
const MAX_SWEEPS = 1000;

/**
 * The L2-regularised logistic fit of churn on signals whose strengths may not be negative: more of a healthy
 * signal never raises the risk. Minimises Σ weight·log-loss + λ/2 · Σ strengths², the intercept free.
 * Newton steps (iteratively reweighted least squares; Hastie, Tibshirani & Friedman 2009, section 4.4.1),
 * each solved under the bounds by coordinate descent (Friedman, Hastie & Tibshirani 2010) and halved until
 * the loss falls. The problem is convex: there is one answer, whatever the start; of many cases a part of them says where
 * to begin. Null when one of the two outcomes has no weight.
 *
 * @throws ScoringError STATISTIC_UNDEFINED when the arrays do not fit together
 * @example
 * // one signal: of those at 0 half churned, of those at 1 none
 * fitRisk({ featureCount: 1, features: new Float64Array([0, 0, 1, 1]), churned: new Uint8Array([1, 0, 0, 0]) })
 */
export function fitRisk(cases: RiskCases, options: RiskFitOptions = {}): RiskFit | null {
  return fitWithin(cases, options, PRECISION);
}

function fitWithin(cases: RiskCases, options: RiskFitOptions, precision: number): RiskFit | null {
  const { featureCount, features, churned } = cases;
  const { penalty = 1, weights } = options;
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
  const start = options.start ?? coarseFit(cases, options);
  if (start === null) current[0] = Math.log((total - positive) / positive);
  else {
    current[0] = -start.intercept;
    current.set(start.strengths, 1);
  }
  const scan = new CaseScan(cases, weights, penalty);
  let here = scan.derive(current, LEAST_CURVATURE);

  let changeBefore: number | undefined;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const target = boundedStep(current, here);
    const change = target.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - current[index]!)),
      0,
    );
    const descent = target.reduce(
      (sum, value, index) => sum + here.gradient[index]! * (value - current[index]!),
      0,
    );
    const nextChange = change ** 2 / (changeBefore ?? change);
    if (!(-descent > TOLERANCE * Math.max(1, here.loss)) || nextChange < precision) {
      current = target;
      break;
    }
    changeBefore = change;
    // Armijo's rule: a step must bring a part of what its slope promises. Nearly always the whole step does, so that
    // what the next one needs is summed in the same pass as its loss.
    let share = 1;
    let next = target;
    const floor = LEAST_CURVATURE * Math.min(1, change);
    let there = scan.derive(next, floor);
    while (there.loss > here.loss + SUFFICIENT * share * descent && share > 1e-9) {
      share /= 2;
      next = current.map((value, index) => value + share * (target[index]! - value));
      there = scan.derive(next, floor);
    }
    current = next;
    here = there;
  }
  return { intercept: -current[0]!, strengths: current.slice(1) };
}

/** The fit of every eighth of many cases, from which the fit of all is two or three steps away; null for few. */
function coarseFit({ featureCount, features, churned }: RiskCases, options: RiskFitOptions): RiskFit | null {
  if (churned.length <= MANY_CASES) return null;
  const count = Math.floor(churned.length / COARSE);
  const part = new Float64Array(count * featureCount);
  for (let row = 0; row < count; row += 1) {
    const from = row * COARSE * featureCount;
    part.set(features.subarray(from, from + featureCount), row * featureCount);
  }
  const { weights, penalty } = options;
  return fitWithin(
    {
      featureCount,
      features: part,
      churned: Uint8Array.from({ length: count }, (_, row) => churned[row * COARSE]!),
    },
    {
      ...(penalty === undefined ? {} : { penalty }),
      ...(weights === undefined
        ? {}
        : { weights: Float64Array.from({ length: count }, (_, row) => weights[row * COARSE]!) }),
    },
    COARSE_PRECISION,
  );
}

/** The loss at some parameters, with its slope and curvature there. */
export interface RiskDerivatives {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** size × size, of which the upper half is filled */
  readonly hessian: Float64Array;
}

/** Cases summed at a time: what they need stays in the nearest cache. */
const BLOCK = 256;

/**
 * Sums over cases. Blocks of cases are turned into columns, one sum at a time: twice as fast as all sums a case, as none
 * waits for memory. Cases that weigh nothing, a third of a resample, cost nothing.
 */
class CaseScan {
  readonly #cases: RiskCases;
  readonly #weights: Float64Array | undefined;
  readonly #penalty: number;
  readonly #columns: Float64Array;
  readonly #weight = new Float64Array(BLOCK);
  readonly #churned = new Uint8Array(BLOCK);
  readonly #safety = new Float64Array(BLOCK);
  readonly #slope = new Float64Array(BLOCK);
  readonly #curvature = new Float64Array(BLOCK);
  readonly #curved = new Float64Array(BLOCK);

  constructor(cases: RiskCases, weights: Float64Array | undefined, penalty: number) {
    this.#cases = cases;
    this.#weights = weights;
    this.#penalty = penalty;
    this.#columns = new Float64Array(cases.featureCount * BLOCK);
  }

  /** Parameter 0 is −intercept, the others are the strengths. */
  derive(parameters: Float64Array, leastCurvature: number): RiskDerivatives {
    const { featureCount, features, churned } = this.#cases;
    const [weights, columns, blockWeight, blockChurned] = [
      this.#weights,
      this.#columns,
      this.#weight,
      this.#churned,
    ];
    const size = featureCount + 1;
    const sums = { loss: 0, gradient: new Float64Array(size), hessian: new Float64Array(size * size) };
    let filled = 0;
    for (let index = 0; index < churned.length; index += 1) {
      const weight = weights === undefined ? 1 : weights[index]!;
      if (weight === 0) continue;
      const offset = index * featureCount;
      for (let feature = 0; feature < featureCount; feature += 1)
        columns[feature * BLOCK + filled] = features[offset + feature]!;
      blockWeight[filled] = weight;
      blockChurned[filled] = churned[index]!;
      filled += 1;
      if (filled < BLOCK) continue;
      this.#sumBlock(filled, parameters, leastCurvature, sums);
      filled = 0;
    }
    this.#sumBlock(filled, parameters, leastCurvature, sums);
    const { gradient, hessian } = sums;
    let squares = 0;
    for (let feature = 1; feature < size; feature += 1) {
      squares += parameters[feature]! ** 2;
      gradient[feature]! += this.#penalty * parameters[feature]!;
      hessian[feature * size + feature]! += this.#penalty;
    }
    return { loss: sums.loss + (this.#penalty / 2) * squares, gradient, hessian };
  }

  #sumBlock(
    count: number,
    parameters: Float64Array,
    leastCurvature: number,
    sums: { loss: number } & RiskDerivatives,
  ): void {
    const size = parameters.length;
    const { gradient, hessian } = sums;
    const [columns, weights, churned] = [this.#columns, this.#weight, this.#churned];
    const [safety, slope, curvature, curved] = [this.#safety, this.#slope, this.#curvature, this.#curved];
    // Σ strengths·x − intercept of each case: the higher, the safer.
    safety.fill(parameters[0]!, 0, count);
    for (let feature = 1; feature < size; feature += 1) {
      const strength = parameters[feature]!;
      const offset = (feature - 1) * BLOCK;
      if (strength === 0) continue;
      for (let row = 0; row < count; row += 1) safety[row]! += strength * columns[offset + row]!;
    }
    let loss = 0;
    let slopes = 0;
    let curvatures = 0;
    for (let row = 0; row < count; row += 1) {
      const safe = safety[row]!;
      const weight = weights[row]!;
      const small = Math.exp(-Math.abs(safe)); // of ±safe the one that does not overflow
      const renewedProbability = (safe < 0 ? small : 1) / (1 + small);
      const isChurned = churned[row]!;
      loss += weight * (Math.max(isChurned === 1 ? safe : -safe, 0) + Math.log1p(small));
      const slopeHere = weight * (renewedProbability - 1 + isChurned);
      const curvatureHere = weight * Math.max(leastCurvature, renewedProbability * (1 - renewedProbability));
      slopes += slopeHere;
      curvatures += curvatureHere;
      slope[row] = slopeHere;
      curvature[row] = curvatureHere;
    }
    sums.loss += loss;
    gradient[0]! += slopes;
    hessian[0]! += curvatures;
    dots(slope, columns, 0, size - 1, count, gradient, 1);
    dots(curvature, columns, 0, size - 1, count, hessian, 1);
    for (let feature = 1; feature < size; feature += 1) {
      const offset = (feature - 1) * BLOCK;
      for (let row = 0; row < count; row += 1) curved[row] = curvature[row]! * columns[offset + row]!;
      dots(curved, columns, feature - 1, size - 1, count, hessian, feature * size + feature);
    }
  }
}

/**
 * Adds to `sums`, from `at` on, Σ left·column of each column from `from` until `until`: four at a time, as four sums do
 * not wait for each other.
 */
function dots(
  left: Float64Array,
  columns: Float64Array,
  from: number,
  until: number,
  count: number,
  sums: Float64Array,
  at: number,
): void {
  let column = from;
  let place = at;
  for (; column + 3 < until; column += 4) {
    const first = column * BLOCK;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let row = 0; row < count; row += 1) {
      const one = left[row]!;
      a += one * columns[first + row]!;
      b += one * columns[first + BLOCK + row]!;
      c += one * columns[first + 2 * BLOCK + row]!;
      d += one * columns[first + 3 * BLOCK + row]!;
    }
    sums[place]! += a;
    sums[place + 1]! += b;
    sums[place + 2]! += c;
    sums[place + 3]! += d;
    place += 4;
  }
  for (; column < until; column += 1) {
    const first = column * BLOCK;
    let [even, odd] = [0, 0];
    let row = 0;
    for (; row + 1 < count; row += 2) {
      even += left[row]! * columns[first + row]!;
      odd += left[row + 1]! * columns[first + row + 1]!;
    }
    if (row < count) even += left[row]! * columns[first + row]!;
    sums[place]! += even + odd;
    place += 1;
  }
}

/** Where the quadratic model of the loss around `current` is least under strengths ≥ 0, by cyclic coordinate descent. */
export function boundedStep(
  current: Float64Array,
  { gradient, hessian }: Pick<RiskDerivatives, 'gradient' | 'hessian'>,
): Float64Array {
  const size = current.length;
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
