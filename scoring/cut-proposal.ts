import { quantileSorted } from 'simple-statistics';
import { churnEvents, numberAccounts } from './backtest-metrics.ts';
import { wholePoints } from './category.ts';
import type { Observation } from './observations.ts';
import { balancedAccuracy } from './stats/balanced-accuracy.ts';
import { bestCut, countPoints } from './stats/best-cut.ts';
import { clusterBootstrap } from './stats/cluster-bootstrap.ts';
import { type BootstrapOptions, clusterDraws } from './stats/cluster-draws.ts';

/** The highest points of red, and of yellow: where green begins is one more. */
export interface Cuts {
  readonly red: number;
  readonly yellow: number;
}

/** What outcomes say about where a category ends. Points are 0–100, accuracies 0–1. */
export interface CutProposal {
  /** null for all accounts */
  readonly segment: string | null;
  readonly category: 'red' | 'yellow';
  /** churned and renewed cases that it rests on: for yellow, those above red */
  readonly n: number;
  readonly churn_count: number;
  readonly cut_now: number;
  /** the points at which it tells churned from renewed best, with their 95 % interval over accounts */
  readonly fitted_cut: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  /**
   * balanced accuracy with the cut in force, and with cuts chosen without the account that is judged; their difference
   * has a paired 95 % interval
   */
  readonly accuracy_now: number | null;
  readonly accuracy_fitted: number | null;
  readonly gain: number | null;
  readonly gain_ci_low: number | null;
  readonly gain_ci_high: number | null;
  /** share of the cases at or below the cut in force, and below the fitted one */
  readonly share_now: number | null;
  readonly share_fitted: number | null;
  readonly proposed_cut: number;
  /** `moved`: the interval leaves out the cut in force, and the gain is above 0; `kept`: nothing shows that another is better */
  readonly verdict: 'moved' | 'kept' | 'not_enough_evidence';
}

export interface CutOptions {
  /** below this many distinct churns nothing is proposed */
  readonly minimumChurns: number;
  readonly bootstrap: BootstrapOptions;
}

/** Parts of the accounts of which each is judged by a cut chosen on the others. */
const FOLDS = 10;

/**
 * Where red should end and, of what is above red, yellow: the points at which each tells churned from renewed best
 * (`bestCut`), from the scores as they stood at t. A cut is moved only when its interval leaves out the one in force and
 * it is better on accounts that it was not chosen on; else it stays. Below `minimumChurns` distinct churns (for yellow,
 * among those above red) nothing is proposed.
 *
 * @param observations of one unit and horizon
 * @example proposeCuts(observations, null, { red: 40, yellow: 70 }, options)[0] // { category: 'red', fitted_cut: 48, … }
 */
export function proposeCuts(
  observations: readonly Observation[],
  segment: string | null,
  now: Cuts,
  options: CutOptions,
): [CutProposal, CutProposal] {
  const decided = observations.filter(({ outcome }) => outcome === 'churned' || outcome === 'renewed');
  const red = proposeCut(decided, segment, 'red', { from: 0, to: now.yellow - 1, near: now.red }, options);
  const above = decided.filter(({ score }) => wholePoints(score) > red.proposed_cut);
  const from = red.proposed_cut + 1;
  return [red, proposeCut(above, segment, 'yellow', { from, to: 99, near: now.yellow }, options)];
}

