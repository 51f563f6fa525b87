import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { airbyteMessages, type ToldStream } from './airbyte-messages.ts';
import { recordedSource, VendorsLine } from './vendors-line.ts';

const AS_OF = '2026-06-30';
const at = (moment: string) => `2026-${moment}:00Z`;

/** A record as HubSpot's connector lands it: the object's own fields, and its properties by their names. */
const record = (id: string, updatedAt: string, properties: object, associated: object = {}) => ({
  ...{ id, createdAt: '2025-02-01T09:00:00Z', updatedAt, archived: false },
  ...Object.fromEntries(Object.entries(properties).map(([name, value]) => [`properties_${name}`, value])),
  ...associated,
});

const company = (id: string, name: string, lifecyclestage: string) =>
  record(id, at('01-05T08:00'), {
    ...{
      name,
      domain: `${name.toLowerCase()}.example`,
      hubspot_owner_id: '9',
      industry: 'COMPUTER_SOFTWARE',
    },
    ...{ lifecyclestage, hs_parent_company_id: null, hs_merged_object_ids: null },
    hs_lifecyclestage_customer_date: lifecyclestage === 'customer' ? '2025-03-01T09:00:00Z' : null,
  });
const contact = (id: string, of: string, hs_buying_role: string | null) =>
  record(
    id,
    at('01-06T08:00'),
    {
      ...{ email: `p${id}@example.com`, firstname: 'Pat', lastname: id, jobtitle: 'Director' },
      ...{ associatedcompanyid: Number(of), hs_buying_role, hs_merged_object_ids: null },
    },
    { companies: [of] },
  );
const meeting = (id: string, of: string, title: string, start: string, outcome: string, who: string[]) =>
  record(
    id,
    at(start),
    {
      ...{ hs_meeting_title: title, hs_meeting_start_time: at(start), hs_timestamp: at(start) },
      ...{ hs_meeting_outcome: outcome, hs_activity_type: null, hs_internal_meeting_notes: null },
    },
    { companies: [of], contacts: who },
  );
const email = (id: string, of: string, thread: string, sent: string, isOurs: boolean, who: string) =>
  record(
    id,
    at(sent),
    {
      ...{ hs_timestamp: at(sent), hs_email_thread_id: thread, hs_email_status: 'SENT' },
      hs_email_direction: isOurs ? 'EMAIL' : 'INCOMING_EMAIL',
    },
    { companies: [of], contacts: [who] },
  );
const deal = (id: string, of: string, dealstage: string, closedate: string, amount: number) =>
  record(
    id,
    at('05-02T08:00'),
    {
      ...{ pipeline: 'default', dealstage, dealtype: 'existingbusiness', amount, closedate },
      ...{ hs_is_closed: dealstage.startsWith('closed'), hs_is_closed_won: dealstage === 'closedwon' },
      ...{ closed_lost_reason: null, deal_currency_code: 'USD', hs_manual_forecast_category: 'COMMIT' },
    },
    { companies: [of], contacts: [], line_items: [] },
  );

/** An account of HubSpot without a property of its own: three customers and a lead. */
const STREAMS: readonly Omit<ToldStream, 'key' | 'cursor'>[] = [
  {
    name: 'companies',
    formats: {
      properties_hs_lifecyclestage_customer_date: 'date-time',
    },
    rows: [
      company('501', 'Ashgrove', 'customer'),
      company('502', 'Birkfield', 'customer'),
      company('503', 'Coldwater', 'customer'),
      company('504', 'Dunmore', 'lead'),
    ],
  },
  {
    name: 'owners',
    rows: [
      {
        ...{ id: '9', createdAt: '2025-02-01T09:00:00Z', updatedAt: at('01-01T00:00'), archived: false },
        ...{ email: 'carla.fairbanks@example.com', firstName: 'Carla', lastName: 'Fairbanks' },
      },
    ],
  },
  {
    name: 'contacts',
    rows: [
      contact('601', '501', 'EXECUTIVE_SPONSOR'),
      contact('602', '501', null),
      contact('603', '502', 'DECISION_MAKER;EXECUTIVE_SPONSOR'),
      contact('604', '503', null),
    ],
  },
  {
    name: 'deals',
    formats: { properties_closedate: 'date-time' },
    rows: [
      deal('701', '501', 'closedwon', '2026-02-28T00:00:00Z', 12_000),
      deal('702', '501', 'contractsent', '2026-09-30T00:00:00Z', 4000),
      deal('703', '504', 'appointmentscheduled', '2026-08-31T00:00:00Z', 9000),
    ],
  },
  {
    name: 'engagements_meetings',
    formats: {
      properties_hs_meeting_start_time: 'date-time',
      properties_hs_timestamp: 'date-time',
    },
    rows: [
      meeting('801', '501', 'Ashgrove: QBR', '03-10T10:00', 'COMPLETED', ['601']),
      meeting('802', '501', 'Ashgrove: QBR', '06-10T10:00', 'NO_SHOW', ['601']),
      meeting('803', '502', 'Quarterly Business Review', '06-05T14:00', 'COMPLETED', ['603']),
      // planned, and one that is no review
      meeting('804', '502', 'QBR Q3', '09-05T14:00', 'SCHEDULED', ['603']),
      meeting('805', '503', 'Introduction', '06-12T09:00', 'COMPLETED', ['604']),
    ],
  },
  {
    name: 'engagements_emails',
    formats: { properties_hs_timestamp: 'date-time' },
    rows: [
      email('901', '501', 't1', '05-01T09:00', true, '601'),
      email('902', '501', 't1', '05-01T15:00', false, '601'), // 6 hours
      email('903', '501', 't2', '05-10T09:00', true, '602'),
      email('904', '501', 't2', '05-13T09:00', false, '602'), // 72 hours
      email('905', '501', 't3', '06-20T09:00', true, '601'), // not answered
      email('906', '502', 't4', '06-01T09:00', true, '603'),
    ],
  },
];

