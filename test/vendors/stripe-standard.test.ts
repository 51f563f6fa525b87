import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { airbyteMessages, type ToldStream } from './airbyte-messages.ts';
import { recordedSource, VendorsLine } from './vendors-line.ts';

const AS_OF = '2026-06-30';
/** Stripe's instants: seconds since 1970. */
const on = (day: string) => Date.parse(`${day}T12:00:00Z`) / 1000;

const customer = (id: string, name: string, email: string) => ({
  ...{ id, object: 'customer', name, email, created: on('2026-01-01'), updated: on('2026-01-01') },
  ...{ currency: 'usd', delinquent: false, livemode: true, metadata: {}, is_deleted: false },
});

const price = (unit_amount: number, interval: string) => ({
  ...{
    id: `price_${unit_amount}`,
    object: 'price',
    billing_scheme: 'per_unit',
    type: 'recurring',
    unit_amount,
  },
  ...{ unit_amount_decimal: String(unit_amount), currency: 'usd' },
  recurring: { interval, interval_count: 1, usage_type: 'licensed' },
});
/** A subscription as interfaces since 2025 have it: the periods stand at its items. */
const subscription = (
  id: string,
  customerId: string,
  [start, end]: readonly [string, string],
  items: readonly { readonly quantity: number; readonly price: object }[],
  more: object = {},
) => ({
  ...{ id, object: 'subscription', customer: customerId, status: 'active', currency: 'usd' },
  ...{ created: on(start), updated: on(start), cancel_at_period_end: false, cancel_at: null },
  ...{ canceled_at: null, ended_at: null, trial_end: null, collection_method: 'charge_automatically' },
  ...{ current_period_start: null, current_period_end: null, pause_collection: null, discounts: [] },
  items: {
    ...{ object: 'list', has_more: false },
    data: items.map((item, index) => ({
      ...{ id: `si_${id}_${index}`, object: 'subscription_item', metadata: {}, ...item },
      ...{ current_period_start: on(start), current_period_end: on(end) },
    })),
  },
  metadata: {},
  ...more,
});

const invoice = (id: string, customerId: string, issued: string, more: object) => ({
  ...{ id, object: 'invoice', customer: customerId, created: on(issued), updated: on(issued) },
  ...{
    status: 'paid',
    total: 10_000,
    currency: 'usd',
    due_date: null,
    collection_method: 'charge_automatically',
  },
  ...{ attempted: true, attempt_count: 1, next_payment_attempt: null, is_deleted: false, metadata: {} },
  ...more,
});
const moved = (issued: string, paid: string | null) => ({
  status_transitions: { finalized_at: on(issued), paid_at: paid === null ? null : on(paid) },
});

/** An account of Stripe in which nobody wrote metadata. */
const STREAMS: readonly Omit<ToldStream, 'key' | 'cursor'>[] = [
  {
    name: 'customers',
    rows: [
      customer('cus_a', 'Ashgrove Ltd.', 'billing@ashgrove.example'),
      customer('cus_b', 'Birkfield', 'pay@birkfield.example'),
      customer('cus_c', 'Coldwater', 'ap@coldwater.example'),
      // a person's own address is nobody's domain
      customer('cus_d', 'Dunmore', 'dunmore@gmail.com'),
    ],
  },
  {
    name: 'subscriptions',
    rows: [
      subscription(
        'sub_a',
        'cus_a',
        ['2026-01-01', '2027-01-01'],
        [{ quantity: 1, price: price(1_200_000, 'year') }],
      ),
      subscription(
        'sub_b',
        'cus_b',
        ['2026-06-15', '2026-07-15'],
        [
          { quantity: 5, price: price(2000, 'month') },
          { quantity: 1, price: price(1000, 'month') },
        ],
      ),
      subscription(
        'sub_c',
        'cus_c',
        ['2026-03-01', '2027-03-01'],
        [{ quantity: 3, price: price(80_000, 'year') }],
      ),
      subscription(
        'sub_t',
        'cus_c',
        ['2026-06-20', '2026-07-20'],
        [{ quantity: 1, price: price(5000, 'month') }],
        {
          ...{ status: 'trialing', trial_end: on('2026-07-20') },
        },
      ),
      subscription(
        'sub_d',
        'cus_d',
        ['2026-06-01', '2026-07-01'],
        [{ quantity: 1, price: price(900, 'month') }],
      ),
    ],
  },
  {
    name: 'invoices',
    rows: [
      invoice('in_a', 'cus_a', '2026-01-02', {
        ...moved('2026-01-02', '2026-01-30'),
        ...{
          collection_method: 'send_invoice',
          due_date: on('2026-02-01'),
          attempted: false,
          attempt_count: 0,
        },
      }),
      // charged twice before it was paid, so the first attempt failed on the day of issue
      invoice('in_b1', 'cus_b', '2026-05-15', { ...moved('2026-05-15', '2026-05-20'), attempt_count: 2 }),
      invoice('in_b2', 'cus_b', '2026-06-15', moved('2026-06-15', '2026-06-15')),
      invoice('in_c', 'cus_c', '2026-04-01', {
        ...moved('2026-04-01', null),
        ...{ status: 'open', collection_method: 'send_invoice', due_date: on('2026-05-01') },
        ...{ attempted: false, attempt_count: 0 },
      }),
    ],
  },
];

