import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BigQuery } from '@google-cloud/bigquery';
import { OAuth2Client } from 'google-auth-library';
import { projectRoot } from '../../orchestration/project-root.ts';
import type { Column, LogicalType, Row, Warehouse } from '../../warehouse/index.ts';

/** Starts a real BigQuery API on loopback; it lies beside the checkout, not in it. */
const START = join(projectRoot, '..', 'shared', 'bigquery-emulator', 'start');
export const hasEmulator = existsSync(START);

const DATASETS = ['raw', 'staging', 'intermediate', 'scoring', 'marts', 'activation', 'ops'];
const TYPES: Readonly<Record<LogicalType, string>> = {
  string: 'STRING',
  integer: 'INT64',
  number: 'FLOAT64',
  decimal: 'NUMERIC',
  boolean: 'BOOL',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  json: 'JSON',
};

/** A value as the API answers it: dates, instants and decimals are objects. */
const plain = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value;
  if ('value' in value) return String(value.value);
  return Number(String(value));
};

export interface Emulator {
  readonly url: string;
  /** Copies the tables of schemas from an embedded warehouse, each by one load job. */
  copy(warehouse: Warehouse, schemas: readonly string[]): Promise<void>;
  query(sql: string): Promise<Row[]>;
  stop(): void;
}

/** Starts an emulator of its own port with the datasets of a warehouse; files go into `folder`. */
export function startEmulator(folder: string): Emulator {
  const pidFile = join(folder, 'emulator.pid');
  const port = 20_000 + (process.pid % 20_000);
  const url = execFileSync(
    START,
    [
      ...['--project', 'test', '--port', String(port), '--grpc-port', String(port + 20_000)],
      ...['--pidfile', pidFile, ...DATASETS.flatMap((dataset) => ['--dataset', dataset])],
    ],
    { encoding: 'utf8' },
  ).trim();
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'any', expiry_date: Date.now() + 86_400_000 });
  const client = new BigQuery({
    projectId: 'test',
    apiEndpoint: url,
    authClient,
    useAuthWithCustomEndpoint: true,
  } as unknown as ConstructorParameters<typeof BigQuery>[0]);

  const load = async (schema: string, name: string, columns: readonly Column[], rows: readonly Row[]) => {
    const table = client.dataset(schema).table(name);
    const fields = columns.map((column) => ({ name: column.name, type: TYPES[column.type] }));
    if ((await table.exists())[0]) await table.delete();
    await client.dataset(schema).createTable(name, { schema: { fields } });
    if (rows.length === 0) return;
    const file = join(folder, `${schema}.${name}.ndjson`);
    const json = columns.filter((column) => column.type === 'json').map((column) => column.name);
    const line = (row: Row) =>
      JSON.stringify({
        ...row,
        ...Object.fromEntries(
          json.map((key) => [key, row[key] === null ? null : JSON.parse(String(row[key]))]),
        ),
      });
    writeFileSync(file, rows.map((row) => `${line(row)}\n`).join(''));
    await table.load(file, { sourceFormat: 'NEWLINE_DELIMITED_JSON', schema: { fields } });
  };

  return {
    url,
    async copy(warehouse, schemas) {
      for (const schema of schemas) {
        for (const name of await warehouse.listTables(schema)) {
          const columns = (await warehouse.tableColumns(schema, name)) ?? [];
          await load(
            schema,
            name,
            columns,
            (await warehouse.query(`select * from ${schema}."${name}"`)).rows,
          );
        }
      }
    },
    async query(sql) {
      const [rows] = await client.query({ query: sql });
      return (rows as Row[]).map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])),
      );
    },
    stop() {
      spawnSync('kill', [readFileSync(pidFile, 'utf8').trim()]);
    },
  };
}
