import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { projectRoot } from '../../orchestration/project-root.ts';
import {
  type Column,
  differingColumns,
  type LandingColumn,
  openWarehouse,
  type Row,
  rawColumnNames,
  type Schema,
  tableFigures,
  type Warehouse,
  type WarehouseConfig,
} from '../../warehouse/index.ts';
import { type Emulator, hasEmulator, startEmulator } from '../bigquery-emulator.ts';
import { tenure } from '../tenure.ts';

/** A stream whose properties are called as people call things. */
const ODD: readonly LandingColumn[] = [
  { name: 'id', type: 'integer', property: 'id' },
  { name: 'Plan Name', type: 'string', property: 'Plan Name' },
  { name: 'plan_name', type: 'string', property: 'plan_name' },
  { name: '2nd-seat %', type: 'number', property: '2nd-seat %' },
  { name: 'größe', type: 'decimal', property: 'größe' },
  { name: 'seen', type: 'timestamp', property: 'seen' },
  { name: 'extra', type: 'json', property: 'extra' },
];
const lineOf = (id: number) =>
  JSON.stringify({
    record: {
      data: {
        id: id === 1 ? 9_007_199_254_740_993n.toString() : id,
        'Plan Name': `é "quoted"\n${id}`,
        plan_name: id % 2 === 0 ? null : 'plain',
        '2nd-seat %': id / 3,
        größe: '12345678901234.567891',
        seen: `2026-01-0${id}T23:59:58.123456Z`,
        extra: id === 2 ? 'text' : { b: [1, null], a: id },
      },
      emitted_at: 1_767_225_600_000 + id,
    },
  });

