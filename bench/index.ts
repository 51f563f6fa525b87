import { parseArgs } from 'node:util';
import type { BenchResult, Size } from './measure.ts';

/** `npm run bench -- <name> [--size S|M|L] [--json]`: ours, the peers and the limit, interleaved in one run. */
type Bench = (size: Size, log: (text: string) => void) => Promise<BenchResult[]>;

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  land: async () => (await import('./land.ts')).land,
  kill: async () => (await import('./kill.ts')).kill,
  model: async () => (await import('./model.ts')).model,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: 'S' }, json: { type: 'boolean', default: false } },
});
const [name = ''] = positionals;
const load = BENCHES[name];
const { size } = values;
if (load === undefined || (size !== 'S' && size !== 'M' && size !== 'L')) {
  console.error(
    `Expected: npm run bench -- ${Object.keys(BENCHES).join('|')} [--size S|M|L] [--json], got: ${process.argv.slice(2).join(' ')}`,
  );
  process.exit(2);
}
const bench = await load();
const results = await bench(size, (text) => console.error(`  ${text}`));
if (values.json) console.log(JSON.stringify({ bench: name, size, results }));
else
  console.table(
    results.map(({ seconds, ...result }) => ({
      ...result,
      median_seconds: seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)],
      min_seconds: Math.min(...seconds),
      runs: seconds.length,
    })),
  );
