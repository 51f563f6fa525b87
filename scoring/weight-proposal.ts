import { quantileSorted, sampleCorrelation } from 'simple-statistics';
import type { IsoDate } from '../warehouse/index.ts';
import { ScoringError } from './errors.ts';
import { aucIntervalOf } from './stats/auc-interval.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import { crossFit, crossFitInterval } from './stats/cross-fit.ts';
import { resampledFits } from './stats/resampled-fits.ts';
import { fitRisk, type RiskCases } from './stats/risk-fit.ts';

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
  /**
   * `fitted`: its interval is above 0; `against`: its interval ends below its assumed share, so the weight is taken down
   * to the fitted one, at 0 a shadow signal; `kept`: its interval holds 0 and its assumed share, so nothing is known;
   * `suspected_leak`, `no_data`, `no_variation`: it took no part
   */
  readonly verdict: 'fitted' | 'against' | 'kept' | 'suspected_leak' | 'no_data' | 'no_variation';
  /** its assumed share among the signals that took part, of 100; null when it took none */
  readonly assumed_share: number | null;
  /** the signal that it moves with most, and their correlation (Pearson, −1 to 1) */
  readonly moves_with: { readonly signal: string; readonly correlation: number } | null;
}

export interface WeightProposal {
  readonly case_count: number;
  readonly account_count: number;
  /** distinct churns, however many cases saw each */
  readonly churn_count: number;
  /**
   * AUC of the fit on accounts that it had not seen, with its 95 % interval (`crossFitInterval`). Where that does not lie above 0.5 the signals
   * tell nothing together, and each keeps its weight.
   */
  readonly fit_auc: {
    readonly value: number | null;
    readonly ci_low: number | null;
    readonly ci_high: number | null;
  };
  readonly signals: readonly SignalProposal[];
}

/** AUC of what tells nothing. */
const CHANCE = 0.5;

