import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Column, openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { addDays, daysBetween } from './calendar.ts';
import { publishedSeries } from './replay.ts';

const columns = (definition: string): Column[] =>
  definition.split(', ').map((column) => {
    const [name, type] = column.split(' ');
    return { name, type } as Column;
  });
const HEALTH = columns(
  'account_id string, as_of_date date, model_version string, segment string, arr decimal, is_leak_proof boolean, is_frozen boolean, score number, weight_coverage number, category string, category_effective string, flag string',
);
const DAYS = columns('account_id string, as_of_date date, is_acquired boolean');

const LAST = '2026-06-20';
/** An account's days: a flag holds until the next one is named; `frozen:` before it says that its days are. */
const daysOf = (account_id: string, changes: Record<string, string>) =>
  Object.entries(changes).flatMap(([from, text], index, all) => {
    const until = all[index + 1]?.[0] ?? addDays(LAST, 1);
    const flag = text.replace('frozen:', '') || null;
    const category = flag === 'critical' ? 'red' : 'yellow';
    return Array.from({ length: daysBetween(from, until) }, (_, offset) => ({
      account_id,
      as_of_date: addDays(from, offset),
      model_version: 'v1',
      segment: 'smb',
      arr: 1000,
      is_leak_proof: true,
      is_frozen: text.startsWith('frozen:'),
      score: 50,
      weight_coverage: 1,
      category,
      category_effective: category,
      flag,
    }));
  });

describe('alertsByDay', () => {
  let warehouse: Warehouse;
  beforeEach(async () => {
    warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    await warehouse.ensureSchemas();
  });
  afterEach(() => warehouse.close());

  /** The days on which an account with such flags raises an alert. */
  const alerts = async (changes: Record<string, string>, { is_acquired = false } = {}) => {
    const days = daysOf('A1', changes);
    await warehouse.replaceTable('marts', 'fct_account_health_daily', HEALTH, days);
    await warehouse.replaceTable(
      'intermediate',
      'int_accounts__account_days',
      DAYS,
      days.map(({ account_id, as_of_date }) => ({ account_id, as_of_date, is_acquired })),
    );
    const found = await publishedSeries(warehouse, { asOfDate: LAST, modelVersion: 'v1' }).alertsByDay();
    expect(found).toHaveLength(days.length);
    return found.flatMap((day) => (day.alerts === 0 ? [] : [`${day.as_of_date} ${day.alerts}`]));
  };

  // The same cases as those of the dbt unit test health_decline_fires_when_newly_on.
  it('has one when a flag comes newly on, and one more when it turns critical, each time', async () => {
    const changes = {
      '2026-06-01': 'watch',
      '2026-06-05': 'at_risk_renewal',
      '2026-06-08': 'critical',
      '2026-06-12': 'at_risk_renewal',
      '2026-06-15': 'critical',
      '2026-06-18': 'at_risk_sustained',
    };
    expect(await alerts(changes)).toEqual(['2026-06-05 1', '2026-06-08 1', '2026-06-15 1']);
    expect(await alerts(changes, { is_acquired: true })).toEqual([]);
  });

  it('holds back what came on while signals were frozen until they are not', async () => {
    expect(
      await alerts({ '2026-06-01': '', '2026-06-10': 'frozen:critical', '2026-06-13': 'critical' }),
    ).toEqual(['2026-06-13 1']);
    expect(
      await alerts({ '2026-06-01': '', '2026-06-10': 'frozen:critical', '2026-06-13': 'watch' }),
    ).toEqual([]);
  });

  it('does not fire again after frozen days that looked calm', async () => {
    expect(
      await alerts({
        '2026-06-01': 'at_risk_renewal',
        '2026-06-10': 'frozen:watch',
        '2026-06-13': 'at_risk_renewal',
      }),
    ).toEqual(['2026-06-01 1']);
  });
});
