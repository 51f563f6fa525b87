import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { projectRoot } from '../../orchestration/project-root.ts';
import { openWarehouse, type Row, type WarehouseConfig } from '../../warehouse/index.ts';
import { type Emulator, hasEmulator, startEmulator } from '../bigquery-emulator.ts';
import { tenure } from '../tenure.ts';

const connector = join(projectRoot, 'ingest', 'fixtures', 'scripted-connector.ts');

const catalog = {
  type: 'CATALOG',
  catalog: {
    streams: [
      {
        name: 'users',
        json_schema: {
          properties: {
            id: { type: 'integer' },
            name: { type: ['null', 'string'] },
            updated_at: { type: 'string', format: 'date-time' },
          },
        },
        supported_sync_modes: ['full_refresh', 'incremental'],
        source_defined_cursor: true,
        default_cursor_field: ['updated_at'],
        source_defined_primary_key: [['id']],
      },
      {
        name: 'products',
        json_schema: {
          properties: { sku: { type: 'string' }, price: { type: 'number' }, tags: { type: 'array' } },
        },
        supported_sync_modes: ['full_refresh'],
      },
    ],
  },
};
const record = (stream: string, data: object) => ({
  type: 'RECORD',
  record: { stream, data, emitted_at: 1_767_225_600_000 },
});
const user = (id: number, day: number, name: string) =>
  record('users', { id, name, updated_at: `2026-01-0${day}T00:00:00Z` });
const state = (cursor: string, recordCount: number) => ({
  type: 'STATE',
  state: {
    type: 'STREAM',
    stream: { stream_descriptor: { name: 'users' }, stream_state: { cursor } },
    sourceStats: { recordCount },
  },
});
const product = (sku: string, price: number | string) => record('products', { sku, price, tags: ['a', sku] });

const USERS = [
  ['1 Ada', '2 Bo'],
  ['1 Ada', '1 Ada L.', '2 Bo', "3 O'Neil"],
];

/** What a second sync finds: one user changed, one new, one as before; one product gone. */
const SYNCS = [
  [user(1, 1, 'Ada'), user(2, 1, 'Bo'), product('p1', 1.5), product('p2', 'dear'), state('d1', 2)],
  [user(1, 2, 'Ada L.'), user(2, 1, 'Bo'), user(3, 2, "O'Neil"), product('p2', 'dear'), state('d2', 3)],
];

const TABLES = [
  'raw.book__accounts order by account_id',
  'raw.book__contracts order by contract_id',
  'raw.crm__users order by id, updated_at',
  'raw.crm__products order by sku',
  'raw._rejected order by file_name, line_number',
  'ops.streams order by source_name, stream',
  'ops.sync_states order by source_name, stream',
];
/** What tells when, or is made up by each warehouse. */
const OWN = ['_airbyte_raw_id', '_airbyte_extracted_at', 'last_synced_at', 'updated_at'];

describe.skipIf(!hasEmulator)('tenure sync (needs the BigQuery emulator beside the checkout)', () => {
  let folder: string;
  let emulator: Emulator;
  const stores: Record<string, WarehouseConfig> = {};

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-sync-parity-'));
    cpSync(join(projectRoot, 'test', 'fixtures', 'minimal'), join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'discover.jsonl'), JSON.stringify(catalog));
    emulator = await startEmulator();
    const dataset_prefix = 'acme_';
    stores.duckdb = { type: 'duckdb', path: join(folder, 'warehouse.duckdb') };
    stores.bigquery = { type: 'bigquery', project: 'test', dataset_prefix, emulator: emulator.url };
    const exec = [process.execPath, connector, folder];
    const sources = [
      { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } },
      {
        name: 'crm',
        kind: 'raw',
        connector: { exec, streams: { users: { mode: 'history' }, products: {} } },
      },
    ];
    const files = {
      duckdb: { type: 'duckdb', path: 'warehouse.duckdb' },
      bigquery: { type: 'bigquery', project: 'test', dataset_prefix },
    };
    for (const [name, warehouse] of Object.entries(files)) {
      writeFileSync(join(folder, `${name}.yaml`), stringify({ warehouse, sources }));
    }
  });
  afterAll(() => {
    emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function sync(store: string, lines: readonly object[]): Promise<void> {
    writeFileSync(join(folder, 'read.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
    const { code, stderr } = await tenure(['sync', '--config', join(folder, `${store}.yaml`)], {
      env: { BIGQUERY_EMULATOR_HOST: emulator.url },
    });
    expect(stderr).toContain('price are no number');
    expect(code, stderr).toBe(0);
  }

  async function landed(store: string): Promise<Record<string, readonly Row[]>> {
    const warehouse = await openWarehouse(stores[store] as WarehouseConfig);
    try {
      const found: Record<string, readonly Row[]> = {};
      for (const table of TABLES) {
        const { rows } = await warehouse.query(`select * from ${table}`);
        found[table] = rows.map((row) =>
          Object.fromEntries(
            Object.entries(row).filter(([name]) => !(OWN.includes(name) && !table.includes(`, ${name}`))),
          ),
        );
      }
      return found;
    } finally {
      await warehouse.close();
    }
  }

  it('lands the same in BigQuery as in DuckDB, at first and again', async () => {
    for (const [index, lines] of SYNCS.entries()) {
      if (index === 1) {
        const file = join(folder, 'data', 'accounts.csv');
        writeFileSync(file, readFileSync(file, 'utf8').replace(/\n$/, '\nN-9,New One,V-1\n'));
      }
      for (const store of Object.keys(stores)) await sync(store, lines);
      const [here, there] = [await landed('duckdb'), await landed('bigquery')];
      for (const table of TABLES) expect(there[table], table).toEqual(here[table]);
      const users = here['raw.crm__users order by id, updated_at'];
      expect(users?.map(({ id, name }) => `${id} ${name}`)).toEqual(USERS[index]);
    }
  }, 900_000);
});
