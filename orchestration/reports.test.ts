import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReports, type SiteServer, serveSite } from './reports.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-reports-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('serveSite', () => {
  let server: SiteServer;
  beforeAll(async () => {
    const site = join(folder, 'site');
    await mkdir(join(site, 'renewals'), { recursive: true });
    await writeFile(join(site, 'index.html'), '<p>home</p>');
    await writeFile(join(site, 'renewals', 'index.html'), '<p>renewals</p>');
    await writeFile(join(site, 'engine.wasm'), 'wasm');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    server = await serveSite({ siteDir: site, port: 0 });
  });
  afterAll(() => server.close());

  const get = (path: string, init?: RequestInit) =>
    fetch(new URL(path, server.url), { redirect: 'manual', ...init });

  it('serves a folder as its index and sends other addresses of it there', async () => {
    expect(await (await get('/renewals/')).text()).toBe('<p>renewals</p>');
    const redirect = await get('/renewals');
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, '/renewals/']);
    expect((await get('/renewals/index.html')).headers.get('location')).toBe('/renewals/');
  });

  it('names the content type', async () => {
    expect((await get('/')).headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect((await get('/engine.wasm')).headers.get('content-type')).toBe('application/wasm');
  });

  it('lets a page ask no other host', async () => {
    expect((await get('/')).headers.get('content-security-policy')).toContain("connect-src 'self'");
  });

  it('answers 304 to what the browser has', async () => {
    const tag = (await get('/')).headers.get('etag') ?? '';
    expect((await get('/', { headers: { 'if-none-match': tag } })).status).toBe(304);
  });

  it('gives nothing outside its folder', async () => {
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/renewals/..%2f..%2fsecret.txt',
      '/%00',
    ])
      expect((await get(path)).status).toBe(404);
    expect((await get('/%zz')).status).toBe(400);
  });

  it('refuses to write', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });

  it('says when the port is taken', async () => {
    const { port } = new URL(server.url);
    await expect(serveSite({ siteDir: join(folder, 'site'), port: Number(port) })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(`Port ${port}`),
    });
  });

  it('says when there is no site yet', async () => {
    await expect(serveSite({ siteDir: join(folder, 'nowhere'), port: 0 })).rejects.toMatchObject({
      code: 'SITE_MISSING',
    });
  });
});

describe('buildReports', () => {
  it('says when there is no warehouse yet', async () => {
    await expect(
      buildReports({ warehousePath: join(folder, 'none.duckdb'), buildDir: folder }),
    ).rejects.toMatchObject({ code: 'WAREHOUSE_MISSING' });
  });
});

describe('the patch of Evidence that reads and writes Parquet without DuckDB extensions', () => {
  const columns = [
    { name: 'id', evidenceType: 'number' },
    { name: 'day', evidenceType: 'date' },
    { name: 'is_late', evidenceType: 'boolean' },
  ];

  const written = async (name: string, rows: Record<string, unknown>[], batchSize: number) => {
    const module = createRequire(import.meta.url).resolve('@evidence-dev/universal-sql');
    const { buildMultipartParquet } = await import(pathToFileURL(module).href);
    const count = await buildMultipartParquet(columns, rows, folder, folder, name, batchSize);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const file = join(folder, name);
    const result = await connection.runAndReadAll(`select * from read_parquet('${file}') order by id`);
    const answer = { count, types: result.columnTypes().map(String), rows: result.getRowsJson() };
    connection.closeSync();
    return answer;
  };

  it('writes all batches of a result', async () => {
    const rows = [1, 2, 3, 4, 5].map((id) => ({ id, day: new Date('2026-06-30'), is_late: id > 3 }));
    const result = await written('batches.parquet', rows, 2);
    expect(result.count).toBe(5);
    expect(result.rows.map(([id, , isLate]) => [id, isLate])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
      [5, true],
    ]);
  });

  it('keeps a column of dates without a date', async () => {
    const result = await written('nulls.parquet', [{ id: 1, day: null, is_late: false }], 10);
    expect(result).toEqual({ count: 1, types: ['DOUBLE', 'TIMESTAMP', 'BOOLEAN'], rows: [[1, null, false]] });
  });

  it('writes a table for a result without rows', async () => {
    const result = await written('empty.parquet', [], 10);
    expect(result).toEqual({ count: 0, types: ['DOUBLE', 'TIMESTAMP', 'BOOLEAN'], rows: [] });
  });
});