function proposeCut(
  cases: readonly Observation[],
  segment: string | null,
  category: CutProposal['category'],
  range: { readonly from: number; readonly to: number; readonly near: number },
  { minimumChurns, bootstrap }: CutOptions,
): CutProposal {
  const cut_now = range.near;
  const points = Uint8Array.from(cases, ({ score }) => wholePoints(score));
  const churned = Uint8Array.from(cases, ({ outcome }) => (outcome === 'churned' ? 1 : 0));
  const churn_count = churnEvents(cases.filter(({ outcome }) => outcome === 'churned')).length;
  const shareUpTo = (cut: number) =>
    points.length === 0 ? null : points.filter((each) => each <= cut).length / points.length;
  const base = { segment, category, n: cases.length, churn_count, cut_now, share_now: shareUpTo(cut_now) };
  const fitted_cut = bestCut(countPoints(points, churned), range);
  if (churn_count < minimumChurns || fitted_cut === null)
    return {
      ...base,
      ...{ fitted_cut: null, ci_low: null, ci_high: null, accuracy_now: null, accuracy_fitted: null },
      ...{ gain: null, gain_ci_low: null, gain_ci_high: null, share_fitted: null },
      proposed_cut: cut_now,
      verdict: 'not_enough_evidence',
    };
  const { clusters, count } = numberAccounts(cases);
  const interval = cutInterval(points, churned, clusters, count, range, bootstrap);
  const isFlagged = points.map((each) => (each <= cut_now ? 1 : 0));
  const isFlaggedAnew = flaggedByOthers(points, churned, clusters, count, range);
  const accuracy_now = balancedAccuracy(isFlagged, churned);
  const accuracy_fitted = balancedAccuracy(isFlaggedAnew, churned);
  const gain = clusterBootstrap(
    clusters,
    count,
    (weights) => {
      const before = balancedAccuracy(isFlagged, churned, weights);
      const after = balancedAccuracy(isFlaggedAnew, churned, weights);
      return before === null || after === null ? null : after - before;
    },
    bootstrap,
  );
  const leavesOut = interval !== null && (cut_now < interval.low || cut_now > interval.high);
  const isMoved = leavesOut && gain !== null && gain.low > 0;
  return {
    ...base,
    fitted_cut,
    ci_low: interval?.low ?? null,
    ci_high: interval?.high ?? null,
    accuracy_now,
    accuracy_fitted,
    gain: accuracy_now === null || accuracy_fitted === null ? null : accuracy_fitted - accuracy_now,
    gain_ci_low: gain?.low ?? null,
    gain_ci_high: gain?.high ?? null,
    share_fitted: shareUpTo(fitted_cut),
    proposed_cut: isMoved ? fitted_cut : cut_now,
    verdict: isMoved ? 'moved' : 'kept',
  };
}

/** The 95 % interval of the best cut, from resampling whole accounts. */
function cutInterval(
  points: Uint8Array,
  churned: Uint8Array,
  clusters: readonly number[],
  clusterCount: number,
  range: { readonly from: number; readonly to: number; readonly near: number },
  bootstrap: BootstrapOptions,
): { low: number; high: number } | null {
  if (clusterCount < 2) return null;
  const weights = new Float64Array(points.length);
  const found: number[] = [];
  for (const draws of clusterDraws(clusterCount, bootstrap)) {
    for (let index = 0; index < weights.length; index += 1) weights[index] = draws[clusters[index]!]!;
    const cut = bestCut(countPoints(points, churned, weights), range);
    if (cut !== null) found.push(cut);
  }
  if (found.length * 2 < bootstrap.samples) return null;
  found.sort((left, right) => left - right);
  return { low: quantileSorted(found, 0.025), high: quantileSorted(found, 0.975) };
}

/** Whether each case is at or below the cut that the accounts of the other folds choose. */
function flaggedByOthers(
  points: Uint8Array,
  churned: Uint8Array,
  clusters: readonly number[],
  clusterCount: number,
  range: { readonly from: number; readonly to: number; readonly near: number },
): Uint8Array {
  const flagged = new Uint8Array(points.length);
  for (let fold = 0; fold < Math.min(FOLDS, clusterCount); fold += 1) {
    const weights = Float64Array.from(clusters, (cluster) => (cluster % FOLDS === fold ? 0 : 1));
    const cut = bestCut(countPoints(points, churned, weights), range) ?? range.near;
    for (const [index, cluster] of clusters.entries())
      if (cluster % FOLDS === fold) flagged[index] = points[index]! <= cut ? 1 : 0;
  }
  return flagged;
}
