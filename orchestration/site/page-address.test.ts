import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWarehouse, type Warehouse } from '../../warehouse/index.ts';
import { projectRoot } from '../project-root.ts';

let warehouse: Warehouse;

/** The macro that all queries of the pages read. */
beforeAll(async () => {
  const sql = readFileSync(join(projectRoot, 'reports/sources/warehouse/initialize.sql'), 'utf8');
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.query(/create or replace temp macro page_of[^;]*;/.exec(sql)?.[0] ?? '');
});
afterAll(() => warehouse.close());

const pageOf = async (accountId: string) =>
  (await warehouse.query(`select page_of('${accountId}') as page`)).rows[0]?.page;

it('takes an id that can stand in an address and in the name of a file', async () => {
  expect(await pageOf('0015f000002Mr6IAAS')).toBe('0015f000002Mr6IAAS');
  expect(await pageOf('a'.repeat(100))).toBe('a'.repeat(100));
});

it('takes a digest of any other, so that one odd id never stops the pages', async () => {
  for (const id of [
    'a'.repeat(101),
    'a'.repeat(300),
    'é'.repeat(60),
    'a/b',
    '..',
    'a b',
    '<x>',
    'a?b',
    'a\nb',
  ])
    expect(await pageOf(id)).toMatch(/^[0-9a-f]{32}$/);
  expect(await pageOf('a'.repeat(300))).not.toBe(await pageOf('a'.repeat(301)));
});