export interface ProposalOptions {
  /** below this many churns there is no proposal */
  readonly minimumChurns: number;
  readonly bootstrap: BootstrapOptions;
  /** of `fitRisk`, default 1 */
  readonly penalty?: number;
  /** signals that know too much too early (`signalEvidence`): no weight is fitted to them */
  readonly suspectedLeaks?: readonly string[];
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
 * interval holds 0 and its assumed share keeps its assumed weight, as does one that took no part; the others share
 * the rest as their strengths do, if the fit as a whole tells churn from renewal on accounts that it had not seen
 * (else ten signals without meaning would bring a change in every fourth company). One whose fitted share is above its assumed one never gets less than it has. A
 * signal without data in a case stands at its mean over the other cases, so
 * that absence says nothing. Proposed weights have one decimal and add to 100 exactly when the assumed do.
 *
 * @throws ScoringError NOT_ENOUGH_EVIDENCE below `minimumChurns` distinct churns or without a renewal
 */
export function proposeWeights(
  cases: readonly CalibrationCase[],
  assumed: readonly SignalWeight[],
  { minimumChurns, bootstrap, penalty = 1, suspectedLeaks = [] }: ProposalOptions,
): WeightProposal {
  const churn_count = countChurns(cases);
  if (churn_count < minimumChurns) throw notEnoughEvidence(churn_count, minimumChurns, '');
  const counts = assumed.map((_, signal) => cases.filter(({ values }) => values[signal] !== null).length);
  const isFittable = assumed.map(
    ({ signal: name }, signal) =>
      counts[signal]! > 0 && hasVariation(cases, signal) && !suspectedLeaks.includes(name),
  );
  const columns = assumed.map((_, signal) => signal).filter((signal) => isFittable[signal]);
  const matrix = matrixOf(cases, columns);
  const fit = fitRisk(matrix, { penalty });
  if (fit === null)
    throw new ScoringError(
      'NOT_ENOUGH_EVIDENCE',
      'Not enough evidence to propose weights: every known outcome is a churn, so nothing can be told apart.',
    );

  const accounts = cases.map(({ account_id }) => account_id);
  const numbers = new Map([...new Set(accounts)].map((account, index) => [account, index]));
  const clusters = Int32Array.from(accounts, (account) => numbers.get(account)!);
  const resampled = resampledFits(matrix, clusters, numbers.size, fit, { ...bootstrap, penalty }).map(
    sharesOf,
  );
  const shares = sharesOf(fit.strengths);
  const fit_auc = unseenAuc(accounts, matrix, clusters, numbers.size, { ...bootstrap, penalty });
  const isTelling = fit_auc.ci_low !== null && fit_auc.ci_low > CHANCE;
  const assumedTotal = columns.reduce((sum, signal) => sum + assumed[signal]!.weight, 0);
  const fitted = assumed.map(({ signal, weight }, index) => {
    const column = columns.indexOf(index);
    const base = { signal, n: counts[index]!, assumed_weight: weight };
    if (column === -1) {
      const verdict = suspectedLeaks.includes(signal)
        ? ('suspected_leak' as const)
        : counts[index] === 0
          ? ('no_data' as const)
          : ('no_variation' as const);
      const nothing = { fitted_weight: null, ci_low: null, ci_high: null };
      return { ...base, ...nothing, verdict, assumed_share: null, moves_with: null };
    }
    const values = resampled.map((sample) => sample[column]!).sort((left, right) => left - right);
    const ci_low = quantileSorted(values, 0.025);
    const ci_high = quantileSorted(values, 0.975);
    const assumed_share = assumedTotal === 0 ? 0 : (100 * weight) / assumedTotal;
    return {
      ...base,
      fitted_weight: shares[column]!,
      ci_low,
      ci_high,
      assumed_share,
      verdict: !isTelling
        ? ('kept' as const)
        : ci_high < assumed_share
          ? ('against' as const)
          : ci_low > 0
            ? ('fitted' as const)
            : ('kept' as const),
      moves_with: strongestCorrelation(cases, assumed, columns, index),
    };
  });
  const signals = withProposedWeights(fitted);
  return { case_count: cases.length, account_count: numbers.size, churn_count, fit_auc, signals };
}

/** How the fit orders accounts that it has not seen. */
function unseenAuc(
  accounts: readonly string[],
  matrix: RiskCases,
  clusters: Int32Array,
  clusterCount: number,
  { penalty, ...bootstrap }: BootstrapOptions & { readonly penalty: number },
): WeightProposal['fit_auc'] {
  const values = crossFit(matrix, accounts, penalty);
  if (values === null) return { value: null, ci_low: null, ci_high: null };
  const { churned } = matrix;
  const { value, low, high } = crossFitInterval(
    aucIntervalOf({ values, churned, clusters, clusterCount }, bootstrap),
  );
  return { value, ci_low: low, ci_high: high };
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

/**
 * The signals that move share what the others keep, as their strengths do, in tenths by largest remainder. One whose
 * fitted share is above its assumed share gets at least what it has: the points that are left may be too few for its
 * part of them to be as many.
 */
function withProposedWeights(signals: readonly Omit<SignalProposal, 'proposed_weight'>[]): SignalProposal[] {
  const moves = ({ verdict }: (typeof signals)[number]) => verdict === 'fitted' || verdict === 'against';
  let sharing = signals.filter(moves);
  const atFloor = new Set<string>();
  let points = sharing.reduce((sum, { assumed_weight }) => sum + assumed_weight, 0);
  const part = (one: (typeof signals)[number]) => {
    const strength = sharing.reduce((sum, { fitted_weight }) => sum + fitted_weight!, 0);
    return strength === 0 ? points / sharing.length : (points * one.fitted_weight!) / strength;
  };
  for (;;) {
    const low = sharing.filter(
      (one) => one.fitted_weight! > one.assumed_share! && part(one) < one.assumed_weight,
    );
    if (low.length === 0) break;
    for (const { signal, assumed_weight } of low) {
      atFloor.add(signal);
      points -= assumed_weight;
    }
    sharing = sharing.filter(({ signal }) => !atFloor.has(signal));
  }
  const tenths = Math.round(points * 10);
  const exact = sharing.map((one) => part(one) * 10);
  const whole = exact.map(Math.floor);
  const missing = tenths - whole.reduce((sum, value) => sum + value, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((left, right) => right.remainder - left.remainder || left.index - right.index);
  for (const { index } of byRemainder.slice(0, missing)) whole[index]! += 1;
  const proposed = new Map(sharing.map(({ signal }, index) => [signal, whole[index]! / 10]));
  return signals.map((one) => ({ ...one, proposed_weight: proposed.get(one.signal) ?? one.assumed_weight }));
}

/** The other signal of the fit that a signal is most correlated with, over cases in which both have data. */
function strongestCorrelation(
  cases: readonly CalibrationCase[],
  assumed: readonly SignalWeight[],
  columns: readonly number[],
  signal: number,
): SignalProposal['moves_with'] {
  let strongest: SignalProposal['moves_with'] = null;
  for (const other of columns) {
    if (other === signal) continue;
    const both = cases.filter(({ values }) => values[signal] !== null && values[other] !== null);
    if (both.length < 2) continue;
    const correlation = sampleCorrelation(
      both.map(({ values }) => values[signal]!),
      both.map(({ values }) => values[other]!),
    );
    if (!Number.isFinite(correlation)) continue;
    if (strongest === null || Math.abs(correlation) > Math.abs(strongest.correlation))
      strongest = { signal: assumed[other]!.signal, correlation };
  }
  return strongest;
}
