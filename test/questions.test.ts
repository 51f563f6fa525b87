import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type SiteServer, serveSite } from '../orchestration/site/serve.ts';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { chromiumPath, openBrowser, visit } from './browser.ts';

const line = inject('line');

/** A choice on a page: of a filter's value, of a mark, or what is typed into the search. */
type Choice =
  | { readonly filter: string; readonly value: string }
  | { readonly mark: string }
  | { readonly typed: string };

/** A question that a reader asks, the page that answers it, the choices that it takes there, and the answer by the warehouse. */
interface Question {
  readonly asks: string;
  readonly path: string;
  /** A query with what stands for `:parameter` in the path. */
  readonly parameter?: string;
  readonly choices?: readonly Choice[];
  /** The table that answers, by its rows; else the page's words hold the answer. */
  readonly table?: string;
  /** Of a table the names that it shows, in any order; of words what they hold: rows with `value`. */
  readonly answer: string;
  /** The column of the table in which the answer stands, from 1. */
  readonly column?: number;
}

const OPEN = 'from marts.fct_renewals where renewal_outcome is null';
const LAST_DAY = '(select max(as_of_date) from marts.fct_account_health_daily)';
const OWNER = `select md5(coalesce(owner_name, owner_id)) as value from marts.fct_alerts
  where owner_id is not null and state in ('created', 'acknowledged') group by 1 order by count(*) desc, 1 limit 1`;
const THEIRS = `md5(coalesce(owner_name, owner_id)) = (select value from (${OWNER}))`;
const ACCOUNT = `select account_id as value from marts.dim_accounts where score is not null and not is_churned
  order by score, account_id limit 1`;
const RED = (signal: string) => `account_id in (
  select account_id from marts.fct_signal_contributions_daily
  where as_of_date = ${LAST_DAY} and signal = '${signal}' and weight > 0 and signal_value <= 40
    and model_version = (select model_version from intermediate.int_scores__model_version))`;
const short = (column: string) =>
  `case when abs(${column}) >= 999500 then printf('%.2f M', ${column} / 1e6) else printf('%.0f k', ${column} / 1e3) end`;

const LEADER: readonly Question[] = [
  {
    asks: 'How much ARR is at risk?',
    path: '/',
    answer: `select ${short('sum(arr)')} as value from marts.dim_accounts
      where flag in ('at_risk_sustained', 'at_risk_renewal', 'critical') and not is_churned`,
  },
  {
    asks: 'Who moved it this week?',
    path: '/',
    table: 'Movers of the week',
    answer: `select name as value from marts.fct_arr_at_risk_changes join marts.dim_accounts using (account_id)
      where span_days = 7 and (movement not in ('still_at_risk', 'not_at_risk') or is_newly_red)`,
  },
  {
    asks: 'Which accounts at risk are the largest?',
    path: '/',
    table: 'Largest at risk',
    answer: `select name as value from marts.dim_accounts
      where flag in ('at_risk_sustained', 'at_risk_renewal', 'critical') and not is_churned`,
  },
  {
    asks: 'What share of ARR did we keep in twelve months?',
    path: '/retention/',
    answer: `select printf('%.1f %%', 100 * grr) as value from marts.fct_retention
      where period = 'trailing_12m' and unit = 'account' and segment = 'all' order by period_end desc limit 1`,
  },
  {
    asks: 'Who left although flagged 60 days before?',
    path: '/retention/',
    choices: [
      { filter: 'Movement', value: 'Churned' },
      { filter: 'Flagged 60 days before', value: 'yes' },
    ],
    table: 'Who left and who shrank',
    answer: `select name as value from marts.fct_arr_losses as losses join marts.dim_accounts using (account_id)
      where losses.movement = 'churned' and was_flagged
        and losses."month" > ${LAST_DAY} - interval 12 month`,
  },
  {
    asks: 'Whose book carries the most at risk?',
    path: '/csm/',
    answer: `select any_value(coalesce(owner_name, owner_id)) as value from marts.dim_accounts
      where flag in ('at_risk_sustained', 'at_risk_renewal', 'critical') and not is_churned and owner_id is not null
      group by owner_id order by sum(arr) desc limit 1`,
  },
  {
    asks: 'Is the score worth having?',
    path: '/backtest/',
    answer: `select 'What was measured' as value`,
  },
  {
    asks: 'How far are we from our baseline?',
    path: '/baseline/',
    table: 'Metrics now and at their baseline',
    column: 8,
    answer: `select n as value from marts.fct_baseline_metrics
      where segment = 'all' and period_end = (select max(period_end) from marts.fct_baseline_metrics)`,
  },
];

