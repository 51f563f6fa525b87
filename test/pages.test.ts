import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';
import { type SiteServer, serveSite } from '../orchestration/site/serve.ts';
import { settingInForce } from '../scoring/replay.ts';
import { whatIf } from '../scoring/whatif.ts';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { barriers, chromiumPath, openBrowser, visit } from './browser.ts';
import { tenure } from './tenure.ts';

const line = process.env.TENURE_TEST_SITE
  ? {
      site: process.env.TENURE_TEST_SITE,
      warehouse: process.env.TENURE_TEST_WAREHOUSE ?? '',
      asOfDate: inject('line').asOfDate,
    }
  : inject('line');

/** Set to a folder, the tests leave pictures of every page there, for people to look at. */
const screenshotDir = process.env.TENURE_SCREENSHOT_DIR;

const AT_RISK = "flag in ('at_risk_sustained', 'at_risk_renewal', 'critical')";
/** Accounts with a row on the last day. */
const IN_SCOPE = `account_id in (
  select account_id from marts.fct_account_health_daily
  where as_of_date = (select max(as_of_date) from marts.fct_account_health_daily))`;
const LAST_12_MONTHS = `
  select * from marts.fct_retention
  where period = 'trailing_12m' and unit = 'account' and segment = 'all'
  order by period_end desc limit 1`;

/** Owners, with their open alerts, of whom the accounts are not all their own. */
const ELSEWHERE = `
  select alerts.owner_id, alerts.owner_name, count(*) as alerts
  from marts.fct_alerts as alerts
  inner join marts.dim_accounts as accounts using (account_id)
  where alerts.state in ('created', 'acknowledged') and alerts.owner_id is not null
  group by alerts.owner_id, alerts.owner_name
  having count(case when alerts.owner_id <> accounts.owner_id then 1 end) > 0`;

const whole = (value: unknown) => Number(value).toLocaleString('en-US', { maximumFractionDigits: 0 });
const percent = (value: unknown) => `${(100 * Number(value)).toFixed(1)} %`;

const textOf = async (found: Locator) => ((await found.textContent()) ?? '').trim();
/** The figure under a title. */
const figure = (title: string) => (page: Page) =>
  textOf(page.locator(`p:text-is("${title}") + div:visible`).first());
/** The page's first heading. */
const heading = async (page: Page) => withoutIsolates(await textOf(page.locator('h1:visible').first()));
/** The second cell of the table row that a word begins. */
const cellBeside = (word: string) => (page: Page) =>
  textOf(
    page
      .locator('tr:visible', { has: page.locator(`:text-is("${word}")`) })
      .first()
      .locator('td')
      .nth(1),
  );
/** The amount of a row of the second bridge, that of 30 days. */
const monthStep = (title: string) => (page: Page) =>
  textOf(
    page
      .getByTestId('bridge')
      .nth(1)
      .locator('tr', { has: page.locator(`th:text-is("${title}")`) })
      .locator('.amount'),
  );
/** Without the marks that keep a name's direction to itself. */
const withoutIsolates = (text: string) => text.replaceAll(/[\u2068\u2069]/g, '');

interface PageCase {
  readonly name: string;
  /** The address, or a query whose first column is the part of it that a parameter fills. */
  readonly path: string;
  readonly parameter?: string;
  readonly read: (page: Page) => Promise<string>;
  /** Gives one row with one column `value`. */
  readonly sql: string;
  readonly shown: (value: unknown) => string;
}

