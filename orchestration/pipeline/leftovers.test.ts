import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { scratchOf } from '../config/schema.ts';
import { pagesWorkDirectory } from '../site/build.ts';
import { working } from './leftovers.ts';

const folder = await mkdtemp(join(tmpdir(), 'tenure-leftovers-'));
afterAll(() => rm(folder, { recursive: true }));

it('deletes rows, connector files and page data that a killed run left, and nothing else', async () => {
  await writeFile(
    join(folder, 'tenure.yaml'),
    'warehouse: { type: duckdb, path: w.duckdb }\nsources: [{ name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }]\n',
  );
  const config = await loadConfig(join(folder, 'tenure.yaml'), {});
  const left = [
    join(scratchOf(config), 'rows-1-a.ndjson'),
    join(config.workDirectory, 'sync', 'crm', 'read-x', 'config.json'),
    join(pagesWorkDirectory(config.buildDirectory), '.evidence', 'accounts.parquet'),
  ];
  const kept = [
    join(config.workDirectory, 'connector-configs', 'crm.json'),
    join(config.buildDirectory, 'site', 'index.html'),
    join(config.buildDirectory, 'dbt', 'partial_parse.msgpack'),
  ];
  for (const file of [...left, ...kept]) {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, 'x');
  }
  expect(await working(config, async () => [...left, ...kept].filter((file) => existsSync(file)))).toEqual(
    kept,
  );
});