const REVOPS: readonly Question[] = [
  {
    asks: 'Which renewals over 50,000 of the next 90 days have mail answers in the red?',
    path: '/renewals/',
    choices: [
      { filter: 'ARR', value: '50000' },
      { filter: 'Signal in the red', value: 'Email response' },
    ],
    table: 'Open renewals',
    answer: `select account_name as value ${OPEN} and days_to_renewal <= 90 and arr >= 50000 and ${RED('email_response')}`,
  },
  {
    asks: 'Which renewals over 50,000 of this quarter have mail answers in the red?',
    path: '/renewals/',
    choices: [
      { typed: 'email response' },
      { filter: 'Due within', value: 'quarter' },
      { filter: 'ARR', value: '50000' },
    ],
    table: 'Open renewals',
    answer: `select account_name as value ${OPEN} and arr >= 50000 and ${RED('email_response')}
      and renewal_date < date_trunc('quarter', ${LAST_DAY}) + interval 3 month`,
  },
  {
    asks: 'Which open renewals are late?',
    path: '/renewals/',
    choices: [{ mark: 'Late' }],
    table: 'Open renewals',
    answer: `select account_name as value ${OPEN} and is_late`,
  },
  {
    asks: 'Of which renewals does the notice end within 60 days?',
    path: '/renewals/',
    choices: [
      { filter: 'Due within', value: '' },
      { filter: 'Notice ends within', value: '60' },
    ],
    table: 'Open renewals',
    answer: `select account_name as value from marts.fct_renewals as renewals
      inner join marts.fct_renewal_outlook as outlook using (contract_id, renewal_date)
      where renewals.renewal_outcome is null and outlook.notice_date <= ${LAST_DAY} + 60`,
  },
  {
    asks: 'Which mid-market renewals of the next 90 days are at risk?',
    path: '/renewals/',
    choices: [
      { filter: 'Segment', value: 'Mid-market' },
      { filter: 'Outlook', value: 'At risk' },
    ],
    table: 'Open renewals',
    answer: `select account_name as value ${OPEN} and days_to_renewal <= 90 and segment = 'mid_market'
      and flag in ('at_risk_sustained', 'at_risk_renewal', 'critical')`,
  },
  {
    asks: 'Which accounts renewing in 60 days have no champion?',
    path: '/accounts/',
    choices: [{ filter: 'Renewing within', value: '60' }, { mark: 'No champion' }],
    table: 'Accounts',
    answer: `select accounts.name as value from marts.dim_accounts as accounts
      inner join marts.fct_account_health_daily as health using (account_id)
      where health.as_of_date = ${LAST_DAY} and health.days_to_renewal <= 60 and accounts.is_champion_missing
        and health.model_version = (select model_version from intermediate.int_scores__model_version)`,
  },
  {
    asks: 'Which weights has nobody confirmed?',
    path: '/how-scores-work/',
    choices: [{ filter: 'Weight is', value: 'assumed' }],
    table: 'Signals',
    column: 2,
    answer: `select printf('%.1f', weight) as value from marts.fct_signal_contributions_daily
      where as_of_date = ${LAST_DAY}
        and model_version = (select model_version from intermediate.int_scores__model_version)
        and signal in (select signal from intermediate.signal_definitions group by 1 having not bool_and(status = 'confirmed'))
      group by signal, weight`,
  },
  {
    asks: 'How good are our data?',
    path: '/data-quality/',
    answer: `select printf('%.0f of 100', 100 * complete_share) as value from marts.fct_data_quality where aspect = 'all'`,
  },
];

const CSM: readonly Question[] = [
  {
    asks: 'What of mine is overdue?',
    path: '/csm/:parameter/',
    parameter: OWNER,
    choices: [{ filter: 'Due', value: 'Overdue' }],
    table: 'To do',
    answer: `select accounts.name as value from marts.fct_alerts as alerts
      left join marts.dim_accounts as accounts using (account_id)
      where md5(coalesce(alerts.owner_name, alerts.owner_id)) = (select value from (${OWNER})) and alerts.is_overdue`,
  },
  {
    asks: 'Which of my renewals come in 30 days?',
    path: '/csm/:parameter/',
    parameter: OWNER,
    choices: [{ filter: 'Due within', value: '30' }],
    table: 'Renewals of this owner',
    answer: `select account_name as value ${OPEN} and days_to_renewal <= 30 and ${THEIRS}`,
  },
  {
    asks: 'Which of my accounts are red?',
    path: '/csm/:parameter/',
    parameter: OWNER,
    choices: [{ filter: 'Health', value: 'Red' }],
    table: 'Accounts of this owner',
    answer: `select accounts.name as value from marts.dim_accounts as accounts
      inner join marts.fct_account_health_daily as health using (account_id)
      where health.as_of_date = ${LAST_DAY} and health.category_effective = 'red'
        and health.model_version = (select model_version from intermediate.int_scores__model_version)
        and md5(coalesce(accounts.owner_name, accounts.owner_id)) = (select value from (${OWNER}))`,
  },
  {
    asks: 'What changed with mine since last week?',
    path: '/csm/:parameter/',
    parameter: OWNER,
    table: 'Changes of a week',
    answer: `select accounts.name as value from marts.fct_arr_at_risk_changes as changes
      inner join marts.dim_accounts as accounts using (account_id)
      where changes.span_days = 7 and md5(coalesce(accounts.owner_name, accounts.owner_id)) = (select value from (${OWNER}))
        and (changes.movement not in ('still_at_risk', 'not_at_risk') or changes.is_newly_red or abs(changes.score_change) >= 3)`,
  },
  {
    asks: 'What costs this account most of its points?',
    path: '/accounts/:parameter/',
    parameter: ACCOUNT,
    answer: `select upper(left(words, 1)) || substr(words, 2) as value from (
      select replace(replace(replace(signal, '_', ' '), 'qbr', 'QBR'), 'csm', 'CSM') as words
      from marts.fct_signal_contributions_daily
      where as_of_date = ${LAST_DAY} and account_id = (select value from (${ACCOUNT}))
        and model_version = (select model_version from intermediate.int_scores__model_version)
      order by weight * (100 - signal_value) desc nulls last limit 1)`,
  },
  {
    asks: 'Who is its champion, and who decides?',
    path: '/accounts/:parameter/',
    parameter: ACCOUNT,
    table: 'Contacts',
    column: 6,
    answer: `select contact_id as value from intermediate.int_canonical__contacts
      where account_id = (select value from (${ACCOUNT})) and known_until_date = date '9999-12-31'`,
  },
  {
    asks: 'When does it renew, and by when must it give notice?',
    path: '/accounts/:parameter/',
    parameter: ACCOUNT,
    table: 'Contracts',
    answer: `select contract_id as value from intermediate.int_canonical__contracts
      where account_id = (select value from (${ACCOUNT})) and known_until_date = date '9999-12-31'`,
  },
];