describe('a Stripe as it is on the first day, beside a list of accounts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-stripe-standard-'));
  const file = join(folder, 'stripe.ndjson');
  writeFileSync(
    file,
    airbyteMessages(STREAMS.map((stream) => ({ key: 'id', cursor: 'updated', ...stream }))),
  );
  mkdirSync(join(folder, 'data'));
  writeFileSync(
    join(folder, 'data', 'accounts.csv'),
    'account_id,name,domain\nA,Ashgrove,ashgrove.example\nB,Birkfield,https://www.birkfield.example\nC,Coldwater,coldwater.example\n',
  );
  const line = new VendorsLine(folder, 'tenure', [
    { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: 'data' } } },
    {
      ...recordedSource('billing', 'stripe', { contracts: true, match_by: ['account_id', 'domain'] }),
      connector: recordedSource('billing', file).connector,
    },
  ]);
  const rows = async (sql: string) => (await line.query(sql)).map(Object.values);

  beforeAll(async () => {
    await line.sync();
    await line.buildOn(
      AS_OF,
      ...['+fct_signal_coverage', '+fct_source_freshness', '+fct_account_health_daily'],
      ...['+fct_unmatched_customers', '+fct_reconciliation'],
    );
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('finds whose customers are by the domain of their mail', async () => {
    expect(
      await rows(`select customer_id, account_id, matched_by from intermediate.int_accounts__identities
        where source_name = 'billing' and account_id is not null order by 1`),
    ).toEqual([
      ['cus_a', 'A', 'domain'],
      ['cus_b', 'B', 'domain'],
      ['cus_c', 'C', 'domain'],
    ]);
    expect(await rows('select customer_id, reason from marts.fct_unmatched_customers')).toEqual([
      ['cus_d', 'unknown_domain'],
    ]);
  });

  it('has the contracts and what they are worth a year, by hand; a trial is none', async () => {
    expect(
      await rows(`select contract_id, account_id, cast(term_start_date as varchar), cast(term_end_date as varchar), arr, seats
        from intermediate.int_canonical__contracts order by 1`),
    ).toEqual([
      ['sub_a', 'A', '2026-01-01', '2027-01-01', 12_000, 1],
      // (5 × 20 + 10) × 12
      ['sub_b', 'B', '2026-06-15', '2026-07-15', 1320, 5],
      ['sub_c', 'C', '2026-03-01', '2027-03-01', 2400, 3],
    ]);
    expect(
      await rows(
        "select contract_id, finding from marts.fct_reconciliation where finding <> 'counted' order by 1",
      ),
    ).toEqual([
      ['sub_d', 'unknown_account'],
      ['sub_t', 'trial'],
    ]);
  });

  it('speaks of payments alone, with the values worked out by hand', async () => {
    expect(
      await rows(`select account_id, signal, signal_value, measure from marts.fct_signal_contributions_daily
        where as_of_date = date '${AS_OF}' and signal_value is not null order by 1`),
    ).toEqual([
      // paid two days early; five days after the attempt that failed; sixty days due on the day
      ['A', 'payment_timeliness', 100, -2],
      ['B', 'payment_timeliness', 50, 5],
      ['C', 'payment_timeliness', 10, 60],
    ]);
    expect(
      await rows(`select account_id, score, weight_coverage, needs_review from marts.fct_account_health_daily
        where as_of_date = date '${AS_OF}' order by 1`),
    ).toEqual([
      ['A', 100, 0.1, true],
      ['B', 50, 0.1, true],
      ['C', 10, 0.1, true],
    ]);
  });

  it('says it on the page of each account', async () => {
    expect(await line.signalsOnPages()).toEqual([
      'A | Payment timeliness | 100 | 2 days early at the latest',
      'B | Payment timeliness | 50 | 5 days late at worst, invoices due in the last 180 days',
      'C | Payment timeliness | 10 | 60 days late at worst, invoices due in the last 180 days',
    ]);
  });

  it('says of each signal that is silent what it would take', async () => {
    const no = (what: string, kinds: string) =>
      `No ${what} read yet: add a file of them ("tenure map FILE"), or connect one of ${kinds}`;
    const usage = no('usage events', 'segment, amplitude, mixpanel');
    const tickets = no('tickets', 'zendesk, intercom, freshdesk');
    expect(await line.adviceOfSignals()).toEqual({
      payment_timeliness: 3,
      email_response: no('emails', 'salesforce, hubspot'),
      exec_sponsor: no('contacts', 'salesforce, hubspot'),
      qbr_attendance: no('meetings', 'salesforce, hubspot'),
      csm_sentiment: no('sentiments', 'salesforce, hubspot'),
      ...{ login_frequency: usage, feature_adoption: usage, license_utilization: usage },
      ...{ ticket_trend: tickets, escalations: tickets },
    });
  });
});
