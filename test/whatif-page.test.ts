import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';
import { extractForPages } from '../orchestration/site/extract.ts';
import { presentModelVersion } from '../scoring/history.ts';
import { replayedSeries, type Setting, settingInForce } from '../scoring/replay.ts';
import { whatIf } from '../scoring/whatif.ts';
import { openWarehouse, type Row, type Warehouse } from '../warehouse/index.ts';

const { accountsOf, compared, inForceOf, monthBy, monthsOf } = await import(
  pathToFileURL(join(projectRoot, 'reports/components/whatif.js')).href
);
const line = inject('line');
const sources = join(projectRoot, 'reports', 'sources', 'warehouse');

/** The page's arithmetic beside that of `tenure whatif`, on what the page gets of the line. */
describe('the page of what-if', () => {
  let folder: string;
  let warehouse: Warehouse;
  let rows: Record<'settings' | 'accounts' | 'months', readonly Row[]>;
  let inForce: Setting;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-what-if-'));
    warehouse = await openWarehouse({ type: 'duckdb', path: line.warehouse }, { readOnly: true });
    inForce = await settingInForce(warehouse);
    const file = join(folder, 'pages.duckdb');
    await extractForPages(warehouse, file);
    const extract = await openWarehouse({ type: 'duckdb', path: file }, { readOnly: true });
    await extract.query(await readFile(join(sources, 'initialize.sql'), 'utf8'));
    const read = async (name: string) =>
      (await extract.query(await readFile(join(sources, `whatif_${name}.sql`), 'utf8'))).rows;
    rows = {
      settings: await read('settings'),
      accounts: await read('accounts'),
      months: await read('months'),
    };
    await extract.close();
  });
  afterAll(async () => {
    await warehouse?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What is tried: weights by signal and cuts by category, in the words of both sides. */
  interface Tried {
    readonly weights?: Readonly<Record<string, number>>;
    readonly cuts?: Readonly<Record<string, number>>;
  }
  const forPage = ({ weights = {}, cuts = {} }: Tried) => {
    const { signals, setting, rules } = inForceOf(rows.settings);
    return {
      rules,
      setting: {
        ...setting,
        weights: signals.map(({ name, weight }: { name: string; weight: number }) => weights[name] ?? weight),
        cuts: { ...setting.cuts, ...cuts },
      },
    };
  };
  const forReplay = ({ weights = {}, cuts = {} }: Tried): Setting => ({
    weights: inForce.weights.map((row) => ({ ...row, weight: weights[row.signal] ?? row.weight })),
    cuts: inForce.cuts.map((row) => ({ ...row, max_score: cuts[row.category] ?? row.max_score })),
  });

  const TRIED: readonly [string, Tried][] = [
    ['nothing', {}],
    [
      'one signal alone, and none for sentiment',
      { weights: { ticket_trend: 50, csm_sentiment: 0, exec_sponsor: 0, email_response: 3.5 } },
    ],
    ['both', { weights: { payment_timeliness: 0, feature_adoption: 30 }, cuts: { red: 20, yellow: 80 } }],
  ];

  it.each(TRIED)(
    'says of %s what tenure whatif says: categories, ARR at risk, who changes',
    async (_, tried) => {
      const { setting, rules } = forPage(tried);
      const here = compared(accountsOf(rows.accounts), setting, rules);
      const there = await whatIf(warehouse, {
        asOfDate: line.asOfDate,
        setting: forReplay(tried),
        bootstrapSamples: 1,
      });
      for (const side of ['before', 'after'] as const) {
        const { red, yellow, green, arr_at_risk } = there[side];
        expect({ side, ...here[side], arrAtRisk: Math.round(here[side].arrAtRisk * 100) }).toEqual({
          ...{ side, red, yellow, green },
          arrAtRisk: Math.round(arr_at_risk * 100),
        });
      }
      expect(here.changes.map((one: Row) => [one.account_id, one.category, one.category_after])).toEqual(
        there.changes.map((one) => [one.account_id, one.category_before, one.category_after]),
      );
    },
  );

  it.each(TRIED)('counts by %s each of the last twelve month ends as the replay does', async (_, tried) => {
    const months = monthsOf(rows.months).map((month: object) => monthBy(month, forPage(tried).setting));
    expect(months).toHaveLength(12);
    const version = { asOfDate: line.asOfDate, modelVersion: await presentModelVersion(warehouse) };
    const series = await replayedSeries(warehouse, version, forReplay(tried));
    const counted = await sql<Record<string, unknown>>`with series as (${series.relation})
      select
        as_of_date,
        count(case when category_effective = 'red' then 1 end) as red,
        count(case when category_effective = 'yellow' then 1 end) as yellow,
        count(case when category_effective = 'green' then 1 end) as green
      from series where as_of_date = last_day(as_of_date) group by as_of_date order by as_of_date desc limit 12`.execute(
      warehouse.db,
    );
    expect(months.map(({ after }: { after: object }) => after).reverse()).toEqual(
      counted.rows.map(({ red, yellow, green }) => ({
        red: Number(red),
        yellow: Number(yellow),
        green: Number(green),
      })),
    );
  });

  it('gives of each account no more days than can decide', () => {
    const kept = accountsOf(rows.accounts).map(({ highest }: { highest: unknown[] }) => highest.length);
    expect(Math.min(...kept)).toBeGreaterThan(0);
    expect(Math.max(...kept)).toBeLessThan(14);
  });
});
