import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openWarehouse, type Row, type Warehouse } from '../warehouse/index.ts';
import { addDays } from './oracle/company.ts';
import { asCsvFiles, randomCompany } from './oracle/random-company.ts';
import { oracleCategory, oracleEffective, oracleScore, oracleSignals } from './oracle/signals.ts';
import { tenure } from './tenure.ts';

// 120 random accounts, each with its own mix of late rows, versions and gaps, over 150 days. The models answer for all
// 18,000 account-days; the oracle recomputes every seventh day of each account.
const START = '2026-01-01';
const DAYS = 150;
const AS_OF = addDays(START, DAYS - 1);
const company = randomCompany({ seed: 20_260_630, accounts: 120, start: START, days: DAYS });

let folder: string;
let warehouse: Warehouse;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-oracle-'));
  await mkdir(join(folder, 'data'));
  for (const [name, text] of Object.entries(asCsvFiles(company)))
    await writeFile(join(folder, 'data', name), text);
  const config = join(folder, 'tenure.yaml');
  await writeFile(
    config,
    stringify({
      warehouse: { type: 'duckdb', path: 'w.duckdb' },
      tenant: { history_start_date: START },
      sources: [{ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } }],
    }),
  );
  for (const verb of ['sync', 'build']) {
    const { code, stderr } = await tenure([verb, '--config', config, '--as-of', AS_OF]);
    if (code !== 0) throw new Error(`tenure ${verb} ended with ${code}:\n${stderr}`);
  }
  warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'w.duckdb') }, { readOnly: true });
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true });
});

const sampled = Array.from({ length: Math.ceil(DAYS / 7) }, (_, index) =>
  addDays(AS_OF, -7 * index),
).reverse();
const byDay = (rows: readonly Row[]) => Map.groupBy(rows, (row) => `${row.account_id} ${row.as_of_date}`);
const list = sampled.map((day) => `date '${day}'`).join(', ');

describe('the models against a naive reading of the definitions', () => {
  it('landed every row', async () => {
    const { rows } = await warehouse.query('select reason, count(*) as n from raw._rejected group by 1');
    expect(rows).toEqual([]);
  });

  it('agree on all ten signals of each account and day', async () => {
    const { rows } = await warehouse.query(
      `select account_id, as_of_date, signal, measure, signal_value from marts.fct_signal_contributions_daily where as_of_date in (${list})`,
    );
    const found = byDay(rows);
    const differences: string[] = [];
    let compared = 0;
    const close = (a: number | null, b: unknown) =>
      a === null || b === null ? a === b : Math.abs(a - Number(b)) <= 1e-9 * Math.max(1, Math.abs(a));
    for (const { account_id } of company.accounts) {
      for (const day of sampled) {
        const ours = new Map((found.get(`${account_id} ${day}`) ?? []).map((row) => [row.signal, row]));
        for (const { signal, measure, value } of oracleSignals(company, account_id, day)) {
          const row = ours.get(signal);
          compared += 1;
          if (!row || !close(value, row.signal_value) || (measure !== null && !close(measure, row.measure))) {
            differences.push(
              `${account_id} ${day} ${signal}: expected ${value} (${measure}), got ${row?.signal_value} (${row?.measure})`,
            );
          }
        }
      }
    }
    expect(compared).toBe(company.accounts.length * sampled.length * 10);
    const summary = Map.groupBy(differences, (text) => text.split(' ')[2]);
    expect([...summary].flatMap(([, each]) => [`${each.length} of`, ...each.slice(0, 4)])).toEqual([]);
  });

  it('agree on score, coverage, category and the category after an override', async () => {
    const { rows } = await warehouse.query(
      `select account_id, as_of_date, score, weight_coverage, category, category_effective
       from marts.fct_account_health_daily where as_of_date in (${list})`,
    );
    const found = byDay(rows);
    const differences: string[] = [];
    for (const { account_id } of company.accounts) {
      for (const day of sampled) {
        const row = found.get(`${account_id} ${day}`)?.[0];
        const { score, coverage } = oracleScore(oracleSignals(company, account_id, day));
        const category = score === null ? null : oracleCategory(score);
        const effective = category === null ? null : oracleEffective(company, account_id, day, category);
        const agrees =
          row !== undefined &&
          (score === null ? row.score === null : Math.abs(score - Number(row.score)) < 1e-9) &&
          Math.abs(coverage - Number(row.weight_coverage)) < 1e-9 &&
          row.category === category &&
          row.category_effective === effective;
        if (!agrees) {
          differences.push(
            `${account_id} ${day}: expected ${score} ${coverage} ${category} ${effective}, got ${JSON.stringify(row)}`,
          );
        }
      }
    }
    expect([differences.length, ...differences.slice(0, 8)]).toEqual([0]);
  });
});
