import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../orchestration/project-root.ts';
import { withLock } from '../orchestration/runtime/lock.ts';
import { marked, markedAfter } from '../test/marked-processes.ts';
import { openWarehouse } from '../warehouse/index.ts';
import type { BenchResult, Size } from './measure.ts';

/** Kills, by size: of the whole line on a small company. */
const KILLS: Readonly<Record<Size, number>> = { S: 10, M: 50, L: 200 };
/** The first day is run whole; the second is the one whose verbs are killed. */
const [FIRST, SECOND] = ['2026-10-14', '2026-10-15'] as const;
const ACCOUNTS = 12;
/** No child may be left after so long. */
const END_WITHIN_MS = 2_000;

const VERBS: readonly (readonly string[])[] = [
  ['run', '--until', 'report'],
  ['run', '--until', 'report', '--fresh'],
  ['schedule', '--cron', '* * * * * *', '--until', 'sync'], // further, it would build the day that it is
  ['sync'],
  ['build', '--skip-tests'],
  ['build', '--full-refresh', '--skip-tests'],
  ['score', '--skip-tests'],
  ['report'],
  ['activate'],
  ['check'],
  ['backtest'],
  ['explain', 'A010'],
  ['query', 'select count(*) as n from marts.dim_accounts'],
];

/** The verbs that take longest, and so are killed later. */
const LONG: ReadonlySet<string> = new Set(['run', 'build']);

/** How a command is ended: to whom the signal goes. */
const WAYS = [
  'SIGKILL the CLI',
  'SIGKILL the launcher',
  'SIGKILL the group',
  'SIGTERM the launcher',
  'SIGINT the group', // Ctrl+C
] as const;
type Way = (typeof WAYS)[number];

export interface KillReport {
  readonly kills: number;
  readonly byVerb: Readonly<Record<string, number>>;
  readonly byWay: Readonly<Record<string, number>>;
  /** The longest that a child lived on. */
  readonly longest_ms: number;
  /** What went wrong; none is what is wanted. */
  readonly faults: readonly string[];
  readonly tables: number;
}

