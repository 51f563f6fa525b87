import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../orchestration/project-root.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { asKnownOn } from '../oracle/as-known.ts';
import { addDays, type Company, dayOf } from '../oracle/company.ts';
import { randomCompany, randomNumbers } from '../oracle/random-company.ts';
import { segmentAdoption, segmentOf } from '../oracle/segment-adoption.ts';
import { type CompanyLine, openCompanyLine } from './company-line.ts';

const FOLDER = join(projectRoot, '.cache', 'test-segment-adoption');
const SEED = Number(process.env.TENURE_PROPERTY_SEED ?? 20_260_630) + 9;
const START = '2026-01-01';
const DAYS = 60;
const LAST = addDays(START, DAYS - 1);
const BEFORE_LAST = addDays(LAST, -1);

async function query(sql: string) {
  const warehouse = await openWarehouse({ type: 'duckdb', path: join(FOLDER, 'warehouse.duckdb') });
  try {
    return (await warehouse.query(sql)).rows;
  } finally {
    await warehouse.close();
  }
}

/**
 * Random accounts without a licence among them. Many are in a segment that their record says, some change it; what is used
 * differs by account, and grows: common features, ones of few, and ones that begin late or end early.
 */
function company(): Company {
  const drawn = randomCompany({ seed: SEED, accounts: 36, start: START, days: DAYS });
  const random = randomNumbers(SEED + 1);
  const segments = ['smb', 'mid_market', 'enterprise', 'few'];
  const accounts = drawn.accounts.map((row, index) => ({
    ...row,
    segment: random() < 0.4 ? null : (segments[index % 15 === 0 ? 3 : index % 3] ?? null),
  }));
  const likes = new Map<string, number>();
  const usage_events = drawn.usage_events.map((row) => {
    if (row.feature === null) return row;
    const like = likes.get(row.account_id) ?? random();
    likes.set(row.account_id, like);
    const day = dayOf(row.event_at);
    const features = ['a', ...(like < 0.5 ? ['b'] : []), ...(like > 0.75 ? ['c'] : [])];
    if (like < 0.4 && day > addDays(START, 20)) features.push('new');
    if (like > 0.6 && day < addDays(START, -75)) features.push('old');
    if (like > 0.9) features.push('niche');
    return { ...row, feature: features[Math.floor(random() * features.length)] ?? 'a' };
  });
  return { ...drawn, accounts, usage_events, licensed_features: [] };
}

const whole = company();
/** Usage of weeks ago that nobody had heard of: a feature that its segment did not use until then. */
const late = (): Company['usage_events'] => {
  const on = addDays(LAST, -30);
  const known = asKnownOn(whole, LAST);
  const members = [...new Set(known.accounts.map((row) => row.account_id))].filter(
    (id) => segmentOf(known, id, on) === 'mid_market',
  );
  return members.slice(0, 4).map((account_id) => ({
    account_id,
    user_id: 'late',
    event_at: `${on}T09:00:00Z`,
    feature: 'late',
    event_count: 1,
    known_at: null,
  }));
};

let line: CompanyLine;
let final: Company;

beforeAll(async () => {
  line = await openCompanyLine(FOLDER, { historyStart: START });
  for (const day of [addDays(LAST, -12), BEFORE_LAST]) {
    await line.land(asKnownOn(whole, day), day);
    await line.buildHistory(day);
  }
  const last = asKnownOn(whole, LAST);
  final = { ...last, usage_events: [...last.usage_events, ...late()] };
  await line.land(final, LAST, { appendsUsage: true });
  await line.build(LAST, { select: ['+path:intermediate/history'], acceptChanges: true });
});

describe('adoption where nobody has a list of licensed features', () => {
  it('agrees with a naive reading on each account and day', async () => {
    const rows = await query(
      `select account_id, as_of_date::varchar as day, measure, cut, signal_value from intermediate.int_signals__feature_adoption`,
    );
    const found = new Map(rows.map((row) => [`${row.account_id} ${row.day}`, row]));
    const differences: string[] = [];
    const values: (number | null)[] = [];
    for (let offset = 0; offset < DAYS; offset += 1) {
      const day = addDays(START, offset);
      for (const [account_id, expected] of segmentAdoption(final, day, 90)) {
        const row = found.get(`${account_id} ${day}`);
        const cut = expected === null ? null : 'segment_share';
        values.push(expected);
        if (
          row === undefined ||
          row.cut !== cut ||
          (expected === null
            ? row.measure !== null
            : row.measure === null || Math.abs(Number(row.measure) - expected) > 1e-9) ||
          row.measure !== row.signal_value
        )
          differences.push(`${account_id} ${day}: expected ${expected}, got ${JSON.stringify(row)}`);
      }
    }
    expect([differences.length, ...differences.slice(0, 6)]).toEqual([0]);
    expect(rows).toHaveLength(values.length);
    // there is something to compare: unknown, none, some and all, and more than a few shares
    const kinds: (number | null)[][] = [
      values.filter((each) => each === null),
      values.filter((each) => each === 0),
    ];
    kinds.push(
      values.filter((each) => each === 100),
      values.filter((each) => each !== null && each > 0 && each < 100),
    );
    for (const kind of kinds) expect(kind.length).toBeGreaterThan(10);
    expect(new Set(values).size).toBeGreaterThan(6);
  });

  it('opens the days of all accounts of a segment whose features late usage changes, and of no other', async () => {
    const on = addDays(LAST, -30);
    const reopened = await query(
      `select account_id, from_date::varchar as from_date from intermediate.int_history__segment_reopenings order by account_id`,
    );
    const first = new Map(reopened.map((row) => [row.account_id, String(row.from_date)]));
    const segments = [...new Set(final.accounts.map((row) => row.account_id))].map(
      (id) => [id, segmentOf(final, id, on)] as const,
    );
    const members = segments.filter(([, segment]) => segment === 'mid_market').map(([id]) => id);
    expect(members.length).toBeGreaterThan(5);
    for (const id of members) expect([id, first.get(id)]).toEqual([id, on]);
    expect(segments.some(([id]) => !first.has(id))).toBe(true);
  });

  it('leaves the history that is built from nothing', async () => {
    const tables = ['int_signals__feature_adoption', 'int_usage__segment_features', 'int_scores__scores'];
    await line.keep(
      'grown',
      tables.map((table) => `intermediate.${table}`),
    );
    await line.build(LAST, { select: ['+path:intermediate/history'], fullRefresh: true });
    for (const table of tables) {
      const different = await query(
        `(from kept.grown_${table} except all from intermediate.${table}) union all (from intermediate.${table} except all from kept.grown_${table})`,
      );
      expect({ table, different }).toEqual({ table, different: [] });
    }
  });

  it('makes another version of the model than a list does, which is another yardstick', async () => {
    const versions = () => query('select model_version from intermediate.int_scores__model_version');
    const bySegment = await versions();
    const account_id = final.usage_events[0]!.account_id;
    const licensed = [{ account_id, feature: 'a', valid_from: START, valid_to: null }];
    await line.land({ ...final, licensed_features: licensed }, LAST, { appendsUsage: true });
    await line.build(LAST, { select: ['+int_signals__feature_adoption', '+int_scores__model_version'] });
    expect(await versions()).not.toEqual(bySegment);
    expect(
      await query(
        `select distinct account_id, cut from intermediate.int_signals__feature_adoption
         where cuts_hash = (select cuts_hash from intermediate.int_signals__cuts_version) and measure is not null`,
      ),
    ).toEqual([{ account_id, cut: null }]);
  });
});
