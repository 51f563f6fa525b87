// Ours, in a process of its own. Arguments: the folder of the columns, how many resamples.
import { ascendingOrder } from '../scoring/stats/ascending-order.ts';
import { auc } from '../scoring/stats/auc.ts';
import { aucIntervalOf } from '../scoring/stats/auc-interval.ts';
import { countPoints, sweepCuts } from '../scoring/stats/best-cut.ts';
import { brier } from '../scoring/stats/brier.ts';
import { crossFit } from '../scoring/stats/cross-fit.ts';
import { resampledFits } from '../scoring/stats/resampled-fits.ts';
import { fitRisk } from '../scoring/stats/risk-fit.ts';
import type { BacktestAnswer } from './backtest.ts';
import { readColumns, SIGNAL_COUNT } from './backtest-cases.ts';

const [folder = '', samples = '1000'] = process.argv.slice(2);
const { features, scores, churned, accounts } = await readColumns(folder);
const count = churned.length;
const parts: Record<string, { seconds: number; cpuSeconds: number }> = {};

function measure<T>(part: string, work: () => T): T {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const found = work();
  const { user, system } = process.cpuUsage(cpu);
  parts[part] = { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
  return found;
}

const matrix = { featureCount: SIGNAL_COUNT, features, churned };
const fit = measure('fit', () => fitRisk(matrix, { penalty: 1 }))!;

const area = measure('AUC', () => {
  const order = ascendingOrder(scores);
  const [sorted, outcomes] = [new Float64Array(count), new Uint8Array(count)];
  for (let place = 0; place < count; place += 1) {
    sorted[place] = scores[order[place]!]!;
    outcomes[place] = churned[order[place]!]!;
  }
  return auc(sorted, outcomes)!;
});

const probabilities = new Float64Array(count);
for (let row = 0; row < count; row += 1) {
  let safety = -fit.intercept;
  for (let signal = 0; signal < SIGNAL_COUNT; signal += 1)
    safety += fit.strengths[signal]! * features[row * SIGNAL_COUNT + signal]!;
  probabilities[row] = 1 / (1 + Math.exp(safety));
}
const squares = measure('Brier', () => brier(probabilities, churned)!);

const sweep = measure('sweep of 1,000 cuts', () => {
  const tenths = new Uint16Array(count);
  for (let row = 0; row < count; row += 1) tenths[row] = scores[row]! * 10;
  return sweepCuts(countPoints(tenths, churned, undefined, 1001))!;
});

// As `proposeWeights` does: intervals of the weights, and of how the fit orders accounts that it has not seen.
const clusterCount = accounts[count - 1]! + 1;
const bootstrap = { samples: Number(samples), seed: 1 };
const resampled = measure('intervals of the weights', () =>
  resampledFits(matrix, accounts, clusterCount, fit, { ...bootstrap, penalty: 1 }),
);
const names = Array.from({ length: clusterCount }, (_, account) => `A${account}`);
const unseen = measure('ten fits of nine tenths', () =>
  crossFit(
    matrix,
    Array.from(accounts, (account) => names[account]!),
    1,
  ),
)!;
measure('interval of an AUC', () =>
  aucIntervalOf({ values: unseen, churned, clusters: accounts, clusterCount }, bootstrap),
);

const answer: BacktestAnswer = {
  parts,
  fit: [fit.intercept, ...fit.strengths],
  auc: area,
  brier: squares,
  churnedBelow: [...sweep.churnedBelow.subarray(0, 1000)],
  renewedBelow: [...sweep.renewedBelow.subarray(0, 1000)],
  firstResamples: resampled.slice(0, 2).map((strengths) => [...strengths]),
  rows: count,
};
console.log(JSON.stringify(answer));