const PAGES: readonly PageCase[] = [
  {
    name: 'leadership: ARR at risk',
    path: '/',
    read: figure('ARR at risk (USD)'),
    sql: `select sum(arr) as value from marts.dim_accounts where ${IN_SCOPE} and ${AT_RISK}`,
    shown: whole,
  },
  {
    name: 'leadership: its headline',
    path: '/',
    read: async (page) => (/(?:to|is) (\S+ [Mk]) \(/.exec(await heading(page)) ?? [])[1] ?? '',
    sql: `select sum(arr) as value from marts.dim_accounts where ${IN_SCOPE} and ${AT_RISK}`,
    shown: (value) =>
      Number(value) >= 999_500
        ? `${(Number(value) / 1e6).toFixed(2)} M`
        : `${(Number(value) / 1e3).toFixed(0)} k`,
  },
  {
    name: 'leadership: what came to be at risk in 30 days',
    path: '/',
    read: monthStep('Newly at risk'),
    sql: `select sum(now.arr) as value
          from marts.fct_account_health_in_force as now
          left join marts.fct_account_health_in_force as before
            on before.account_id = now.account_id and before.as_of_date = now.as_of_date - 30
          where now.as_of_date = (select max(as_of_date) from marts.fct_account_health_in_force)
            and now.${AT_RISK} and not coalesce(before.${AT_RISK}, false)`,
    shown: (value) => `+${whole(value)}`,
  },
  {
    name: 'leadership: states of health add up to the ARR at risk',
    path: '/',
    read: async (page) => {
      const amounts = await Promise.all(
        ['Critical', 'At risk before renewal', 'At risk (sustained)'].map(async (state) => {
          const row = page
            .getByRole('region', { name: 'ARR by state of health' })
            .locator('tr', { hasText: state });
          return (await row.count()) === 0
            ? 0
            : Number((await textOf(row.locator('td').nth(1))).replaceAll(',', ''));
        }),
      );
      return String(Math.round(amounts.reduce((a, b) => a + b, 0) / 10));
    },
    // whole amounts, of which each is rounded
    sql: `select sum(arr) / 10 as value from marts.dim_accounts where ${IN_SCOPE} and ${AT_RISK}`,
    shown: (value) => String(Math.round(Number(value))),
  },
  {
    name: 'leadership: GRR',
    path: '/',
    read: figure('GRR, 12 months'),
    sql: `select grr as value from (${LAST_12_MONTHS})`,
    shown: percent,
  },
  {
    name: 'renewals: ARR due in 90 days',
    path: '/renewals/',
    read: figure('ARR due in 90 days (USD)'),
    sql: `select coalesce(sum(arr), 0) as value from marts.fct_renewals
          where renewal_outcome is null and days_to_renewal between 0 and 90`,
    shown: whole,
  },
  {
    name: 'renewals: what is likely to be kept of those due in 90 days, or late',
    path: '/renewals/',
    read: figure('Likely to be kept'),
    sql: `select sum(outlook.likely_arr) as value from marts.fct_renewal_outlook as outlook
          inner join marts.fct_renewals as renewals using (contract_id, renewal_date)
          where renewals.renewal_outcome is null and renewals.days_to_renewal <= 90`,
    shown: whole,
  },
  {
    name: 'renewals: the same by the calls of their owners',
    path: '/renewals/',
    read: figure('By the owners’ calls'),
    sql: `select sum(renewals.arr * categories.share) as value from marts.fct_renewal_outlook as outlook
          inner join marts.fct_renewals as renewals using (contract_id, renewal_date)
          inner join intermediate.forecast_categories as categories on outlook.owner_call = categories.category
          where renewals.renewal_outcome is null and renewals.days_to_renewal <= 90`,
    shown: whole,
  },
  {
    name: 'renewals: who was nearer',
    path: '/renewals/',
    read: (page) =>
      textOf(
        page.getByRole('region', { name: 'Calls of owners beside the forecast' }).locator('tbody td').nth(2),
      ),
    sql: `select n as value from marts.fct_forecast_calls where frozen_at = 'quarter_start' and owner_call = 'all'`,
    shown: whole,
  },
  {
    name: 'backtest: accounts that left since the launch',
    path: '/backtest/',
    read: (page) =>
      textOf(
        page
          .getByRole('region', { name: 'Since the launch' })
          .locator('tbody tr')
          .last()
          .locator('td')
          .nth(5),
      ),
    sql: `select churn_count as value from marts.fct_launch_reports order by report_date desc limit 1`,
    shown: whole,
  },
  {
    name: 'books: who carries the most ARR at risk',
    path: '/csm/',
    read: (page) => heading(page).then((text) => text.split(' carries the most')[0] ?? ''),
    sql: `select coalesce(owner_name, owner_id, 'No owner') as value from marts.dim_accounts
          where ${IN_SCOPE} and ${AT_RISK} group by 1 order by sum(arr) desc limit 1`,
    shown: String,
  },
  {
    name: 'books: all alerts that are overdue',
    path: '/csm/',
    read: (page) =>
      textOf(page.getByText(/open alerts are overdue\.$/).first()).then(
        (text) => (/(\d+) of/.exec(text) ?? [])[1] ?? '',
      ),
    sql: 'select count(*) as value from marts.fct_alerts where is_overdue',
    shown: String,
  },
  {
    name: 'one book: its ARR',
    path: '/csm/:parameter/',
    parameter: `select md5(owner_name) as value from marts.dim_accounts
                where ${IN_SCOPE} and owner_name is not null group by owner_name order by owner_name limit 1`,
    read: figure('ARR (USD)'),
    sql: `select sum(arr) as value from marts.dim_accounts
          where ${IN_SCOPE} and owner_name is not null group by owner_name order by owner_name limit 1`,
    shown: whole,
  },
  {
    name: 'one book: the open alerts of whom they belong to',
    path: '/csm/:parameter/',
    parameter: `select md5(coalesce(owner_name, owner_id)) as value from (${ELSEWHERE}) order by alerts desc, 1 limit 1`,
    read: figure('Open alerts'),
    sql: `select alerts as value from (${ELSEWHERE}) order by alerts desc, md5(coalesce(owner_name, owner_id)) limit 1`,
    shown: whole,
  },
  {
    name: 'accounts: how many there are',
    path: '/accounts/',
    read: heading,
    sql: `select printf('%d accounts in scope, %d of them scored, %d churned', count(case when ${IN_SCOPE} then 1 end),
            count(case when ${IN_SCOPE} then score end), count(case when is_churned then 1 end)) as value
          from marts.dim_accounts`,
    shown: String,
  },
  {
    name: 'one account: its score',
    path: '/accounts/:parameter/',
    parameter: `select account_id as value from marts.dim_accounts where ${IN_SCOPE} order by score, account_id limit 1`,
    read: figure('Score, 0 to 100'),
    sql: `select score as value from marts.dim_accounts where ${IN_SCOPE} order by score, account_id limit 1`,
    shown: (value) => Number(value).toFixed(1),
  },
  {
    name: 'retention: ARR at the end of the last whole month',
    path: '/retention/',
    read: (page) => textOf(page.getByTestId('bridge').locator('tr').last().locator('.amount')),
    sql: `select sum(arr_end) as value from marts.fct_arr_movements where month = (
            select max(month) from marts.fct_arr_movements
            where last_day(month) <= (select max(as_of_date) from marts.fct_account_health_daily))`,
    shown: whole,
  },
  {
    name: 'retention: NRR',
    path: '/retention/',
    read: figure('NRR, 12 months'),
    sql: `select nrr as value from (${LAST_12_MONTHS})`,
    shown: percent,
  },
  {
    name: 'backtest: AUC at 90 days',
    path: '/backtest/',
    read: cellBeside('AUC'),
    sql: `select value from marts.fct_backtest_metrics
          where unit = 'renewal' and horizon_days = 90 and segment = 'all' and metric = 'auc'`,
    shown: (value) => (value === null ? '–' : Number(value).toFixed(2)),
  },
  {
    name: 'how scores work: the number of signals',
    path: '/how-scores-work/',
    read: heading,
    sql: `select count(distinct signal) as value from marts.fct_signal_contributions_daily
          where signal_value is not null
            and as_of_date = (select max(as_of_date) from marts.fct_signal_contributions_daily)`,
    shown: (value) => `A score is the weighted mean of ${value} signals`,
  },
  {
    name: 'what if: ARR at risk in force',
    path: '/what-if/',
    read: (page) =>
      textOf(
        page
          .getByRole('table', { name: 'Accounts by category' })
          .locator('tr', { hasText: 'ARR at risk' })
          .locator('td')
          .first(),
      ),
    sql: `select sum(arr) as value from marts.dim_accounts where ${IN_SCOPE} and ${AT_RISK}`,
    shown: whole,
  },
  {
    name: 'baseline report: GRR now',
    path: '/baseline/',
    read: cellBeside('GRR, 12 months'),
    sql: `select grr as value from (${LAST_12_MONTHS})`,
    shown: (value) => (value === null ? '-' : `${(100 * Number(value)).toFixed(1)} %`),
  },
  {
    name: 'data and checks: the data quality score',
    path: '/data-quality/',
    read: heading,
    sql: `select round(100 * complete_share) as value from marts.fct_data_quality where aspect = 'all'`,
    shown: (value) => `Data quality is ${value} of 100`,
  },
];

describe.skipIf(chromiumPath === undefined)('the pages (need a Chromium: apt-get install chromium)', () => {
  let server: SiteServer;
  let browser: Browser;
  let warehouse: Warehouse;

  beforeAll(async () => {
    server = await serveSite({ siteDir: line.site, port: 0 });
    browser = await openBrowser();
    warehouse = await openWarehouse({ type: 'duckdb', path: line.warehouse }, { readOnly: true });
  });
  afterAll(async () => {
    await warehouse?.close();
    await browser?.close();
    await server?.close();
  });

  const one = async (sql: string) => (await warehouse.query(sql)).rows[0]?.value ?? null;
  const address = async ({ path, parameter }: PageCase) =>
    new URL(
      parameter === undefined
        ? path
        : path.replace(':parameter', encodeURIComponent(String(await one(parameter)))),
      server.url,
    ).href;

  it.each(PAGES)('$name, as a query gives it, and no error or foreign host', async (each) => {
    const { page, problems, close } = await visit(browser, await address(each));
    expect(await each.read(page)).toBe(each.shown(await one(each.sql)));
    expect(problems).toEqual([]);
    expect(await page.getByText(/^(Error|Dataset is empty)/).count()).toBe(0);
    await close();
  });

  it('filters renewals with their sums, without the database, and keeps the view in the address', async () => {
    const { page, problems, requests, close } = await visit(browser, new URL('/renewals/', server.url).href);
    const within = page.getByLabel('Due within');
    const due = async (days: number) => {
      const { rows } = await warehouse.query(
        `select count(*) as renewals, coalesce(sum(arr), 0) as arr from marts.fct_renewals
         where renewal_outcome is null and days_to_renewal <= ${days}`,
      );
      return [whole(rows[0]?.renewals), whole(rows[0]?.arr)];
    };
    const shown = async () => [await figure('Renewals shown')(page), await figure('ARR')(page)];
    for (const days of [30, 60]) {
      await within.selectOption(String(days));
      await expect.poll(shown).toEqual(await due(days));
    }
    await page.reload({ waitUntil: 'networkidle' });
    await expect.poll(shown).toEqual(await due(60));
    expect(await within.inputValue()).toBe('60');
    expect(requests.filter((url) => url.endsWith('.wasm') || url.endsWith('.parquet'))).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('tries other weights by the keyboard, without the database, and comes back to them by the address', async () => {
    const inForce = await settingInForce(warehouse);
    const { after, changes } = await whatIf(warehouse, {
      asOfDate: line.asOfDate,
      setting: {
        weights: inForce.weights.map((row) =>
          row.signal === 'csm_sentiment' ? { ...row, weight: 14 } : row,
        ),
        cuts: inForce.cuts.map((row) => (row.category === 'red' ? { ...row, max_score: 45 } : row)),
      },
      bootstrapSamples: 1,
    });
    expect(changes.length).toBeGreaterThan(0);
    const { page, problems, requests, close } = await visit(browser, new URL('/what-if/', server.url).href);
    const wouldBe = (word: string) =>
      textOf(
        page
          .getByRole('table', { name: 'Accounts by category' })
          .locator('tr', { has: page.locator(`th:text-is("${word}")`) })
          .locator('td')
          .nth(1),
      );
    const shown = async () => [
      ...(await Promise.all(['Red', 'Yellow', 'Green', 'ARR at risk (USD)'].map(wouldBe))),
      (await textOf(page.getByTestId('what-if'))).split(' ')[0],
    ];
    const expected = [
      ...[after.red, after.yellow, after.green, after.arr_at_risk].map(whole),
      String(changes.length),
    ];
    await page.getByLabel(/^Red up to/).focus();
    for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowRight');
    await page.getByLabel(/^CSM sentiment/).focus();
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight');
    await expect.poll(shown).toEqual(expected);
    expect(new URL(page.url()).search).toBe('?try-red=45&try-csm_sentiment=14');
    await page.reload({ waitUntil: 'networkidle' });
    await expect.poll(shown).toEqual(expected);
    await page.getByRole('button', { name: 'Back to what is in force' }).click();
    await page.getByText('Nothing is tried: move a slider.').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(requests.filter((url) => /\.(wasm|parquet)$/.test(url))).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('shows an account, an owner and their breadcrumbs without the database', async () => {
    const { rows } = await warehouse.query(
      `select account_id, name, md5(owner_name) as owner_key, owner_name from marts.dim_accounts
       where ${IN_SCOPE} and owner_name is not null order by account_id limit 1`,
    );
    const [row] = rows as [Record<'account_id' | 'name' | 'owner_key' | 'owner_name', string>];
    for (const [path, name] of [
      [`/accounts/${row.account_id}/`, row.name],
      [`/csm/${row.owner_key}/`, row.owner_name],
    ] as const) {
      const { page, problems, requests, close } = await visit(browser, new URL(path, server.url).href);
      expect(await page.getByText(name, { exact: true }).count(), path).toBeGreaterThan(0);
      expect(await page.locator('a[href="/"]', { hasText: 'Home' }).count(), path).toBe(1);
      expect(requests.filter((url) => /\.(wasm|parquet)$/.test(url))).toEqual([]);
      expect(problems).toEqual([]);
      await close();
    }
  });

  it('finds an account by a part of its name or its id, and nothing else', async () => {
    const { rows } = await warehouse.query(
      `select account_id, name from marts.dim_accounts where ${IN_SCOPE} order by account_id limit 1`,
    );
    const [{ account_id: id, name }] = rows as [{ account_id: string; name: string }];
    const { page, problems, close } = await visit(browser, new URL('/accounts/', server.url).href);
    const list = page.getByRole('region', { name: 'Accounts' }).locator('tbody tr');
    await page.getByLabel('Search').fill(id);
    await expect.poll(() => list.count()).toBe(1);
    expect(await textOf(list.locator('td').first())).toBe(name);
    await page.getByLabel('Search').fill('no such account');
    await page.getByText('Nothing matches what is chosen.').waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('asks the database in the browser when a choice changes, and comes back to it by its address', async () => {
    const segment = String(
      await one(`select min(segment) as value from marts.fct_retention where segment <> 'all'`),
    );
    const name =
      segment === 'smb' ? 'SMB' : segment.charAt(0).toUpperCase() + segment.slice(1).replaceAll('_', ' ');
    const grr = percent(
      await one(`select grr as value from marts.fct_retention where period = 'trailing_12m' and unit = 'account'
                 and segment = '${segment}' order by period_end desc limit 1`),
    );
    const { page, problems, requests, close } = await visit(browser, new URL('/retention/', server.url).href);
    const latest = () =>
      textOf(page.getByRole('region', { name: 'Retention by period end' }).locator('tbody td').nth(1));
    const choice = page.locator('label', { hasText: 'Segment' }).last().locator('select');
    // chosen again where the page was not awake yet
    await expect
      .poll(() => choice.selectOption(name).then(latest), { timeout: 30_000, interval: 1000 })
      .toBe(grr);
    expect(requests.some((url) => url.endsWith('retention.parquet'))).toBe(true);
    await page.reload({ waitUntil: 'networkidle' });
    await expect.poll(latest, { timeout: 30_000 }).toBe(grr);
    expect(problems).toEqual([]);
    await close();
  });

  it('gives each tab the name of what it shows', async () => {
    const account = await warehouse.query(
      `select account_id, name from marts.dim_accounts where ${IN_SCOPE} order by score, account_id limit 1`,
    );
    const [{ account_id: id, name }] = account.rows as [{ account_id: string; name: string }];
    for (const [path, title] of [
      ['/', 'Leadership · Tenure'],
      [`/accounts/${id}/`, `${name} · Tenure`],
    ] as const) {
      const html = await (await fetch(new URL(path, server.url))).text();
      expect(/<title>(.*?)<\/title>/.exec(html)?.[1]).toBe(title);
      const { page, close } = await visit(browser, new URL(path, server.url).href);
      expect(await page.title()).toBe(title);
      await close();
    }
  });

  it('axe says what it finds', async () => {
    const page = await browser.newPage();
    await page.setContent('<html lang="en"><title>t</title><main><button></button></main></html>');
    expect(await barriers(page)).toEqual(['critical: button-name at button']);
    await page.close();
  });

  const paths = [...new Map(PAGES.map((each) => [each.path, each])).values()];
  it.each(paths.flatMap((each) => (['light', 'dark'] as const).map((scheme) => ({ ...each, scheme }))))(
    '$path in $scheme keeps nobody out (axe: nothing serious)',
    async ({ scheme, ...each }) => {
      const { page, close } = await visit(browser, await address(each), { colorScheme: scheme });
      expect(await barriers(page)).toEqual([]);
      await close();
    },
  );

  // The tests above look at the light pages; pictures are taken of both.
  it.each(screenshotDir === undefined ? (['dark'] as const) : (['dark', 'light'] as const))(
    'fits a phone and a desk in %s',
    async (colorScheme) => {
      for (const path of new Set(PAGES.map((each) => each.path))) {
        const { page, problems, close } = await visit(
          browser,
          await address(PAGES.find((each) => each.path === path)!),
          { colorScheme, viewport: { width: 375, height: 900 } },
        );
        for (const width of [375, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          const overflow = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          expect({ path, width, overflow }).toEqual({ path, width, overflow: 0 });
          if (screenshotDir === undefined) continue;
          await mkdir(screenshotDir, { recursive: true });
          const name = `page${path.replaceAll(/\W+/g, '-')}${width}-${colorScheme}.png`;
          await page.screenshot({ path: join(screenshotDir, name), fullPage: true });
        }
        expect(problems).toEqual([]);
        await close();
      }
    },
  );
});

describe.skipIf(chromiumPath === undefined)('the pages of a tenant with only accounts and contracts', () => {
  const folder = join(projectRoot, '.cache', 'test-minimal');
  let server: SiteServer;
  let browser: Browser;

  beforeAll(async () => {
    let siteDir = process.env.TENURE_TEST_MINIMAL_SITE;
    if (siteDir === undefined) {
      siteDir = join(folder, '.build', 'site');
      await rm(folder, { recursive: true, force: true });
      await mkdir(join(folder, 'data'), { recursive: true });
      await writeFile(
        join(folder, 'data', 'accounts.csv'),
        'account_id,name\nA1,Alder Works\nB 2,Birch & Co\n',
      );
      await writeFile(
        join(folder, 'data', 'contracts.csv'),
        'contract_id,account_id,term_start_date,term_end_date,arr\n' +
          'K1,A1,2025-09-01,2026-09-01,120000\nK2,B 2,2025-03-01,2027-03-01,40000\n',
      );
      await writeFile(
        join(folder, 'tenure.yaml'),
        stringify({
          warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
          tenant: { time_zone: 'UTC', currency: 'USD', history_start_date: '2026-01-01' },
          sources: [
            { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } },
          ],
        }),
      );
      const config = join(folder, 'tenure.yaml');
      const { code, stderr } = await tenure([
        'run',
        '--until',
        'report',
        '--config',
        config,
        '--as-of',
        '2026-06-30',
      ]);
      if (code !== 0) throw new Error(`The line did not run (code ${code}):\n${stderr}`);
    }
    server = await serveSite({ siteDir, port: 0 });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each([
    ['/', 'No account has a score yet, so what is at risk is unknown'],
    ['/renewals/', 'One renewal falls due in the next 90 days'],
    ['/csm/', 'No account has a score yet, so what is at risk is unknown'],
    ['/retention/', 'No retention figure yet: it needs twelve months of history'],
    ['/backtest/', 'Not enough evidence: too few renewals have run their course'],
    ['/how-scores-work/', 'No signal has data yet: connect a source to get scores'],
    ['/what-if/', 'What other weights would make of the scores'],
  ])('%s says what is missing', async (path, title) => {
    const { page, problems, close } = await visit(browser, new URL(path, server.url).href);
    expect(await heading(page)).toBe(title);
    expect(problems).toEqual([]);
    await close();
  });

  it('says that what is at risk is unknown, never 0', async () => {
    const { page, close } = await visit(browser, new URL('/', server.url).href);
    for (const title of ['ARR at risk (USD)', 'Share of ARR at risk', 'Red accounts'])
      expect(await figure(title)(page)).toBe('–');
    await close();
  });

  it('opens an account, whatever its id, and says what is not connected', async () => {
    const { page, problems, close } = await visit(browser, new URL('/accounts/', server.url).href);
    await page.getByRole('link', { name: 'Birch & Co' }).click();
    await page.waitForURL(/accounts\/[0-9a-f]{32}\/$/);
    await page.getByText('Not connected: there is no source of support tickets.').waitFor();
    expect(await heading(page)).toBe('Birch & Co has no score: no connected source says anything about it');
    expect(problems).toEqual([]);
    await close();
  });
});