describe.skipIf(chromiumPath === undefined)('a question takes at most two choices', () => {
  let server: SiteServer;
  let browser: Browser;
  let warehouse: Warehouse;

  beforeAll(async () => {
    server = await serveSite({ siteDir: line.site, port: 0 });
    browser = await openBrowser();
    warehouse = await openWarehouse({ type: 'duckdb', path: line.warehouse }, { readOnly: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await warehouse?.close();
  });

  const valuesOf = async (sql: string) =>
    (await warehouse.query(sql)).rows.map(({ value }) => String(value)).sort();

  /** Which of the page's groups of filters belongs to a table: the last one before it. */
  const filtersOf = async (page: Page, table: string | undefined) => {
    await page.getByRole('region', { name: table, exact: true }).first().waitFor();
    const place = await page.evaluate((name) => {
      const found = document.querySelector(`[role=region][aria-label="${name}"]`);
      return [...document.querySelectorAll('[data-testid=filters]')].findLastIndex(
        (each) => found && each.compareDocumentPosition(found) & Node.DOCUMENT_POSITION_FOLLOWING,
      );
    }, table);
    return page.getByTestId('filters').nth(place);
  };
  async function choose(filters: Locator, choice: Choice): Promise<void> {
    if ('typed' in choice) return filters.getByRole('searchbox').fill(choice.typed);
    if ('mark' in choice) return filters.getByLabel(choice.mark, { exact: true }).check();
    const title = new RegExp(`^\\s*${choice.filter}\\s`);
    await filters.locator('label', { hasText: title }).locator('select').selectOption(choice.value);
  }

  it.each([
    ...LEADER.map((each) => ({ reader: 'A leader', ...each })),
    ...REVOPS.map((each) => ({ reader: 'RevOps', ...each })),
    ...CSM.map((each) => ({ reader: 'A CSM', ...each })),
  ])('$reader: $asks', async (question: Question) => {
    const { choices = [], table, column = 1 } = question;
    expect(choices.filter((each) => !('typed' in each)).length).toBeLessThanOrEqual(2);
    const [parameter = ''] = question.parameter === undefined ? [] : await valuesOf(question.parameter);
    const path = question.path.replace(':parameter', encodeURIComponent(parameter));
    const { page, problems, close } = await visit(browser, new URL(path, server.url).href);
    if (choices.length > 0) {
      const filters = await filtersOf(page, table);
      for (const choice of choices) await choose(filters, choice);
    }
    const expected = await valuesOf(question.answer);
    expect(expected.length, 'an answer that is not empty').toBeGreaterThan(0);
    if (table === undefined) {
      const said = (await page.locator('main').innerText()).replaceAll(/[\u2068\u2069]/g, '');
      for (const words of expected) expect(said).toContain(words);
    } else {
      const rows = page.getByRole('region', { name: table, exact: true }).locator('tbody tr');
      const more = page.getByRole('button', { name: /^Show more/ });
      const names = async () => {
        while ((await more.count()) > 0) await more.first().click();
        return (await rows.locator(`td:nth-child(${column})`).allInnerTexts())
          .map((text) => text.replaceAll(/[\u2068\u2069]/g, '').trim())
          .sort();
      };
      await expect.poll(names).toEqual(expected);
    }
    expect(problems).toEqual([]);
    await close();
  });
});
