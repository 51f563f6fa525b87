import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { projectRoot } from '../orchestration/project-root.ts';
import { type BenchResult, run, type Size } from './measure.ts';
import { pythonWith } from './python.ts';

const SIZES: Readonly<Record<Size, number>> = { S: 200_000, M: 1_000_000, L: 5_000_000 };
/** dlt's record path is slow: it is given so many records at most, and judged by its records a second. */
const MOST_FOR_DLT_RECORDS = 200_000;
const RECORDS_A_STATE = 50_000;

const script = (name: string) => join(projectRoot, 'bench', name);

/** Writes the records as plain rows, for dlt, and as messages, once without and once with states. */
async function writeRecords(folder: string, count: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
  const connection = await instance.connect();
  await connection.run(`create view events as select
    r as id,
    'account-' || (r % 5000) as account_id,
    'user-' || (hash(r) % 100000) as user_id,
    (['login', 'report_viewed', 'export', 'invite', 'dashboard_opened'])[1 + r % 5] as event,
    strftime(timestamp '2025-01-01' + interval (r) second, '%Y-%m-%dT%H:%M:%SZ') as occurred_at,
    strftime(date '2025-01-01' + cast(r // 86400 as integer), '%Y-%m-%d') as day,
    hash(r + 1) % 100000 as duration_ms,
    (hash(r + 2) % 1000000) / 100.0 as value,
    r % 7 = 0 as is_trial,
    (['free', 'pro', 'enterprise'])[1 + r % 3] as plan,
    md5(cast(r // 20 as varchar)) as session,
    {browser: 'chrome', path: '/a/' || (r % 100), tags: ['x', 'y']} as context
    from range(${count}) as numbers(r)`);
  const records = join(folder, 'records.ndjson');
  await connection.run(`copy (from events) to '${join(folder, 'rows.ndjson')}' (format json)`);
  await connection.run(`copy (
    select 'RECORD' as type, {stream: 'events', data: events, emitted_at: 1767225600000 + id} as record from events
  ) to '${records}' (format json)`);
  connection.closeSync();
  instance.closeSync();
  await pipeline(withStates(records), createWriteStream(join(folder, 'messages.ndjson')));
}

async function* withStates(file: string): AsyncGenerator<string> {
  let count = 0;
  let text = '';
  for await (const line of createInterface({ input: createReadStream(file) })) {
    count += 1;
    text += `${line}\n`;
    if (count % RECORDS_A_STATE !== 0) continue;
    const stream = { stream_descriptor: { name: 'events' }, stream_state: { count } };
    const state = { type: 'STREAM', stream, sourceStats: { recordCount: RECORDS_A_STATE } };
    yield `${text}${JSON.stringify({ type: 'STATE', state })}\n`;
    text = '';
  }
  yield text;
}

/**
 * Landing records of twelve fields in a DuckDB file: ours from a connector that prints a file as fast as the pipe takes
 * it (appended, and one row a key), DuckDB's own typed `read_json` of the same records, and dlt from rows without
 * envelope, as Arrow tables and as records. Each runs in a process of its own, whose start does not count.
 */
export async function land(size: Size, log: (text: string) => void, repeats = 3): Promise<BenchResult[]> {
  const count = SIZES[size];
  const python = pythonWith('bench/requirements.txt', 'bench-python', log);
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-bench-'));
  const results = new Map<string, BenchResult>();
  const measure = async (name: string, program: string, args: readonly string[], rows = count) => {
    const database = join(folder, 'landed');
    await rm(database, { recursive: true, force: true });
    await mkdir(database);
    const { output, peakMb } = await run(
      program,
      args.map((arg) => arg.replace('{}', database)),
      { RUNTIME__DLTHUB_TELEMETRY: 'false', MALLOC_ARENA_MAX: '2' }, // as tenure.mjs sets it
    );
    const landed = JSON.parse(output.trim().split('\n').at(-1) ?? '') as { seconds: number; rows: number };
    if (landed.rows !== rows) throw new Error(`${name}: expected ${rows} rows, got ${landed.rows}`);
    const result = results.get(name) ?? { name, seconds: [], rows, peak_mb: 0 };
    result.seconds.push(Math.round(landed.seconds * 100) / 100);
    results.set(name, { ...result, peak_mb: Math.max(result.peak_mb, peakMb) });
    const speed = Math.round(rows / landed.seconds);
    log(`${name}: ${landed.seconds.toFixed(2)} s, ${speed} rows/s, ${peakMb} MB`);
  };
  try {
    log(`writing ${count} records`);
    await writeRecords(folder, count);
    const file = (name: string) => join(folder, `${name}.ndjson`);
    const few = Math.min(count, MOST_FOR_DLT_RECORDS);
    const node = process.execPath;
    for (let i = 0; i < repeats; i++) {
      await measure('limit: typed read_json', node, [script('land-limit-run.ts'), file('records'), '{}']);
      await measure('ours, append', node, [script('land-run.ts'), file('messages'), '{}', 'append']);
      await measure('ours, one row a key', node, [script('land-run.ts'), file('messages'), '{}', 'latest']);
      const dlt = [script('land-dlt.py'), file('rows'), '{}'];
      await measure('dlt, Arrow tables', python, [...dlt, 'arrow', `${count}`]);
      await measure('dlt, records', python, [...dlt, 'records', `${few}`], few);
    }
    return [...results.values()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
