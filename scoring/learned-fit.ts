import type { IsoDate } from '../warehouse/index.ts';
import { addDays, monthStartAfter } from './calendar.ts';
import { type BoostedTrees, boostedMargin, fitBoosted, leafValue } from './stats/boosted-trees.ts';
import { fitRisk, type RiskFit } from './stats/risk-fit.ts';
import { treePoints } from './stats/tree-shap.ts';
import type { CalibrationCase } from './weight-proposal.ts';
import { quarterStart } from './weight-trial.ts';

export const LEARNED_METHODS = ['logistic', 'boosted'] as const;
export type LearnedMethod = (typeof LEARNED_METHODS)[number];

/** A score that was fitted to outcomes, and what it rests on. */
export interface LearnedFit {
  readonly method: LearnedMethod;
  /** the last day whose outcomes it knows */
  readonly fitted_on: IsoDate;
  readonly case_count: number;
  /** distinct churns among the cases */
  readonly churn_count: number;
  /** the penalty of the logistic fit, or the number of trees */
  readonly setting: number;
  /** of signals in their order (0–100, null without data): 0–100, the higher the safer; null where none has data */
  readonly scoreOf: (values: readonly (number | null)[]) => number | null;
  /** what each signal adds to the mean score of the fit's cases, in points; with `base` they add to the score */
  readonly pointsOf: (values: readonly (number | null)[]) => LearnedPoints;
}

/** A score in points. */
export interface LearnedPoints {
  readonly base: number;
  readonly byFeature: Float64Array;
}

/** Cases as columns: two million of them are held in a third of a gigabyte. */
export interface LearnedCases {
  readonly signalCount: number;
  /** row by row, `signalCount` numbers a case: 0–100, NaN without data */
  readonly values: Float64Array;
  /** number of the churn, which several cases may share; −1 where renewed */
  readonly churns: Int32Array;
  readonly observed: readonly IsoDate[];
  readonly resolved: readonly IsoDate[];
}

/** The fits of one method: of each quarter that had churns enough before it, by its first day, and of today. */
export interface LearnedFits {
  readonly quarters: ReadonlyMap<IsoDate, LearnedFit>;
  /** of all outcomes; null where it found nothing */
  readonly present: LearnedFit | null;
}

export interface LearnOptions {
  /** outcomes up to this day are known */
  readonly asOfDate: IsoDate;
  /** with fewer known churns there is no fit */
  readonly minimumChurns: number;
  readonly onFit?: (day: IsoDate) => void;
}

/** Penalties that are tried, and the one before any outcome has judged them: that of `fitRisk`. */
const PENALTIES = [1, 3, 10, 30, 100];
const FIRST_PENALTY = 1;
/** Trees at most, and before any outcome has judged how many. */
const MOST_TREES = 150;
const FIRST_TREES = 50;
/** Leaves of fewer cases would be the months of a few accounts; the penalty draws those with few churns to nothing. */
const LEAST_CASES = 100;
const LEAF_PENALTY = 20;

