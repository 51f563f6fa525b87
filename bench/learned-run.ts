// Learned scores, in a process of its own. Arguments: the folder of the columns.
import { addDays, monthEnds } from '../scoring/calendar.ts';
import { LEARNED_METHODS, learnedFits } from '../scoring/learned-fit.ts';
import { boostedMargin, fitBoosted } from '../scoring/stats/boosted-trees.ts';
import type { LearnedAnswer } from './backtest.ts';
import { readColumns, SIGNAL_COUNT } from './backtest-cases.ts';

const TREES = 50;
const COMPARED = 1000;
const [folder = ''] = process.argv.slice(2);
const { features, churned, accounts } = await readColumns(folder);
const parts: Record<string, { seconds: number; cpuSeconds: number }> = {};

function measure<T>(part: string, work: () => T): T {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const found = work();
  const { user, system } = process.cpuUsage(cpu);
  parts[part] = { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
  return found;
}

const columns = Array.from({ length: SIGNAL_COUNT }, (_, signal) =>
  Uint8Array.from(churned, (_one, row) => Math.round(100 * features[row * SIGNAL_COUNT + signal]!)),
);
const model = measure(`${TREES} boosted trees`, () =>
  fitBoosted({ columns, churned }, { treeCount: TREES, leastCases: 100, penalty: 20 }),
)!;
const margins = Array.from({ length: COMPARED }, (_, row) =>
  boostedMargin(model, (signal) => columns[signal]![row]!),
);

// The months of an account follow one another, each judged after 90 days and 30 of grace.
const ends = monthEnds('2023-01-01', '2025-06-30');
const known = ends.map((end) => addDays(end, 120));
const months = Int32Array.from(accounts, () => 0);
for (let row = 1; row < months.length; row += 1)
  if (accounts[row] === accounts[row - 1]) months[row] = months[row - 1]! + 1;
for (let at = 0; at < features.length; at += 1) features[at]! *= 100;
const cases = {
  signalCount: SIGNAL_COUNT,
  values: features,
  churns: Int32Array.from(churned, (one, row) => (one === 1 ? accounts[row]! : -1)),
  observed: Array.from(months, (month) => ends[month]!),
  resolved: Array.from(months, (month) => known[month]!),
};
for (const method of LEARNED_METHODS)
  measure(`${method}, each quarter and today`, () =>
    learnedFits(cases, method, { asOfDate: '2025-10-31', minimumChurns: 30 }),
  );

const answer: LearnedAnswer = { parts, margins, rows: churned.length };
console.log(JSON.stringify(answer));
