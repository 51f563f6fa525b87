import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse } from '../../warehouse/index.ts';
import { recordedSource, VendorsLine } from './vendors-line.ts';

/**
 * What each vendor's connector emits, recorded by hand in the shape of its published schema, through the landing layer and
 * the models to the canonical layer. HubSpot is the CRM; its companies are 101 Acme, 102 Bär, 103 Cobalt, and 104 and 105,
 * which share a domain; 106 and 107 were merged into 108.
 */
describe('recorded messages of each vendor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-vendors-'));
  const crmFields = { segment: 'customer_tier', sentiment: 'health' };
  const byBoth = ['account_id', 'domain'];
  const others = [
    recordedSource('billing', 'chargebee', { contracts: true, match_by: byBoth }),
    recordedSource('cards', 'stripe', { contracts: true }),
    recordedSource('chat', 'intercom'),
    recordedSource('desk', 'freshdesk', { fields: { account_id: 'custom_fields.crm_id' }, match_by: byBoth }),
    recordedSource('product', 'amplitude', { fields: { account_id: 'groups.org' } }),
    recordedSource('web', 'mixpanel', { fields: { account_id: 'company_id' } }),
  ];
  const line = new VendorsLine(folder, 'landed', [
    recordedSource('crm', 'hubspot', { fields: crmFields }),
    ...others,
  ]);

  beforeAll(async () => {
    await line.sync();
    await line.build();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The rows of a canonical entity as lists of values, in the order of the columns. */
  const rows = async (entity: string, columns: string, where = 'true') =>
    (
      await line.query(
        `select ${columns} from intermediate.int_canonical__${entity} where ${where} order by all`,
      )
    ).map(Object.values);

  it('gives HubSpot companies as accounts, a version for each change, the archived one to its end', async () => {
    const columns = 'account_id, name, owner_id, parent_account_id, segment, known_date, known_until_date';
    expect(await rows('accounts', columns)).toEqual([
      ['101', 'Acme', '9', null, 'enterprise', '1900-01-01', '2026-03-01'],
      ['101', 'Acme Works', '8', null, 'enterprise', '2026-03-01', '9999-12-31'],
      ['102', 'Bär & Söhne', '9', '101', 'smb', '1900-01-01', '9999-12-31'],
      ['103', 'Cobalt', '9', null, null, '1900-01-01', '2026-05-01'],
      ['104', 'Dune One', '9', null, null, '1900-01-01', '9999-12-31'],
      ['105', 'Dune Two', '9', null, null, '1900-01-01', '9999-12-31'],
      // merged into a company of its own on 10 April
      ['106', 'Elm', '9', null, null, '1900-01-01', '2026-04-10'],
      ['107', 'Elm Ltd', '9', null, null, '1900-01-01', '2026-04-10'],
      ['108', 'Elm', '9', null, null, '1900-01-01', '9999-12-31'],
      // 109 is a lead: a prospect
    ]);
    expect(
      (await line.query('select * from intermediate.int_accounts__holders order by all')).map(Object.values),
    ).toEqual([
      ['106', '106', '1900-01-01', '2026-04-10'],
      ['106', '108', '2026-04-10', '9999-12-31'],
      ['107', '107', '1900-01-01', '2026-04-10'],
      ['107', '108', '2026-04-10', '9999-12-31'],
    ]);
  });

  it('gives HubSpot owners as users, and contacts of a company by their buying role', async () => {
    expect(await rows('users', 'user_id, email, name, is_active')).toEqual([
      ['8', 'bob@tenant.example', 'Bob', false],
      ['9', 'ann@tenant.example', 'Ann Lee', true],
    ]);
    expect(await rows('contacts', 'contact_id, account_id, is_exec_sponsor, is_champion')).toEqual([
      ['201', '101', true, true],
      ['202', '102', false, false],
      // until it was merged into the next
      ['204', '106', false, true],
      // of a company that was merged
      ['205', '106', false, true],
      ['205', '108', false, true],
    ]);
    expect((await rows('contacts', 'contact_id, name, title, role')).slice(0, 2)).toEqual([
      ['201', 'Eve Oak', 'COO', 'executive_sponsor, champion'],
      ['202', 'Elm', null, null],
    ]);
  });

  it('gives a won HubSpot deal with a term as a contract for as long as it is won', async () => {
    const columns =
      'contract_id, account_id, term_start_date, term_end_date, arr, currency_code, known_date, known_until_date';
    expect(await rows('contracts', columns, "source_name = 'crm'")).toEqual([
      // HubSpot's ARR goes before the amount of 30,000
      ['301', '101', '2026-01-01', '2027-01-01', 12000, 'USD', '1900-01-01', '9999-12-31'],
      // won on 2 June, lost after all on the 20th
      ['303', '101', '2027-01-01', '2028-01-01', 13000, 'USD', '2026-06-02', '2026-06-20'],
      // merged into the third on 10 February
      ['310', '106', '2026-02-01', '2027-02-01', 12000, 'USD', '1900-01-01', '2026-02-10'],
      ['311', '106', '2026-02-01', '2027-02-01', 12000, 'USD', '1900-01-01', '2026-02-10'],
      ['312', '106', '2026-02-01', '2027-02-01', 12000, 'USD', '1900-01-01', '9999-12-31'],
      // 9,400 for nine whole months and some days
      ['320', '101', '2026-03-20', '2027-01-01', 12533.33, 'USD', '1900-01-01', '9999-12-31'],
      // 361.64 for eleven days
      ['321', '101', '2026-03-21', '2026-04-01', 11999.87, 'USD', '1900-01-01', '9999-12-31'],
      // a month that begins on the 31st
      ['322', '101', '2026-01-31', '2026-02-28', 12000, 'USD', '1900-01-01', '9999-12-31'],
      // an end that says that there is none
      ['323', '101', '2026-01-31', null, 1000, 'USD', '1900-01-01', '9999-12-31'],
      ['324', '101', '2026-01-01', '2027-01-01', 2400, 'USD', '1900-01-01', '9999-12-31'],
    ]);
    // 50,000 for 24 months, in a currency that has no rate here
    expect(
      (
        await line.query(
          `select arr, currency_code from staging.stg_hubspot__contracts where contract_id = '302'`,
        )
      ).map(Object.values),
    ).toEqual([[25000, 'EUR']]);
    // the day of a cancellation is the last, as that of the end is
    expect(await rows('contracts', 'cancel_effective_date', "contract_id = '324'")).toEqual([['2027-01-01']]);
  });

  it('tells renewals and expansions of HubSpot apart by pipeline and type', async () => {
    const columns =
      'opportunity_id, type, is_closed, is_won, loss_reason, forecast_category, known_date, known_until_date';
    expect(await rows('opportunities', columns, "opportunity_id in ('301', '303', '304')")).toEqual([
      ['301', null, true, true, null, null, '1900-01-01', '9999-12-31'],
      ['303', 'renewal', false, false, null, 'best_case', '1900-01-01', '2026-06-02'],
      ['303', 'renewal', true, false, 'Price', 'omitted', '2026-06-20', '9999-12-31'],
      ['303', 'renewal', true, true, null, null, '2026-06-02', '2026-06-20'],
      // archived on 15 May
      ['304', 'expansion', true, true, null, null, '1900-01-01', '2026-05-15'],
    ]);
  });

  it('gives HubSpot meetings with an outcome, mail with its reply, and each sentiment of the history', async () => {
    expect(await rows('meetings', 'meeting_id, account_id, type, status')).toEqual([
      ['401', '101', 'qbr', 'attended'],
      ['402', '101', 'qbr', 'missed'],
      ['403', '101', 'sponsor', 'cancelled'],
      ['406', '102', 'other', 'attended'],
    ]);
    expect(await rows('meeting_contacts', 'meeting_id, contact_id')).toEqual([
      ['401', '201'],
      ['401', '202'],
      ['402', '201'],
      ['403', '201'],
    ]);
    expect(await rows('emails', 'email_id, direction, replied_at')).toEqual([
      ['501', 'out', '2026-03-02T15:00:00.000Z'],
      ['502', 'in', null],
      ['503', 'out', null],
      ['504', 'out', null],
    ]);
    expect(await rows('sentiments', 'account_id, sentiment, event_date, set_by')).toEqual([
      ['101', 'green', '2025-11-01', '77'],
      ['101', 'red', '2026-02-20', '77'],
    ]);
  });

  it('gives HubSpot notes of a company as text, each edit a version', async () => {
    const columns = 'note_id, account_id, text, author, opportunity_id, event_date, known_until_date';
    expect(await rows('notes', columns)).toEqual([
      [
        '601',
        '101',
        'Budget & plan: agreed.\nUse is < 50 %, they say "soon".',
        '9',
        '303',
        '2026-03-16',
        '9999-12-31',
      ],
      // without an instant of its own a note is of the day on which it was made
      ['602', '102', 'Plain words', '9', null, '2026-03-15', '2026-03-20'],
      ['602', '102', 'Plain words, mended', null, null, '2026-03-15', '9999-12-31'],
      // one of no company, and one without words, are none
    ]);
  });

  it('works out the ARR of Chargebee subscriptions', async () => {
    const columns = 'contract_id, account_id, arr, currency_code, seats';
    expect(await rows('contracts', columns, "source_name = 'billing'")).toEqual([
      ['s-cancelled', '101', 1200, 'USD', 1],
      ['s-cancelled', '101', 1200, 'USD', 1],
      ['s-cancelled', '101', 1200, 'USD', 1],
      ['s-deleted', '101', 600, 'USD', 1],
      // (200 + 100 − 20 − half of the 100) × 12; a discount that ends within the term does not count
      ['s-discounts', '101', 2760, 'USD', 2],
      // 1,200 a year and 10 a month; what is metered is no promise
      ['s-mixed', '101', 1320, 'USD', 1],
      ['s-offline', '101', 1200, 'USD', 1],
      ['s-paused', '101', 0, 'USD', 1],
      // (10 × 100.00 + 50.00) × 12; the set-up charge is no ARR
      ['s-yearly-monthly', '101', 12600, 'USD', 10],
    ]); // a trial is none yet, and a customer of no account has none
    // in currencies that have no rate here
    const foreign = await line.query(`
      select contract_id, arr, currency_code, seats
      from staging.stg_chargebee__contracts where currency_code <> 'USD' order by all`);
    expect(foreign.map(Object.values)).toEqual([
      // (400.00 a quarter − 10 % for ever) × 4; a coupon for one invoice does not count
      ['s-coupon', 1440, 'EUR', 4],
      // 100,000 + 2 × 10,000 yen, which have no cents
      ['s-yen', 120000, 'JPY', 1],
    ]);
  });

  it('reads terms, notice and deletion of Chargebee subscriptions', async () => {
    const columns =
      'contract_id, term_start_date, term_end_date, auto_renew, notice_days, cancelled_at, cancel_effective_date, known_date, known_until_date';
    const where = "contract_id in ('s-yearly-monthly', 's-cancelled', 's-deleted')";
    const notice = '2026-03-10T12:00:00.000Z';
    expect(await rows('contracts', columns, where)).toEqual([
      [
        's-cancelled',
        '2025-05-01',
        '2026-05-01',
        false,
        null,
        notice,
        '2026-05-01',
        '2026-03-10',
        '2026-05-01',
      ],
      // over: Chargebee forgets when notice was given, Tenure does not
      [
        's-cancelled',
        '2025-05-01',
        '2026-05-01',
        false,
        null,
        notice,
        '2026-05-01',
        '2026-05-01',
        '9999-12-31',
      ],
      ['s-cancelled', '2025-05-01', '2026-05-01', true, null, null, null, '1900-01-01', '2026-03-10'],
      ['s-deleted', '2026-01-01', '2027-01-01', true, null, null, null, '1900-01-01', '2026-04-01'],
      // paid by the month, promised for the year
      ['s-yearly-monthly', '2026-01-01', '2027-01-01', true, 60, null, null, '1900-01-01', '9999-12-31'],
    ]);
  });

  it('gives Chargebee invoices their status', async () => {
    const columns = 'invoice_id, account_id, status, due_date, paid_date, amount';
    expect(await rows('invoices', columns, "source_name = 'billing'")).toEqual([
      ['i-auto-failed', '101', 'open', '2026-06-01', null, 1050],
      ['i-auto-settling', '101', 'open', '2026-06-01', null, 1050],
      ['i-auto-settling', '101', 'paid', '2026-06-01', '2026-06-05', 1050],
      ['i-cobalt', '103', 'open', '2026-02-01', null, 1050],
      ['i-dinar', '101', 'open', '2026-02-01', null, 10.5],
      ['i-dunned', '101', 'uncollectible', '2026-02-01', null, 1050],
      ['i-offline', '101', 'open', '2026-06-01', null, 1050],
      ['i-open', '101', 'open', '2026-03-03', null, 1050],
      ['i-paid', '101', 'paid', '2026-03-03', '2026-03-13', 1050],
      ['i-void', '101', 'void', '2026-02-01', null, 1050],
      ['i-written-off', '101', 'uncollectible', '2026-02-01', null, 1050],
    ]);
  });

  it('knows what is charged by itself, and since when an attempt failed', async () => {
    const columns = 'invoice_id, status, first_failed_date';
    expect(await rows('invoices', columns, 'is_auto_charged')).toEqual([
      ['i-auto-failed', 'open', '2026-06-02'],
      // the bank took four days
      ['i-auto-settling', 'open', null],
      ['i-auto-settling', 'paid', null],
      ['in_debit', 'open', null],
      ['in_debit', 'paid', null],
      ['in_failed', 'open', '2026-06-01'],
      ['in_failed', 'paid', '2026-06-01'],
      ['in_midnight', 'paid', null],
      // of three attempts the first was made when it was issued
      ['in_recovered', 'paid', '2026-05-01'],
    ]);
    expect(await rows('invoices', 'due_date', "invoice_id = 'in_sent'")).toEqual([['2026-06-15']]);
  });

  it('says of each subscription that is no contract why', async () => {
    const leftOut = async (vendor: string) =>
      (
        await line.query(
          `select contract_id, left_out_reason from staging.stg_${vendor}__contracts where left_out_reason is not null order by all`,
        )
      ).map(Object.values);
    expect(await leftOut('stripe')).toEqual([
      ['sub_metered', 'metered'],
      ['sub_no_card', 'trial'],
      ['sub_not_paid_yet', 'incomplete'],
      ['sub_trial', 'trial'],
      ['sub_tried', 'trial'],
    ]);
    expect(await leftOut('chargebee')).toEqual([
      ['s-future', 'future'],
      ['s-metered', 'metered'],
      ['s-trial', 'trial'],
      ['s-tried', 'trial'],
    ]);
    // a price that cannot be read makes the whole unknown, a currency without a rate what it is worth
    const setAside = await line.query(
      `select record_key, column_name, reason from marts.fct_rejected_records where entity = 'contracts' order by all`,
    );
    expect(setAside.map(Object.values)).toEqual([
      ['302', 'currency_code', 'unknown_value'],
      ['s-coupon', 'currency_code', 'unknown_value'],
      ['s-unpriced', 'arr', 'missing_value'],
      ['s-yen', 'currency_code', 'unknown_value'],
      ['sub_tiered', 'arr', 'missing_value'],
    ]);
  });

  it('works out the ARR of Stripe subscriptions, and what became of them', async () => {
    const columns = 'contract_id, term_end_date, arr, auto_renew, cancelled_date, cancel_effective_date';
    expect(await rows('contracts', columns, "source_name = 'cards'")).toEqual([
      // 100.00 − 15.00 each half year
      ['sub_amount', '2026-10-01', 170, true, null, null],
      ['sub_deleted', '2026-06-01', 1200, false, '2026-05-20', '2026-05-20'],
      // by the month, until June of next year
      ['sub_ends_later', '2027-06-01', 1200, false, '2026-06-01', '2027-06-01'],
      // 12,000 a year and 50 a month, which is listed first
      ['sub_mixed', '2026-10-01', 12600, true, null, null],
      // 10 × 20.00 × 12 + 600.00; the term is in the metadata
      ['sub_multi', '2027-01-01', 3000, true, null, null],
      ['sub_notice', '2026-07-01', 1200, false, '2026-06-10', '2026-07-01'],
      ['sub_once', '2026-07-01', 1200, true, null, null],
      // 25 in packages of ten
      ['sub_packages', '2027-01-01', 3600, true, null, null],
      // from March to May nothing is collected
      ['sub_paused', '2027-01-01', 0, true, null, null],
      ['sub_paused', '2027-01-01', 12000, true, null, null],
      ['sub_paused', '2027-01-01', 12000, true, null, null],
      // 20 % off for ever
      ['sub_percent', '2026-07-01', 960, true, null, null],
      ['sub_second', '2026-06-01', 1200, false, '2026-05-20', '2026-05-20'],
      // (1,000 − 100 + 1,000), half of it, less a tenth of that
      ['sub_two_discounts', '2027-01-01', 855, true, null, null],
      // metered alone since April
      ['sub_was_fixed', '2027-01-01', 0, true, null, null],
      ['sub_was_fixed', '2027-01-01', 1200, true, null, null],
    ]);
    const pauses = await rows('contracts', 'known_date, arr', "contract_id = 'sub_paused'");
    expect(pauses).toEqual([
      ['1900-01-01', 12000],
      ['2026-03-10', 0],
      ['2026-05-01', 12000],
    ]);
  });

  it('takes of two states of one second in Stripe the later, which comes first', async () => {
    // the customer got its metadata in the second in which it was made; the subscription was cancelled as it was changed
    const columns = 'contract_id, account_id, cancel_reason, known_date, known_until_date';
    expect(await rows('contracts', columns, "contract_id = 'sub_second'")).toEqual([
      ['sub_second', '102', 'cancellation_requested', '1900-01-01', '9999-12-31'],
    ]);
  });

  it('gives conversations that a customer began as tickets, rated no sooner than they were', async () => {
    const columns = 'ticket_id, solved_at, escalated_at, csat, known_date, known_until_date';
    const closed = '2026-03-02T08:00:00.000Z';
    const escalated = '2026-03-06T08:00:00.000Z';
    expect(await rows('tickets', columns, "source_name = 'chat'")).toEqual([
      ['ic-closed', closed, null, 4, '2026-03-04', '9999-12-31'],
      ['ic-closed', closed, null, null, '2026-03-01', '2026-03-04'],
      // merged into another on 3 March
      ['ic-merged', '2026-03-03T00:00:00.000Z', null, null, '2026-03-01', '2026-03-03'],
      ['ic-tagged', null, escalated, null, '2026-03-07', '9999-12-31'],
      ['ic-tagged', null, null, null, '2026-03-01', '2026-03-02'],
      ['ic-tagged', null, null, null, '2026-03-02', '2026-03-07'],
    ]);
  });

  it('gives Freshdesk tickets a version for each change and each rating, and spam an end', async () => {
    const columns = 'ticket_id, priority, solved_date, escalated_date, csat, known_date, known_until_date';
    expect((await rows('tickets', columns, "source_name = 'desk'")).sort(byKnownDate)).toEqual([
      ['11', 'low', null, null, null, '2026-04-01', '2026-04-03'],
      ['11', 'urgent', null, '2026-04-03', null, '2026-04-03', '2026-04-05'],
      ['11', 'urgent', '2026-04-05', '2026-04-03', null, '2026-04-05', '2026-04-06'],
      ['11', 'urgent', '2026-04-05', '2026-04-03', 1, '2026-04-06', '2026-04-08'],
      ['11', 'urgent', '2026-04-05', '2026-04-03', 5, '2026-04-08', '9999-12-31'],
      ['12', 'low', null, null, 3, '2026-04-01', '9999-12-31'],
      ['14', 'low', null, null, null, '2026-04-01', '2026-04-09'],
      // merged into another on 4 April
      ['16', 'low', null, null, null, '2026-04-01', '2026-04-04'],
    ]);
  });

  it('counts events of known users, known from the day they were received', async () => {
    expect(await rows('usage_events', 'source_name, account_id, user_key, event_date, known_date')).toEqual([
      ['product', '101', 'eve@acme.example', '2026-06-01', '2026-06-02'],
      ['product', '102', 'u2', '2026-06-01', '2026-06-02'],
      ['product', 'nobody', 'u4', '2026-06-01', '2026-06-02'],
      ['product', null, 'u3', '2026-06-01', '2026-06-02'],
      ['web', '101', 'eve', '2026-06-01', '2026-06-01'],
      ['web', '102', 'max', '2026-06-01', '2026-06-01'],
      ['web', null, 'eve', '2026-06-01', '2026-06-01'],
    ]);
  });

  it('matches by the declared keys, and lists every customer that is no account', async () => {
    const list = (sql: string) => line.query(sql).then((found) => found.map(Object.values));
    expect(
      await list(
        `select source_name, customer_id, account_id from intermediate.int_accounts__identities where matched_by = 'domain' order by all`,
      ),
    ).toEqual([
      ['billing', 'c-cobalt', '103'],
      ['desk', '2', '102'],
      // three companies have the domain, of which two were merged into the third
      ['desk', '6', '108'],
    ]);
    expect(
      await list(
        'select source_name, customer_id, reason, record_count from marts.fct_unmatched_customers order by all',
      ),
    ).toEqual([
      ['billing', 'c-dune', 'ambiguous_domain', 0],
      ['billing', 'c-lost', 'unknown_account', 1],
      // a conversation with a lead of no company
      ['chat', '(none)', 'no_customer', 1],
      ['chat', 'ic2', 'unknown_account', 1],
      ['desk', '3', 'ambiguous_domain', 1],
      ['desk', '4', 'unknown_account', 1],
      ['desk', '5', 'no_key', 0],
      // a user without a group
      ['product', '(none)', 'no_account', 1],
      ['product', 'nobody', 'unknown_account', 1],
      ['web', '(none)', 'no_account', 1],
    ]);
  });

  it('says which mapped column no stream has', async () => {
    const wrong = new VendorsLine(folder, 'wrong', [
      recordedSource('crm', 'hubspot', { fields: { sentiment: 'mood', segment: 'customer_tier' } }),
    ]);
    const error = await wrong.buildError();
    expect(error).toContain('"crm"');
    expect(error).toContain('sentiment: mood');
    expect(error).not.toContain('customer_tier');
  });

  it('gives the same rows from schemas that an Airbyte destination filled, with its types and names', async () => {
    const database = { type: 'duckdb', path: join(folder, 'warehouse.duckdb') } as const;
    const all = async () => {
      const warehouse = await openWarehouse(database);
      const found: Record<string, readonly unknown[]> = {};
      const entities = (await warehouse.listTables('intermediate')).filter((name) =>
        name.startsWith('int_canonical__'),
      );
      for (const table of [
        ...entities.map((name) => `intermediate.${name}`),
        'marts.fct_unmatched_customers',
      ])
        found[table] = (await warehouse.query(`select * from ${table} order by all`)).rows;
      await warehouse.close();
      return found;
    };
    const ours = await all();
    const sources = [{ name: 'crm', kind: 'hubspot', fields: crmFields }, ...others];
    const warehouse = await openWarehouse(database);
    for (const { name } of sources) await warehouse.query(`create schema airbyte_${name}`);
    for (const table of await warehouse.listTables('raw')) {
      const [, source, stream] = /^([a-z]+)__(.+)$/.exec(table) ?? [];
      if (source === undefined) continue;
      const columns = ((await warehouse.tableColumns('raw', table)) ?? []).map(({ name, type }) => {
        const theirs = { number: 'decimal(38, 9)', timestamp: 'timestamptz' }[String(type)];
        return `"${name}"${theirs === undefined ? '' : `::${theirs}`} as "${name.toLowerCase()}"`;
      });
      await warehouse.query(
        `create table airbyte_${source}.${stream} as select ${columns.join(', ')} from raw.${table}`,
      );
      await warehouse.query(`drop table raw.${table}`);
    }
    await warehouse.close();
    const theirs = new VendorsLine(
      folder,
      'theirs',
      sources.map(({ connector: _, ...source }: { name: string; connector?: unknown }) => ({
        ...source,
        tables: `airbyte_${source.name}`,
      })),
    );
    await theirs.build();
    expect(Object.values(ours).filter((found) => found.length > 0).length).toBeGreaterThan(12);
    expect(await all()).toEqual(ours);
  });
});

/** By ticket, then by the day from which the version counts. */
function byKnownDate(first: unknown[], second: unknown[]): number {
  const key = (row: unknown[]) => `${row[0]} ${row[5]}`;
  return key(first).localeCompare(key(second));
}
