import type { IsoDate } from '../warehouse/index.ts';
import type { CalibratedObservation } from './backtest-metrics.ts';
import { addDays, monthStart } from './calendar.ts';
import type { Observation } from './observations.ts';
import { fitPlatt, type PlattCurve, plattProbability, type ScoreCount } from './stats/platt-calibration.ts';

/**
 * Gives each observation the probability of churn that its score meant at the time: a logistic curve fitted,
 * anew each month, only on observations of the same unit and horizon whose outcome was known on the last day
 * of the month before t. Scores are counted to the whole point. Null while churn or renewal has not been seen
 * yet.
 */
export function calibrateWalkForward(observations: readonly Observation[]): CalibratedObservation[] {
  const training = observations
    .filter(({ outcome }) => outcome === 'churned' || outcome === 'renewed')
    .sort((left, right) => left.resolved_date.localeCompare(right.resolved_date));
  const months = [...new Set(observations.map(({ observed_date }) => monthStart(observed_date)))].sort();

  const curves = new Map<IsoDate, PlattCurve | null>();
  const counts = Array.from({ length: 101 }, (_, score) => ({ score, churned: 0, renewed: 0 }));
  let known = 0;
  for (const month of months) {
    const lastDay = addDays(month, -1);
    for (; known < training.length && training[known]!.resolved_date <= lastDay; known += 1) {
      const { score, outcome } = training[known]!;
      counts[Math.round(Math.min(100, score))]![outcome === 'churned' ? 'churned' : 'renewed'] += 1;
    }
    const seen: ScoreCount[] = counts.filter(({ churned, renewed }) => churned + renewed > 0);
    curves.set(month, fitPlatt(seen));
  }
  return observations.map((observation) => {
    const curve = curves.get(monthStart(observation.observed_date));
    return {
      ...observation,
      churn_probability: curve ? plattProbability(curve, observation.score) : null,
    };
  });
}
