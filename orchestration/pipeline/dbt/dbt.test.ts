import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { syncSource } from '../../../ingest/index.ts';
import { openWarehouse, type Warehouse } from '../../../warehouse/index.ts';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { beginSync, endSync } from '../sync-log.ts';
import { buildError, dbtVars, isKeptParseStale, requireLanded } from './dbt.ts';

describe('isKeptParseStale', () => {
  const said = [
    "Encountered an error:\n'model.tenure.a' depends on 'model.tenure.b' which is not in the graph!",
  ];
  const result = { unique_id: 'model.tenure.a', status: 'error', message: null };

  it('is true when dbt stopped before its first node over a node that is gone', () => {
    expect(isKeptParseStale({ exitCode: 2, results: [], testCount: 0, tail: said })).toBe(true);
  });

  it('is false for any other error, for one after the first node, and for success', () => {
    expect(
      isKeptParseStale({ exitCode: 2, results: [], testCount: 0, tail: ['Runtime Error: no such table'] }),
    ).toBe(false);
    expect(isKeptParseStale({ exitCode: 1, results: [result], testCount: 0, tail: said })).toBe(false);
    expect(isKeptParseStale({ exitCode: 0, results: [], testCount: 0, tail: said })).toBe(false);
  });
});

describe('what the models are told is connected', () => {
  let folder: string;
  let warehouse: Warehouse;
  const AS_OF = '2026-06-30';
  const NOW = '2026-06-30T06:00:00.000Z';
  const files = (name: string) => ({
    name,
    kind: 'files',
    connector: { builtin: 'files', config: { path: './data' } },
  });
  const configured = async (...sources: object[]): Promise<Config> => {
    const file = join(folder, 'tenure.yaml');
    await writeFile(file, stringify({ warehouse: { type: 'duckdb', path: 'w.duckdb' }, sources }));
    return loadConfig(file, {});
  };
  const landBook = async () => {
    await writeFile(join(folder, 'accounts.csv'), 'account_id,name\nA1,Acorn\n');
    const connector = { builtin: 'files', config: { path: folder } } as const;
    const options = { workDir: join(folder, 'work'), now: () => NOW, timeZone: 'UTC' };
    await syncSource({ name: 'book', kind: 'files', connector }, warehouse, options);
  };
  const failedSync = async (name: string) => {
    const sync = { name, kind: 'files', startedAt: NOW };
    await beginSync(warehouse, sync);
    const error = { code: 'NO_FILES', message: 'none' };
    await endSync(
      warehouse,
      { ...sync, endedAt: NOW },
      { source: name, status: 'failed', streams: [], error },
    );
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-vars-'));
    warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    await warehouse.ensureSchemas();
  });
  afterEach(async () => {
    await warehouse.close();
    await rm(folder, { recursive: true });
  });

  it('is no source that was renamed: the error names it and what raw holds', async () => {
    await landBook();
    expect(await dbtVars(await configured(files('book')), warehouse, AS_OF)).toMatchObject({
      raw_tables: { files: { accounts: ['raw.book__accounts'] } },
    });
    const renamed = dbtVars(await configured(files('customers')), warehouse, AS_OF);
    await expect(renamed).rejects.toMatchObject({ code: 'SOURCE_NEVER_LANDED', exitCode: 2 });
    await expect(renamed).rejects.toThrow(/customers; raw holds .*book__accounts.*tenure sync customers/s);
  });

  it('is no schema of somebody else that has no table', async () => {
    await landBook();
    const desk = { name: 'desk', kind: 'zendesk', tables: 'raw_zendesk' };
    await expect(dbtVars(await configured(files('book'), desk), warehouse, AS_OF)).rejects.toThrow(
      'desk (the schema raw_zendesk has no table)',
    );
  });

  it('lacks a source whose first sync failed, which is said and stops no other', async () => {
    await landBook();
    await failedSync('more');
    const said: string[] = [];
    const vars = await dbtVars(await configured(files('book'), files('more')), warehouse, AS_OF, (text) =>
      said.push(text),
    );
    expect(vars.raw_tables).toEqual({ files: { accounts: ['raw.book__accounts'] } });
    expect(said).toEqual([expect.stringContaining('more counts as not connected yet')]);
    expect(said[0]).toContain('failed (NO_FILES)');
  });

  it('is not nothing: an error says how the last syncs ended', async () => {
    await failedSync('book');
    const vars = await dbtVars(await configured(files('book')), warehouse, AS_OF);
    await expect(requireLanded(vars, warehouse)).rejects.toThrow(
      /No source has landed anything yet.*the last sync of book failed \(NO_FILES\)/,
    );
  });
});

describe('buildError', () => {
  const duckdb = { type: 'duckdb', path: '/acme/w.duckdb' } as const;
  const locked =
    'IO Error: Could not set lock on file "/acme/w.duckdb": Conflicting lock is held in /usr/bin/python3 (PID 7). See also https://duckdb.org';
  const failed = (message: string) => [{ unique_id: 'model.tenure.a', status: 'error', message }];

  it('names who has the file open, wherever dbt says so, and no model', () => {
    for (const run of [
      { exitCode: 1, results: failed(locked), testCount: 0, tail: [] },
      { exitCode: 2, results: [], testCount: 0, tail: ['Traceback (most recent call last):', locked] },
    ]) {
      expect(buildError(duckdb, run)).toMatchObject({
        code: 'WAREHOUSE_LOCKED',
        message: expect.stringContaining('/usr/bin/python3, process 7'),
      });
    }
  });

  it('is the fault of the model otherwise, also of one that is called a lock', () => {
    const run = {
      exitCode: 1,
      results: failed('Binder Error: column "lock" not found'),
      testCount: 0,
      tail: [],
    };
    expect(buildError(duckdb, run)).toMatchObject({ code: 'BUILD_FAILED' });
  });

  it('is no model’s when dbt was killed, unless one had failed before', () => {
    for (const exitCode of [null, 137]) {
      const killed = buildError(duckdb, {
        exitCode,
        results: [],
        testCount: 0,
        tail: ['12 of 520 START sql table model'],
      });
      expect(killed).toMatchObject({ code: 'BUILD_ENDED' });
      expect(killed.message).not.toMatch(/mend|null/i);
      const broken = { exitCode, results: failed('Binder Error'), testCount: 0, tail: [] };
      expect(buildError(duckdb, broken)).toMatchObject({ code: 'BUILD_FAILED' });
    }
  });
});