const string = (name: string): Column => ({ name, type: 'string' });
const SCORES: readonly Column[] = [
  string('account_id'),
  { name: 'as_of_date', type: 'date' },
  { name: 'score', type: 'number' },
  { name: 'is_frozen', type: 'boolean' },
];
const days = Array.from({ length: 40 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString());
const scores: Row[] = days.flatMap((day, index) =>
  ['N-1', 'N-2'].map((account_id) => ({
    account_id,
    as_of_date: day.slice(0, 10),
    score: index === 3 ? null : index / 7,
    is_frozen: index % 2 === 0,
  })),
);
const STATES = [string('source_name'), string('stream'), { name: 'state', type: 'json' } as const];

/** A server that passes requests on to `url`, until one comes that it holds for good. */
async function startHolder(url: string, isHeld: (text: string) => boolean) {
  let hold = () => {};
  const held = new Promise<void>((resolve) => {
    hold = resolve;
  });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (isHeld(body.toString('utf8'))) return hold();
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const { method = 'GET' } = request;
    const answer = await fetch(`${url}${request.url}`, {
      method,
      headers: headers as Record<string, string>,
      ...(body.length === 0 ? {} : { body }),
    });
    const location = answer.headers.get('location');
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
      ...(location && { location }),
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What there is beside `raw`: history, checks, scoring, ledger, states and logs. */
const TABLES: readonly (readonly [Schema, string, readonly Column[], readonly Row[]])[] = [
  ['intermediate', 'int_scores__composites', SCORES, scores],
  ['intermediate', 'int_scores__scores', SCORES, scores],
  ['marts', 'fct_checks', [string('check_id')], [{ check_id: 'm1' }]],
  ['scoring', 'backtest_metrics', [string('metric')], [{ metric: 'auc' }]],
  ['activation', 'ledger', [string('record_key')], [{ record_key: 'N-1' }, { record_key: 'N-2' }]],
  ['ops', 'runs', [string('run_id')], [{ run_id: 'r1' }]],
  ['ops', 'sync_states', STATES, [{ source_name: 'crm', stream: 'odd', state: '{"cursor":"d1"}' }]],
];

describe.skipIf(!hasEmulator)('tenure migrate (needs the BigQuery emulator beside the checkout)', () => {
  let folder: string;
  let emulator: Emulator;
  let from: WarehouseConfig;
  let to: WarehouseConfig;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-migrate-parity-'));
    emulator = await startEmulator();
    from = { type: 'duckdb', path: join(folder, 'warehouse.duckdb') };
    to = { type: 'bigquery', project: 'test', dataset_prefix: 'acme_', emulator: emulator.url };
    const sources = [{ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: '.' } } }];
    const { emulator: _, ...bigquery } = to;
    const duckdb = { type: 'duckdb', path: 'warehouse.duckdb' };
    writeFileSync(join(folder, 'tenure.yaml'), stringify({ warehouse: duckdb, sources }));
    writeFileSync(join(folder, 'tenure.bigquery.yaml'), stringify({ warehouse: bigquery, sources }));
    await opened(from, async (warehouse) => {
      await warehouse.ensureSchemas();
      await land(warehouse, [1, 2, 3]);
      for (const [schema, table, columns, rows] of TABLES)
        await warehouse.replaceTable(schema, table, columns, rows);
    });
  }, 120_000);
  afterAll(() => {
    emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened<T>(config: WarehouseConfig, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
    const warehouse = await openWarehouse(config);
    try {
      return await work(warehouse);
    } finally {
      await warehouse.close();
    }
  }

  /** Lands records of the odd stream as a sync does. */
  async function land(warehouse: Warehouse, ids: readonly number[]) {
    const file = join(folder, 'odd.ndjson');
    const lines = ids.map((id) => `${lineOf(id)}\n`);
    writeFileSync(file, lines.join(''));
    return warehouse.landRecords({
      table: 'crm__odd',
      files: [file],
      lineCount: lines.length,
      longestLine: Math.max(...lines.map((line) => Buffer.byteLength(line))),
      columns: ODD,
      generationId: 1,
      write: { kind: 'append' },
    });
  }

  const args = ['migrate', '--to', 'bigquery', '--json', '--config'];
  const env = () => ({ BIGQUERY_EMULATOR_HOST: emulator.url });
  const migrate = () => tenure([...args, join(folder, 'tenure.yaml')], { env: env() });

  /** Starts the migration and kills it when it has made the first daily table and not dropped its copy. */
  async function killedInTheMiddle(): Promise<void> {
    const holder = await startHolder(emulator.url, (text) => /drop table [^;]*__copied/.test(text));
    const cli = join(projectRoot, 'orchestration', 'cli', 'program.ts');
    const child = spawn(process.execPath, [cli, ...args, join(folder, 'tenure.yaml')], {
      env: { ...process.env, BIGQUERY_EMULATOR_HOST: holder.url },
      stdio: 'ignore',
    });
    const closed = once(child, 'close');
    await Promise.race([holder.held, closed]);
    child.kill('SIGKILL');
    expect((await closed)[1]).toBe('SIGKILL');
    holder.stop();
    const tables = await opened(to, (warehouse) => warehouse.listTables('intermediate'));
    expect(tables).toEqual(['int_scores__composites', 'int_scores__composites__copied']);
  }

  it('carries each table over once, also when it was killed in the middle', async () => {
    await killedInTheMiddle();
    const { code, stdout, stderr } = await migrate();
    expect(code, stderr).toBe(0);
    const migrated = JSON.parse(stdout) as { table: string; rows: number; was_there: boolean }[];
    expect(migrated.map(({ table, rows }) => [table, rows])).toEqual([
      ['raw.crm__odd', 3],
      ...TABLES.map(([schema, table, , rows]) => [`${schema}.${table}`, rows.length]),
    ]);
    expect(migrated.map(({ was_there }) => was_there)).toEqual([
      true,
      ...TABLES.map(([, table]) => table === 'int_scores__composites'),
    ]);
    await opened(from, (here) =>
      opened(to, async (there) => {
        for (const [schema, table, columns] of TABLES) {
          const [before, after] = [
            await tableFigures(here, schema, table, columns),
            await tableFigures(there, schema, table, columns),
          ];
          expect([table, differingColumns(before, after)]).toEqual([table, []]);
          expect(await there.tableColumns(schema, table)).toEqual(columns);
        }
        expect(await there.listTables('intermediate')).toEqual([
          'int_scores__composites',
          'int_scores__scores',
        ]);
      }),
    );
  }, 600_000);

  it('calls landed columns as the next sync does, with the same values', async () => {
    const names = ['id', 'Plan_Name', 'plan_name_1', 'c_2nd_seat__', 'gr__e', 'seen', 'extra'];
    expect([...rawColumnNames('bigquery', ODD).values()]).toEqual(names);
    const list = (columns: readonly string[]) =>
      columns.map((name, index) => (index < 6 ? `cast(${name} as string) as c${index}` : name)).join(', ');
    const quoted = ODD.slice(0, 6).map(({ name }) => `"${name}"`);
    const here = await opened(from, (warehouse) =>
      warehouse.query(`select ${list(quoted)} from raw.crm__odd order by "seen"`),
    );
    await opened(to, async (warehouse) => {
      const columns = await warehouse.tableColumns('raw', 'crm__odd');
      expect(columns?.map(({ name }) => name).slice(0, ODD.length)).toEqual(names);
      const there = await warehouse.query(
        `select ${list(names.slice(0, 6))} from raw.crm__odd order by seen`,
      );
      const asWords = (rows: readonly Row[]) =>
        rows.map(({ c0, c1, c2, c3, c4 }) => [c0, c1, c2, Number(c3), Number(c4)]);
      expect(asWords(there.rows)).toEqual(asWords(here.rows));
      expect(await land(warehouse, [4])).toMatchObject({ landed: 1, rowCount: 4 });
      expect(await warehouse.tableColumns('raw', 'crm__odd')).toEqual(columns);
      const { rows } = await warehouse.query(
        'select count(Plan_Name) as n, count(c_2nd_seat__) as m from raw.crm__odd',
      );
      expect(rows).toEqual([{ n: 4, m: 4 }]);
    });
  }, 600_000);

  it('refuses to write over what has moved on since', async () => {
    const { code, stderr } = await migrate();
    expect([code, stderr]).toEqual([1, expect.stringContaining('raw.crm__odd has changed on one side')]);
  }, 600_000);
});
