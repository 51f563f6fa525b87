import { quantileSorted } from 'simple-statistics';
import type { IsoDate } from '../warehouse/index.ts';
import { ScoringError } from './errors.ts';
import type { BootstrapOptions } from './stats/cluster-bootstrap.ts';
import { fitRisk, type RiskCases } from './stats/risk-fit.ts';
import { seededRandom } from './stats/seeded-random.ts';

/** An outcome and the signals of the day t on which it was still open. */
export interface CalibrationCase {
  readonly account_id: string;
  /** t */
  readonly observed_date: IsoDate;
  /** first day on which the outcome could be used */
  readonly resolved_date: IsoDate;
  /** the day of the churn, which several cases of an account may share; null when renewed */
  readonly churn_date: IsoDate | null;
  /** 0–100, in the order of the signals; null without data */
  readonly values: readonly (number | null)[];
}

/** A signal and its weight, of 100 over all signals; 0 makes a shadow signal. */
export interface SignalWeight {
  readonly signal: string;
  readonly weight: number;
}

/** What the outcomes say about one signal's weight. */
export interface SignalProposal {
  readonly signal: string;
  /** cases in which it had data */
  readonly n: number;
  readonly assumed_weight: number;
  /** its share of all fitted strengths, of 100; null when it could not be fitted */
  readonly fitted_weight: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  /** what to use: fitted, or assumed when the evidence is too thin */
  readonly proposed_weight: number;
  readonly verdict: 'fitted' | 'kept' | 'no_data' | 'no_variation';
}

export interface WeightProposal {
  readonly case_count: number;
  readonly account_count: number;
  /** distinct churns, however many cases saw each */
  readonly churn_count: number;
  readonly signals: readonly SignalProposal[];
}

export interface ProposalOptions {
  /** below this many churns there is no proposal */
  readonly minimumChurns: number;
  readonly bootstrap: BootstrapOptions;
  /** of `fitRisk`, default 1 */
  readonly penalty?: number;
}

const notEnoughEvidence = (found: number, needed: number, where: string) =>
  new ScoringError(
    'NOT_ENOUGH_EVIDENCE',
    `Not enough evidence to propose weights: expected at least ${needed} known churns${where}, found ${found}. ` +
      'Keep the weights in force until more outcomes are known, or load more history.',
    { found, needed },
  );

/** The distinct churns among cases: one a day and account. */
export const countChurns = (cases: readonly CalibrationCase[]): number =>
  new Set(
    cases.filter(({ churn_date }) => churn_date !== null).map((one) => `${one.churn_date} ${one.account_id}`),
  ).size;

/**
 * Proposes weights (of 100) from outcomes: definitions, section 6. A logistic fit of churn on the signals
 * (`fitRisk`), strengths scaled to 100, with 95 % intervals from resampling whole accounts. A signal whose
 * interval holds 0, or that has no data or never varies, keeps its assumed weight; the fitted ones share the
 * rest as their strengths do. A signal without data in a case stands at its mean over the other cases, so
 * that absence says nothing. Proposed weights have one decimal and add to 100 exactly when the assumed do.
 *
 * @throws ScoringError NOT_ENOUGH_EVIDENCE below `minimumChurns` distinct churns or without a renewal
 */
export function proposeWeights(
  cases: readonly CalibrationCase[],
  assumed: readonly SignalWeight[],
  { minimumChurns, bootstrap, penalty = 1 }: ProposalOptions,
): WeightProposal {
  const churn_count = countChurns(cases);
  if (churn_count < minimumChurns) throw notEnoughEvidence(churn_count, minimumChurns, '');
  const counts = assumed.map((_, signal) => cases.filter(({ values }) => values[signal] !== null).length);
  const isFittable = assumed.map((_, signal) => counts[signal]! > 0 && hasVariation(cases, signal));
  const columns = assumed.map((_, signal) => signal).filter((signal) => isFittable[signal]);
  const matrix = matrixOf(cases, columns);
  const fit = fitRisk(matrix, { penalty });
  if (fit === null)
    throw new ScoringError(
      'NOT_ENOUGH_EVIDENCE',
      'Not enough evidence to propose weights: every known outcome is a churn, so nothing can be told apart.',
    );

  const resampled = resampledShares(cases, matrix, fit, penalty, bootstrap);
  const shares = sharesOf(fit.strengths);
  const fitted = assumed.map(({ signal, weight }, index) => {
    const column = columns.indexOf(index);
    const base = { signal, n: counts[index]!, assumed_weight: weight };
    if (column === -1) {
      const verdict = counts[index] === 0 ? ('no_data' as const) : ('no_variation' as const);
      return { ...base, fitted_weight: null, ci_low: null, ci_high: null, verdict };
    }
    const values = resampled.map((sample) => sample[column]!).sort((left, right) => left - right);
    const ci_low = quantileSorted(values, 0.025);
    const ci_high = quantileSorted(values, 0.975);
    return {
      ...base,
      fitted_weight: shares[column]!,
      ci_low,
      ci_high,
      verdict: ci_low > 0 ? ('fitted' as const) : ('kept' as const),
    };
  });
  const account_count = new Set(cases.map(({ account_id }) => account_id)).size;
  return { case_count: cases.length, account_count, churn_count, signals: withProposedWeights(fitted) };
}