/** A generator of numbers from 0 to 1 that gives the same ones for a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function writeCompany(folder: string, day: string): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true });
  const ids = Array.from({ length: ACCOUNTS }, (_, index) => `A${String(index).padStart(3, '0')}`);
  const lines = (header: string, rows: readonly string[]) => `${[header, ...rows].join('\n')}\n`;
  const month = (index: number) => String((index % 12) + 1).padStart(2, '0');
  const files = {
    'accounts.csv': lines(
      'account_id,name,owner_id',
      ids.map((id, index) => `${id},Account ${index},owner-${index % 3}`),
    ),
    'contracts.csv': lines(
      'contract_id,account_id,term_start_date,term_end_date,arr',
      ids.map(
        (id, index) => `C${id},${id},2025-${month(index)}-15,2026-${month(index)}-15,${(index + 1) * 1000}`,
      ),
    ),
    'sentiments.csv': lines(
      'account_id,sentiment,set_at',
      ids.flatMap((id, index) => [
        `${id},${['green', 'yellow', 'red'][index % 3]},2026-10-0${(index % 9) + 1}`,
        ...(day === SECOND ? [`${id},${['red', 'green', 'yellow'][index % 3]},${SECOND}`] : []),
      ]),
    ),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'data', name), text);
  await writeFile(
    join(folder, 'tenure.yaml'),
    `warehouse: { type: duckdb, path: warehouse.duckdb }
tenant: { history_start_date: 2026-09-15 }
sources: [{ name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }]
`,
  );
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output: string;
}

/** Starts a verb by the launcher, as a group of its own, as a terminal does. `mark` is in the environment of all that it starts. */
function start(folder: string, args: readonly string[], mark: string, day: string): Started {
  const child = spawn(
    process.execPath,
    [
      join(projectRoot, 'orchestration', 'tenure.mjs'),
      ...args,
      ...(DATED.has(args[0] ?? '') ? ['--as-of', day] : []),
      ...['--config', join(folder, 'tenure.yaml')],
    ],
    { env: { ...process.env, TENURE_KILL_MARK: mark }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const started: Started = {
    child,
    output: '',
    ended: once(child, 'exit').then(([code]) => code as number | null),
  };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => {
      started.output += data;
    });
  return started;
}

const DATED: ReadonlySet<string> = new Set(['run', 'sync', 'build', 'score', 'report', 'activate']);

async function killBy(way: Way, { child }: Started, mark: string): Promise<void> {
  const launcher = child.pid ?? 0;
  const signal = way.split(' ')[0] as NodeJS.Signals;
  if (way.endsWith('group')) process.kill(-launcher, signal);
  else if (way.endsWith('launcher')) process.kill(launcher, signal);
  else {
    const cli = (await marked(mark)).find((line) => /program\.ts/.test(line) && !/ sh -c/.test(line));
    process.kill(cli === undefined ? -launcher : Number(cli.split(' ')[0]), signal);
  }
}

/** What the warehouse publishes: a digest a table, of all columns but instants. Logs of runs differ between any two runs. */
async function published(folder: string): Promise<Map<string, string>> {
  const warehouse = await openWarehouse(
    { type: 'duckdb', path: join(folder, 'warehouse.duckdb') },
    { readOnly: true },
  );
  const digests = new Map<string, string>();
  try {
    for (const schema of ['marts', 'scoring', 'activation']) {
      for (const table of await warehouse.listTables(schema)) {
        if (LOGS.has(`${schema}.${table}`)) continue;
        const columns = ((await warehouse.tableColumns(schema, table)) ?? []).filter(
          ({ type }) => type !== 'timestamp',
        );
        const list = columns.map(({ name }) => `"${name}"`).join(', ');
        const { rows } = await warehouse.query(
          `select count(*) || ' rows ' || coalesce(cast(bit_xor(hash(${list})) as varchar), '') as digest from "${schema}"."${table}"`,
        );
        digests.set(`${schema}.${table}`, String(rows[0]?.digest));
      }
    }
  } finally {
    await warehouse.close();
  }
  return digests;
}

/** They tell of the runs themselves, so a kill is in them. */
const LOGS = new Set(['marts.fct_source_freshness', 'marts.fct_checks']);

async function runWhole(folder: string, day: string, until: string): Promise<void> {
  const mark = `whole-${day}`;
  const started = start(folder, ['run', '--until', until], mark, day);
  const code = await started.ended;
  if (code !== 0) throw new Error(`the run of ${day} ended with ${code}:\n${started.output.slice(-3000)}`);
}

/**
 * Kills verbs of the line at random instants in each way a process can be ended, and looks each time whether a process is left two
 * seconds later and whether the lock is free; then runs the line to its end and compares all published tables with those of a
 * line that nobody killed. The seed fixes verbs, ways and instants; after so many `seconds` no more are killed. `isShort` leaves out the day
 * before and the pages, which take most of the time.
 */
export async function killVerbs(
  kills: number,
  log: (text: string) => void,
  { seed = 20_261_015, seconds = Number.POSITIVE_INFINITY, isShort = false } = {},
): Promise<KillReport> {
  const root = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-kills-'));
  const [unkilled, killed] = [join(root, 'unkilled'), join(root, 'killed')];
  const next = random(seed);
  const faults: string[] = [];
  const count: Record<'verb' | 'way', Record<string, number>> = { verb: {}, way: {} };
  let longest = 0;
  try {
    const until = isShort ? 'score' : 'report';
    if (!isShort) {
      await writeCompany(unkilled, FIRST);
      await runWhole(unkilled, FIRST, until);
      await cp(unkilled, killed, { recursive: true });
    }
    for (const folder of [unkilled, killed]) await writeCompany(folder, SECOND);
    const began = performance.now();
    await runWhole(unkilled, SECOND, until);
    const wholeRun = performance.now() - began;
    log(`an unkilled day takes ${Math.round(wholeRun / 1000)} s`);

    const killingSince = performance.now();
    for (let done = 0; done < kills && performance.now() - killingSince < seconds * 1000; done += 1) {
      const args = (VERBS[done % VERBS.length] ?? []).map((word) => (word === 'report' ? until : word));
      const way = WAYS[Math.floor(next() * WAYS.length)] ?? 'SIGKILL the group';
      const mark = `kill-${seed}-${done}-${process.pid}`;
      const started = start(killed, args, mark, SECOND);
      // Early instants more often: that is where little time passes between two things that happen.
      const longestLife = LONG.has(args[0] ?? '')
        ? Math.min(wholeRun, 45_000)
        : Math.min(wholeRun / 4, 12_000);
      const life = next() ** 2 * longestLife;
      const isOver = await Promise.race([sleep(life, false), started.ended.then(() => true)]);
      const what = `${done + 1}. tenure ${args.join(' ')}, ${way} after ${Math.round(life)} ms${isOver ? ' (was over)' : ''}`;
      if (!isOver) await killBy(way, started, mark).catch(() => {}); // it ended in this moment
      const killedAt = performance.now();
      const left = await markedAfter(END_WITHIN_MS, mark);
      longest = Math.max(longest, performance.now() - killedAt);
      if (left.length > 0) {
        faults.push(`${what}: left after ${END_WITHIN_MS} ms: ${left.join('; ')}`);
        await sleep(3_000); // so that one fault does not make others
      }
      const code = left.length > 0 ? undefined : await started.ended;
      // Node itself ends of a signal that comes before anybody listens.
      const isTooEarly = code === null && started.output === '';
      if (
        left.length === 0 &&
        !isOver &&
        /SIGINT|SIGTERM/.test(way) &&
        !isTooEarly &&
        code !== 130 &&
        code !== 0 &&
        code !== 3
      )
        faults.push(`${what}: ended with ${code}: ${started.output.slice(-600)}`);
      if (
        /Traceback|Mend the model|RUN_LOCKED|WAREHOUSE_LOCKED|Could not set lock|is open in|is at work on/.test(
          started.output,
        )
      )
        faults.push(`${what}: said ${started.output.slice(-600)}`);
      await withLock(join(killed, '.build'), async () => {}).catch((error: Error) =>
        faults.push(`${what}: the lock is held: ${error.message}`),
      );
      if (!isOver) {
        count.verb[args[0] ?? ''] = (count.verb[args[0] ?? ''] ?? 0) + 1;
        count.way[way] = (count.way[way] ?? 0) + 1;
      }
      if ((done + 1) % 10 === 0) log(`${done + 1} kills, ${faults.length} faults`);
      for (const fault of faults.slice(faults.length - 1)) if (fault.startsWith(`${done + 1}.`)) log(fault);
    }

    await runWhole(killed, SECOND, until);
    const [wanted, found] = [await published(unkilled), await published(killed)];
    for (const table of new Set([...wanted.keys(), ...found.keys()])) {
      if (wanted.get(table) !== found.get(table))
        faults.push(`${table}: unkilled ${wanted.get(table)}, killed ${found.get(table)}`);
    }
    for (const folder of ['.build/tmp', '.tenure/sync']) {
      const files = await readdir(join(killed, folder), { recursive: true }).catch(() => []);
      if (files.length > 0) faults.push(`${folder} holds ${files.join(', ')}`);
    }
    return {
      kills: Object.values(count.way).reduce((sum, each) => sum + each, 0),
      byVerb: count.verb,
      byWay: count.way,
      longest_ms: Math.round(longest),
      faults,
      tables: wanted.size,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Not a measure of speed: it throws when anything is left behind or comes out otherwise. */
export async function killVerbsBench(size: Size, log: (text: string) => void): Promise<BenchResult[]> {
  const started = performance.now();
  const report = await killVerbs(KILLS[size], log);
  log(JSON.stringify(report));
  if (report.faults.length > 0) throw new Error(report.faults.join('\n'));
  const seconds = Math.round((performance.now() - started) / 10) / 100;
  return [{ name: `${report.kills} kills`, seconds: [seconds], rows: report.tables, peak_mb: 0 }];
}