describe('a HubSpot as it is on the first day', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-hubspot-standard-'));
  const file = join(folder, 'hubspot.ndjson');
  writeFileSync(
    file,
    airbyteMessages(
      STREAMS.map((stream) => ({
        ...{ key: 'id', cursor: 'updatedAt' },
        ...stream,
        formats: { createdAt: 'date-time', updatedAt: 'date-time', ...stream.formats },
      })),
    ),
  );
  const line = new VendorsLine(folder, 'tenure', [
    recordedSource('crm', 'hubspot', { connector: recordedSource('crm', file).connector }),
  ]);
  const rows = async (sql: string) => (await line.query(sql)).map(Object.values);

  beforeAll(async () => {
    await line.sync();
    await line.buildOn(
      AS_OF,
      ...[
        '+fct_signal_coverage',
        '+fct_source_freshness',
        '+fct_account_health_daily',
        '+fct_reconciliation',
      ],
      ...['+int_canonical__contracts', '+int_canonical__opportunities'],
    );
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has its customers by their lifecycle stage, and no lead', async () => {
    expect(await rows('select distinct account_id from marts.fct_account_health_daily order by 1')).toEqual([
      ['501'],
      ['502'],
      ['503'],
    ]);
  });

  it('has no contract, for no deal says when its term begins or ends; its open deals are read', async () => {
    expect(await rows('select count(*) from intermediate.int_canonical__contracts')).toEqual([[0]]);
    expect(
      await rows(
        `select opportunity_id, stage, is_closed from intermediate.int_canonical__opportunities
        where account_id = '501' order by 1`,
      ),
    ).toEqual([
      ['701', 'closedwon', true],
      ['702', 'contractsent', false],
    ]);
    expect(await rows('select contract_id, finding, arr from marts.fct_reconciliation')).toEqual([
      ['701', 'no_term', 12_000],
    ]);
  });

  it('gives each signal that speaks the value worked out by hand', async () => {
    expect(
      await rows(`select account_id, signal, signal_value, measure from marts.fct_signal_contributions_daily
        where as_of_date = date '${AS_OF}' and signal_value is not null order by 1, 2`),
    ).toEqual([
      // (6 + 72) / 2 hours; a sponsor who wrote and met nobody since 1 April; the review of March held, that of June missed
      ['501', 'email_response', 60, 39],
      ['501', 'exec_sponsor', 50, null],
      ['501', 'qbr_attendance', 50, 1],
      ['502', 'email_response', 20, null],
      ['502', 'exec_sponsor', 100, null],
      ['502', 'qbr_attendance', 100, 0],
      // nobody there is marked a sponsor, and elsewhere some are
      ['503', 'exec_sponsor', 0, null],
    ]);
    expect(
      await rows(`select account_id, score, weight_coverage, needs_review from marts.fct_account_health_daily
        where as_of_date = date '${AS_OF}' order by 1`),
    ).toEqual([
      // (8 × 60 + 7 × 50 + 10 × 50) / 25; (8 × 20 + 7 × 100 + 10 × 100) / 25; 7 × 0 / 7
      ['501', expect.closeTo(53.2, 9), 0.25, true],
      ['502', expect.closeTo(74.4, 9), 0.25, true],
      ['503', 0, 0.07, true],
    ]);
  });

  it('says it on the page of each account', async () => {
    expect(await line.signalsOnPages()).toEqual([
      '501 | Email response | 60 | 39 hours to an answer on average, mails of the last 90 days',
      '501 | Exec sponsor | 50 | one wrote or logged in within the last 90 days, none met us',
      '501 | QBR attendance | 50 | the last one was missed, 1 in all within the last 180 days',
      '502 | Email response | 20 | none of our mails of the last 90 days was answered',
      '502 | Exec sponsor | 100 | one met us in the last 90 days',
      '502 | QBR attendance | 100 | the last one was attended, none missed in the last 180 days',
      '503 | Exec sponsor | 0 | none on record, or no sign of one in the last 90 days',
    ]);
  });

  it('says of each signal that is silent what it would take', async () => {
    const usage = 'No source has usage events; connect one of files, segment, amplitude, mixpanel';
    const tickets = 'No source has tickets; connect one of files, zendesk, intercom, freshdesk';
    expect(await line.adviceOfSignals()).toEqual({
      email_response: 2,
      exec_sponsor: 3,
      qbr_attendance: 2,
      csm_sentiment:
        'Landed, but without what it takes: what the CSM says of the account: green yellow or red and since when',
      payment_timeliness: 'No source has invoices; connect one of files, stripe, chargebee',
      ...{ login_frequency: usage, feature_adoption: usage, license_utilization: usage },
      ...{ ticket_trend: tickets, escalations: tickets },
    });
  });
});