function hasVariation(cases: readonly CalibrationCase[], signal: number): boolean {
  const seen = new Set<number>();
  for (const { values } of cases) {
    const value = values[signal];
    if (value !== null && value !== undefined) seen.add(value);
    if (seen.size > 1) return true;
  }
  return false;
}

/** Signals brought to 0–1, absent ones at the mean of their column. */
function matrixOf(cases: readonly CalibrationCase[], columns: readonly number[]): RiskCases {
  const features = new Float64Array(cases.length * columns.length);
  for (const [column, signal] of columns.entries()) {
    let sum = 0;
    let count = 0;
    for (const { values } of cases) {
      const value = values[signal];
      if (value === null || value === undefined) continue;
      sum += value;
      count += 1;
    }
    for (const [row, { values }] of cases.entries())
      features[row * columns.length + column] = (values[signal] ?? sum / count) / 100;
  }
  return {
    featureCount: columns.length,
    features,
    churned: Uint8Array.from(cases, ({ churn_date }) => (churn_date === null ? 0 : 1)),
  };
}

function sharesOf(strengths: Float64Array): Float64Array {
  const total = strengths.reduce((sum, strength) => sum + strength, 0);
  return strengths.map((strength) => (total === 0 ? 0 : (100 * strength) / total));
}

/** The shares in resamples of whole accounts; those with one outcome only are left out. */
function resampledShares(
  cases: readonly CalibrationCase[],
  matrix: RiskCases,
  start: NonNullable<ReturnType<typeof fitRisk>>,
  penalty: number,
  { samples, seed }: BootstrapOptions,
): Float64Array[] {
  const numbers = new Map<string, number>();
  const clusters = cases.map(({ account_id }) => {
    const number = numbers.get(account_id) ?? numbers.size;
    numbers.set(account_id, number);
    return number;
  });
  const random = seededRandom(seed);
  const draws = new Float64Array(numbers.size);
  const weights = new Float64Array(cases.length);
  const shares: Float64Array[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    draws.fill(0);
    for (let draw = 0; draw < numbers.size; draw += 1) draws[Math.floor(random() * numbers.size)]! += 1;
    for (const [row, cluster] of clusters.entries()) weights[row] = draws[cluster]!;
    const fit = fitRisk(matrix, { penalty, weights, start });
    if (fit !== null) shares.push(sharesOf(fit.strengths));
  }
  return shares;
}

/** The fitted signals share what the kept ones leave, in tenths, by largest remainder. */
function withProposedWeights(signals: readonly Omit<SignalProposal, 'proposed_weight'>[]): SignalProposal[] {
  const isFitted = (one: (typeof signals)[number]) => one.verdict === 'fitted';
  const fitted = signals.filter(isFitted);
  const totalAssumed = signals.reduce((sum, { assumed_weight }) => sum + assumed_weight, 0);
  const kept = signals.reduce((sum, one) => sum + (isFitted(one) ? 0 : one.assumed_weight), 0);
  const strength = fitted.reduce((sum, { fitted_weight }) => sum + fitted_weight!, 0);
  const tenths = Math.round((totalAssumed - kept) * 10);
  const exact = fitted.map(({ fitted_weight }) => (tenths * fitted_weight!) / strength);
  const whole = exact.map(Math.floor);
  const missing = tenths - whole.reduce((sum, value) => sum + value, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((left, right) => right.remainder - left.remainder || left.index - right.index);
  for (const { index } of byRemainder.slice(0, missing)) whole[index]! += 1;
  const proposed = new Map(fitted.map(({ signal }, index) => [signal, whole[index]! / 10]));
  return signals.map((one) => ({ ...one, proposed_weight: proposed.get(one.signal) ?? one.assumed_weight }));
}
