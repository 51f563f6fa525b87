import { parseArgs } from 'node:util';
import type { BenchResult, Size } from './measure.ts';
import type { Repeats } from './model.ts';
import type { PagesResult } from './pages.ts';
import type { ReplayResult } from './replay.ts';
import type { ScanResult } from './scan.ts';
import type { TruthResult } from './truth.ts';
import type { WriteResult } from './write.ts';

/**
 * `npm run bench -- <name> [--size S|M|L] [--full <times>] [--day <times>] [--models-only] [--json]`: ours, the peers and
 * the limit, interleaved in one run. The size L of `model` takes hours and 40 GB in TENURE_BENCH_DIR: `--full 1 --day 3
 * --models-only`.
 */
type Bench = (
  size: Size,
  log: (text: string) => void,
  repeats: Partial<Repeats>,
) => Promise<readonly (BenchResult | PagesResult | ReplayResult | ScanResult | TruthResult | WriteResult)[]>;

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  backtest: async () => {
    const { backtest } = await import('./backtest.ts');
    return (size, log, repeats) => backtest(size, log, repeats.full);
  },
  day: async () => (await import('./day.ts')).day,
  land: async () => {
    const { land } = await import('./land.ts');
    return (size, log, repeats) => land(size, log, repeats.full);
  },
  kill: async () => (await import('./kill.ts')).kill,
  'kill-activate': async () => (await import('./kill-activate.ts')).killActivateBench('salesforce'),
  'kill-activate-hubspot': async () => (await import('./kill-activate.ts')).killActivateBench('hubspot'),
  'kill-verbs': async () => (await import('./kill-verbs.ts')).killVerbsBench,
  model: async () => (await import('./model.ts')).model,
  pages: async () => (await import('./pages.ts')).pages,
  replay: async () => (await import('./replay.ts')).replay,
  scan: async () => (await import('./scan.ts')).scan,
  truth: async () => (await import('./truth.ts')).truth,
  write: async () => (await import('./write.ts')).write,
  wide: async () => (await import('./wide.ts')).wide,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: 'S' },
    full: { type: 'string' },
    day: { type: 'string' },
    'models-only': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const [name = ''] = positionals;
const load = BENCHES[name];
const { size } = values;
const times = Object.fromEntries(
  (['full', 'day'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [[name, Number(values[name])]],
  ),
);
const areTimes = Object.values(times).every((each) => Number.isInteger(each) && each > 0);
if (load === undefined || (size !== 'S' && size !== 'M' && size !== 'L') || !areTimes) {
  console.error(
    `Expected: npm run bench -- ${Object.keys(BENCHES).join('|')} [--size S|M|L] [--full <times>] [--day <times>] [--models-only] [--json], got: ${process.argv.slice(2).join(' ')}`,
  );
  process.exit(2);
}
const bench = await load();
const results = await bench(size, (text) => console.error(`  ${text}`), {
  ...times,
  modelsOnly: values['models-only'],
});
if (values.json) console.log(JSON.stringify({ bench: name, size, results }));
else
  console.table(
    results.map((found) => {
      if (!('seconds' in found)) return found;
      const { seconds, cpu_seconds = [], ...result } = found;
      return {
        ...result,
        median_seconds: median(seconds),
        median_cpu_seconds: median(cpu_seconds),
        min_seconds: Math.min(...seconds),
        runs: seconds.length,
      };
    }),
  );
