import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWarehouse } from '../../warehouse/index.ts';
import { readPageTables } from './page-tables.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-page-tables-'));
  await mkdir(join(folder, 'queries'));
  await writeFile(join(folder, 'queries', 'initialize.sql'), 'create temp macro twice(x) as 2 * x;');
});
afterEach(() => rm(folder, { recursive: true }));

async function read(queries: Readonly<Record<string, string>>, variables: Record<string, string> = {}) {
  for (const [name, text] of Object.entries(queries))
    await writeFile(join(folder, 'queries', `${name}.sql`), text);
  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { recursive: true });
  const seen: string[] = [];
  await readPageTables({
    queriesDir: join(folder, 'queries'),
    file: join(folder, 'pages.duckdb'),
    dataDir,
    variables,
    onProgress: (table, count, total) => seen.push(`${table} ${count}/${total}`),
  });
  const opened = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  const table = async (name: string) => {
    const place = join(dataDir, 'warehouse', name, name);
    const { rows } = await opened.query(`select * from read_parquet('${place}.parquet')`);
    return { rows, schema: JSON.parse(await readFile(`${place}.schema.json`, 'utf8')) };
  };
  const found = Object.fromEntries(
    await Promise.all(Object.keys(queries).map(async (name) => [name, await table(name)] as const)),
  );
  await opened.close();
  return { found, seen, manifest: JSON.parse(await readFile(join(dataDir, 'manifest.json'), 'utf8')) };
}

describe('readPageTables', () => {
  it('writes each type as pages know it, in the order of the query', async () => {
    const { found, seen, manifest } = await read({
      typed: `select 3::hugeint as whole, 1.5::decimal(9, 2) as exact, date '2026-03-01' as day, true as truth, 'a' as word,
          [1, 2] as list, null::boolean as nothing, null::date as no_day, timestamptz '2026-03-01 12:00:00+00' as moment`,
      ordered: 'select n, twice(n) as doubled from range(5000) as r(n) order by n desc;\n',
      empty: "select 1 as n, date '2026-01-01' as day where false",
    });
    expect(found.typed?.rows[0]).toEqual({
      whole: 3,
      exact: 1.5,
      day: '2026-03-01T00:00:00.000Z',
      truth: true,
      word: 'a',
      list: '[1, 2]',
      nothing: null,
      no_day: null,
      moment: '2026-03-01T12:00:00.000Z',
    });
    expect(found.typed?.schema.map(({ evidenceType }: { evidenceType: string }) => evidenceType)).toEqual([
      ...['number', 'number', 'date', 'boolean', 'string'],
      ...['string', 'boolean', 'date', 'date'],
    ]);
    expect(found.ordered?.rows.map(({ n }) => n)).toEqual(Array.from({ length: 5000 }, (_, n) => 4999 - n));
    expect(found.ordered?.rows[0]?.doubled).toBe(9998);
    expect(found.empty).toMatchObject({ rows: [], schema: [{ name: 'n' }, { name: 'day' }] });
    expect(seen).toEqual(['empty 1/3', 'ordered 2/3', 'typed 3/3']);
    expect(manifest.renderedFiles.warehouse).toHaveLength(3);
  });

  it('fills in what stands for a name once, and leaves other braces', async () => {
    const { found } = await read(
      { said: `select '\${audience}' as audience, '\${nobody}' as nobody` },
      { audience: `csm: \${currency} O''Hara`, currency: 'EUR' },
    );
    expect(found.said?.rows).toEqual([{ audience: `csm: \${currency} O'Hara`, nobody: `\${nobody}` }]);
  });

  it('names the query that fails, and what the database said; of shared words too', async () => {
    await expect(read({ broken: 'select * from marts.nowhere' })).rejects.toMatchObject({
      code: 'REPORT_SOURCES_FAILED',
      message: expect.stringMatching(/^The query broken of the pages failed: .*nowhere/s),
    });
    await writeFile(join(folder, 'queries', 'initialize.sql'), 'create temp macro twice(x) as;');
    await expect(read({})).rejects.toThrow(/initialize\.sql/);
  });
});
