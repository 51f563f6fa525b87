import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openWarehouse } from '../../warehouse/index.ts';
import { NOT_FOR_CUSTOMERS, rowsFor } from './audience.ts';
import { shownDays, tablesIn } from './extract.ts';
import { PAGE_SETS } from './page-sets.ts';

it('gives a customer nothing of what people wrote, and no query of their page asks for it', async () => {
  const folder = PAGE_SETS.customer.sources;
  const read = readdirSync(folder).flatMap((name) => tablesIn(readFileSync(join(folder, name), 'utf8')));
  expect(read.length).toBeGreaterThan(5);
  expect(read.filter((table) => NOT_FOR_CUSTOMERS.includes(table))).toEqual([]);
  const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  const columns = [{ name: 'account_id' }];
  const asked = (kind: 'customer' | 'csm', table: string) =>
    rowsFor({ kind, id: 'A1', name: 'A' }, table, columns)?.compile(warehouse.db).sql;
  expect(asked('customer', 'marts.fct_notes')).toBe('1 = 0');
  expect(asked('csm', 'marts.fct_notes')).toContain('account_id in (');
  expect(asked('customer', 'marts.fct_outcomes')).toContain('account_id in (');
  await warehouse.close();
});

it('shows each of the last 90 days and before them one a week, counted from the last', () => {
  const days = shownDays('2026-03-01', '2026-06-30'); // 122 days
  expect(days.slice(0, 2)).toEqual(['2026-06-30', '2026-06-29']);
  // 89 days back is 2 April; the next multiples of 7 are 91 (31 March), 98, 105, 112 and 119 (3 March).
  expect(days.slice(89)).toEqual([
    '2026-04-02',
    '2026-03-31',
    '2026-03-24',
    '2026-03-17',
    '2026-03-10',
    '2026-03-03',
  ]);
  expect(shownDays('2026-06-30', '2026-06-30')).toEqual(['2026-06-30']);
  expect(shownDays('9999-12-31', '0001-01-01')).toEqual([]);
});