/** Cases as columns. */
export function learnedCases(cases: readonly CalibrationCase[], signalCount: number): LearnedCases {
  const values = new Float64Array(cases.length * signalCount);
  const numbers = new Map<string, number>();
  const churns = Int32Array.from(cases, ({ account_id, churn_date }, row) => {
    for (let signal = 0; signal < signalCount; signal += 1)
      values[row * signalCount + signal] = cases[row]!.values[signal] ?? Number.NaN;
    if (churn_date === null) return -1;
    const key = `${churn_date} ${account_id}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  return {
    signalCount,
    values,
    churns,
    observed: cases.map(({ observed_date }) => observed_date),
    resolved: cases.map(({ resolved_date }) => resolved_date),
  };
}

/**
 * Learns a score from outcomes, walk-forward: for each quarter a fit of the outcomes known on the day before it, which is
 * to score that quarter, and one of all known outcomes for today. `logistic` is `fitRisk`, `boosted` is `fitBoosted`; in
 * both more of a signal never lowers the score, and a signal without data stands at its mean, so that absence says
 * nothing. How strong the penalty is, or how many trees there are, was best by log-loss on the quarters whose outcomes
 * were known by then, each judged by the fit before it. So nothing after a day has a part in what it is given.
 *
 * A score is the log-odds of renewal on a scale of points: 0 where all signals are 0, 100 where all are 100. That of the
 * logistic fit is a weighted score whose weights are the shares of its strengths. Its points are each signal's distance
 * from its mean; those of the trees are `treePoints`. A fit that found nothing is left out.
 *
 * @example learnedFits(learnedCases(cases, 10), 'boosted', { asOfDate: '2026-06-30', minimumChurns: 30 }).present?.setting // 40
 */
export function learnedFits(
  cases: LearnedCases,
  method: LearnedMethod,
  { asOfDate, minimumChurns, onFit }: LearnOptions,
): LearnedFits {
  const ordered = byResolution(cases);
  const learner = method === 'logistic' ? new LogisticLearner(ordered) : new BoostedLearner(ordered);
  const churnsBefore = churnCounts(ordered.churns);
  const rowsOf = rowsByQuarter(ordered.observed, asOfDate);
  const losses = new Map<IsoDate, Float64Array>();
  const quarters = new Map<IsoDate, LearnedFit>();

  const fitOn = (lastDay: IsoDate) => {
    const case_count = countUntil(ordered.resolved, lastDay);
    const churn_count = churnsBefore[case_count]!;
    if (churn_count < minimumChurns) return null;
    const candidates = learner.fit(case_count);
    if (candidates === null) return null;
    onFit?.(lastDay);
    const setting = bestSetting(losses, lastDay) ?? candidates.first;
    const found = candidates.fitOf(setting);
    const fit = found && { method, fitted_on: lastDay, case_count, churn_count, ...found };
    return { candidates, fit };
  };

  for (const [start, rows] of rowsOf) {
    const fitted = fitOn(addDays(start, -1));
    if (fitted === null) continue;
    if (fitted.fit !== null) quarters.set(start, fitted.fit);
    for (const row of rows) {
      const knownOn = ordered.resolved[row]!;
      const sums = losses.get(knownOn) ?? new Float64Array(fitted.candidates.settingCount);
      losses.set(knownOn, sums);
      fitted.candidates.addLosses(row, sums);
    }
  }
  return { quarters, present: fitOn(asOfDate)?.fit ?? null };
}

/** What was fitted with each setting that is tried. */
interface Candidates {
  readonly settingCount: number;
  /** place of the setting that is taken before any outcome has judged them */
  readonly first: number;
  /** adds the log-loss of a case, by setting */
  readonly addLosses: (row: number, sums: Float64Array) => void;
  /** null when it found nothing */
  readonly fitOf: (place: number) => Pick<LearnedFit, 'setting' | 'scoreOf' | 'pointsOf'> | null;
}

/** The place of the setting with the least loss on cases whose outcomes were known by a day; null without any. */
function bestSetting(losses: ReadonlyMap<IsoDate, Float64Array>, lastDay: IsoDate): number | null {
  let total: Float64Array | null = null;
  for (const [knownOn, sums] of losses) {
    if (knownOn > lastDay) continue;
    total ??= new Float64Array(sums.length);
    for (let place = 0; place < sums.length; place += 1) total[place]! += sums[place]!;
  }
  return total === null ? null : total.indexOf(Math.min(...total));
}

/** −log of the chance that the outcome was given. */
const lossOf = (margin: number, isChurned: boolean) => {
  const wrong = isChurned ? margin : -margin;
  return wrong > 0 ? wrong + Math.log1p(Math.exp(-wrong)) : Math.log1p(Math.exp(wrong));
};

/** Rounding apart it is within them. */
const within = (score: number) => Math.min(100, Math.max(0, score));

const hasNone = (values: readonly (number | null)[]) => values.every((value) => value === null);

class LogisticLearner {
  readonly #cases: LearnedCases;
  readonly #churned: Uint8Array;
  readonly #features: Float64Array;

  constructor(cases: LearnedCases) {
    this.#cases = cases;
    this.#churned = churnedOf(cases);
    this.#features = new Float64Array(cases.values.length);
  }

  /** Fits the first cases. */
  fit(count: number): Candidates | null {
    const { signalCount, values } = this.#cases;
    const means = meansOf(this.#cases, count);
    const features = this.#features.subarray(0, count * signalCount);
    for (let at = 0; at < features.length; at += 1) {
      const value = values[at]!;
      features[at] = (Number.isNaN(value) ? means[at % signalCount]! : value) / 100;
    }
    const matrix = { featureCount: signalCount, features, churned: this.#churned.subarray(0, count) };
    const fits: RiskFit[] = [];
    for (const penalty of PENALTIES) {
      const start = fits.at(-1);
      const fit = fitRisk(matrix, { penalty, ...(start && { start }) });
      if (fit === null) return null;
      fits.push(fit);
    }
    return {
      settingCount: PENALTIES.length,
      first: PENALTIES.indexOf(FIRST_PENALTY),
      addLosses: (row, sums) => {
        for (const [place, { intercept, strengths }] of fits.entries()) {
          let margin = -intercept;
          for (let signal = 0; signal < signalCount; signal += 1) {
            const value = values[row * signalCount + signal]!;
            margin += (strengths[signal]! * (Number.isNaN(value) ? means[signal]! : value)) / 100;
          }
          sums[place]! += lossOf(margin, this.#churned[row] === 1);
        }
      },
      fitOf: (place) => linearScore(fits[place]!.strengths, means, PENALTIES[place]!),
    };
  }
}

function linearScore(strengths: Float64Array, means: Float64Array, setting: number) {
  const total = strengths.reduce((sum, strength) => sum + strength, 0);
  if (!(total > 0)) return null;
  const shares = strengths.map((strength) => strength / total);
  const base = shares.reduce((sum, share, signal) => sum + share * means[signal]!, 0);
  return {
    setting,
    scoreOf: (values: readonly (number | null)[]) =>
      hasNone(values)
        ? null
        : within(
            values.reduce<number>(
              (sum, value, signal) => sum + shares[signal]! * (value ?? means[signal]!),
              0,
            ),
          ),
    pointsOf: (values: readonly (number | null)[]) => ({
      base,
      byFeature: shares.map((share, signal) => {
        const value = values[signal] ?? null;
        return value === null ? 0 : share * (value - means[signal]!);
      }),
    }),
  };
}

class BoostedLearner {
  readonly #cases: LearnedCases;
  readonly #churned: Uint8Array;
  readonly #columns: readonly Uint8Array[];

  constructor(cases: LearnedCases) {
    this.#cases = cases;
    this.#churned = churnedOf(cases);
    const { signalCount, values, churns } = cases;
    this.#columns = Array.from({ length: signalCount }, (_, signal) =>
      Uint8Array.from(churns, (_churn, row) => {
        const value = values[row * signalCount + signal]!;
        return Number.isNaN(value) ? 0 : Math.round(value);
      }),
    );
  }

  /** Fits the first cases. */
  fit(count: number): Candidates | null {
    const { signalCount, values, churns } = this.#cases;
    const means = meansOf(this.#cases, count);
    const stands = Uint8Array.from(means, (mean, signal) => this.#nearestSeen(signal, mean, count));
    for (const [signal, column] of this.#columns.entries()) {
      for (let row = 0; row < churns.length; row += 1)
        if (Number.isNaN(values[row * signalCount + signal]!)) column[row] = stands[signal]!;
    }
    const model = fitBoosted(
      {
        columns: this.#columns.map((column) => column.subarray(0, count)),
        churned: this.#churned.subarray(0, count),
      },
      { treeCount: MOST_TREES, leastCases: LEAST_CASES, penalty: LEAF_PENALTY },
    );
    if (model === null) return null;
    return {
      settingCount: MOST_TREES + 1,
      first: FIRST_TREES,
      addLosses: (row, sums) => {
        const isChurned = this.#churned[row] === 1;
        let margin = model.base;
        for (let trees = 0; trees <= MOST_TREES; trees += 1) {
          sums[trees]! += lossOf(margin, isChurned);
          const next = model.trees[trees];
          if (next !== undefined) margin += leafValue(next, (signal) => this.#columns[signal]![row]!);
        }
      },
      fitOf: (place) => boostedScore({ ...model, trees: model.trees.slice(0, place) }, stands),
    };
  }

  /** The whole points nearest to a mean that a case had, so that no question tells absence apart. */
  #nearestSeen(signal: number, mean: number, count: number): number {
    const { signalCount, values } = this.#cases;
    let nearest = Math.round(mean);
    let distance = Infinity;
    for (let row = 0; row < count; row += 1) {
      const value = values[row * signalCount + signal]!;
      if (Number.isNaN(value) || Math.abs(value - mean) >= distance) continue;
      distance = Math.abs(value - mean);
      nearest = Math.round(value);
    }
    return nearest;
  }
}

function boostedScore(model: BoostedTrees, stands: Uint8Array) {
  const floor = boostedMargin(model, () => 0);
  const span = boostedMargin(model, () => 100) - floor;
  if (!(span > 0)) return null;
  const toPoints = 100 / span;
  const asked = (values: readonly (number | null)[]) => {
    const points = stands.map((stand, signal) => {
      const value = values[signal] ?? null;
      return value === null ? stand : Math.round(value);
    });
    return (signal: number) => points[signal]!;
  };
  return {
    setting: model.trees.length,
    scoreOf: (values: readonly (number | null)[]) =>
      hasNone(values) ? null : within((boostedMargin(model, asked(values)) - floor) * toPoints),
    pointsOf: (values: readonly (number | null)[]) => {
      const { base, byFeature } = treePoints(model.trees, stands.length, asked(values));
      return {
        base: (model.base + base - floor) * toPoints,
        byFeature: byFeature.map((value) => value * toPoints),
      };
    },
  };
}

const churnedOf = ({ churns }: LearnedCases) => Uint8Array.from(churns, (churn) => (churn === -1 ? 0 : 1));

/** Of the values that there are, among the first cases; 0 without any. */
function meansOf({ signalCount, values }: LearnedCases, count: number): Float64Array {
  const sums = new Float64Array(signalCount);
  const counts = new Float64Array(signalCount);
  for (let at = 0; at < count * signalCount; at += 1) {
    const value = values[at]!;
    if (Number.isNaN(value)) continue;
    sums[at % signalCount]! += value;
    counts[at % signalCount]! += 1;
  }
  return sums.map((sum, signal) => (counts[signal] === 0 ? 0 : sum / counts[signal]!));
}

/** The cases in order of the day on which their outcome may be used, so that what is known on a day comes first. */
function byResolution(cases: LearnedCases): LearnedCases {
  const { signalCount, values, churns, observed, resolved } = cases;
  const order = Uint32Array.from(churns, (_, row) => row).sort((left, right) => {
    const [one, other] = [resolved[left]!, resolved[right]!];
    return one < other ? -1 : one > other ? 1 : left - right;
  });
  const sorted = new Float64Array(values.length);
  for (const [place, row] of order.entries())
    sorted.set(values.subarray(row * signalCount, (row + 1) * signalCount), place * signalCount);
  return {
    signalCount,
    values: sorted,
    churns: Int32Array.from(order, (row) => churns[row]!),
    observed: Array.from(order, (row) => observed[row]!),
    resolved: Array.from(order, (row) => resolved[row]!),
  };
}

/** How many of the days, in their order, are up to one. */
function countUntil(days: readonly IsoDate[], lastDay: IsoDate): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle]! <= lastDay) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Distinct churns among the first n cases, by n. */
function churnCounts(churns: Int32Array): Int32Array {
  const seen = new Set<number>();
  const counts = new Int32Array(churns.length + 1);
  for (const [row, churn] of churns.entries()) {
    if (churn !== -1) seen.add(churn);
    counts[row + 1] = seen.size;
  }
  return counts;
}

/** The cases observed in each quarter, by its first day, in order, up to the quarter of a day; quarters without any, too. */
function rowsByQuarter(observed: readonly IsoDate[], lastDay: IsoDate): Map<IsoDate, number[]> {
  const startOf = new Map<IsoDate, IsoDate>();
  for (const day of observed) if (!startOf.has(day)) startOf.set(day, quarterStart(day));
  const rows = new Map<IsoDate, number[]>();
  const first = [...startOf.values()].sort()[0] ?? lastDay;
  for (let start = first; start <= lastDay; start = monthStartAfter(start, 3)) rows.set(start, []);
  for (const [row, day] of observed.entries()) rows.get(startOf.get(day)!)?.push(row);
  return rows;
}
