import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse, type Row, type Warehouse } from '../../warehouse/index.ts';
import { recordedSource, VendorsLine } from './vendors-line.ts';

/**
 * One record never stops the line: a CRM and files in which each kind of record has some that cannot be read, and words of
 * the company's own. `damaged-salesforce.ndjson` is shaped as the connector's messages are.
 */
describe('records that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-records-'));
  const path = fileURLToPath(new URL('../fixtures/damaged-files', import.meta.url));
  const line = new VendorsLine(folder, 'damaged', [
    {
      ...recordedSource('crm', 'damaged-salesforce'),
      kind: 'salesforce',
      fields: { is_customer: 'Type' },
      values: {
        task_status: { blocked: 'in_progress' },
        user_role: { "Head of 'CS'": 'vp_cs' },
        meeting_status: { Held: 'attended' },
        meeting_type: { 'steering committee': 'sponsor' },
        survey_type: { 'Net Promoter': 'nps' },
        sentiment: { AMBER: 'yellow' },
        opportunity_type: { prolongation: 'renewal' },
        forecast_category: { 'Sure thing': 'commit' },
      },
    },
    { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path } } },
  ]);

  let warehouse: Warehouse | undefined;
  const query = async (sql: string): Promise<readonly Row[]> =>
    (await (warehouse as Warehouse).query(sql)).rows;

  beforeAll(async () => {
    await line.sync();
    await line.build('+path:intermediate/canonical', '+fct_rejected_records');
    warehouse = await openWarehouse(
      { type: 'duckdb', path: join(folder, 'warehouse.duckdb') },
      { readOnly: true },
    );
  });
  afterAll(async () => {
    await warehouse?.close();
    rmSync(folder, { recursive: true });
  });

  const rows = async (entity: string, columns: string, where = 'true') =>
    (
      await query(`select ${columns} from intermediate.int_canonical__${entity} where ${where} order by all`)
    ).map(Object.values);

  const rejected = async (entity: string, where = 'is_current', source = 'crm') =>
    (
      await query(
        `select record_key, column_name, reason, severity from marts.fct_rejected_records
        where entity = '${entity}' and source_name = '${source}' and ${where} order by all`,
      )
    ).map((row) => Object.values(row).join(' '));

  it('sets aside contracts that cannot be, each with its reason, and takes the rest', async () => {
    expect(await rejected('contracts')).toEqual([
      'C02 arr missing_value row',
      'C03 term_start_date missing_value row',
      'C04 term_start_date bad_range row',
      'C05 term_start_date bad_range row',
      'C06 term_end_date bad_range row',
      'C07 arr bad_range row',
      'C08 currency_code unknown_value row',
      'C09 account_id unknown_account row',
      'C10 account_id missing_value row',
      'C11 arr missing_value row',
      'C14 cancel_effective_date bad_range value',
      'C14 notice_days bad_range value',
      'C14 seats bad_range value',
      'C22 arr missing_value row',
      'C22 term_start_date missing_value row',
      // text where the source promised a number or a day
      'C23 ARR__c bad_number value',
      'C23 Seats__c bad_number value',
      'C23 StartDate bad_date value',
      'C23 arr missing_value row',
      'C23 term_start_date missing_value row',
    ]);
    expect(
      await rows('contracts', 'contract_id, term_end_date, cast(arr as double) as arr, known_until_date'),
    ).toEqual([
      ['C01', '2027-01-01', 1000, '9999-12-31'],
      // the last version that can be read stays
      ['C11', '2027-01-01', 1000, '9999-12-31'],
      ['C14', '2027-01-01', 1000, '9999-12-31'],
      // no end, and the days that stand for none: evergreen
      ['C15', null, 1000, '9999-12-31'],
      ['C16', null, 1000, '9999-12-31'],
      ['C17', '2027-01-01', 1000, '9999-12-31'],
      ['C19', null, 1000, '9999-12-31'],
      ['C20', '2027-01-01', 1000, '9999-12-31'],
      // from the day on which it is a draft again it is none
      ['C21', '2027-01-01', 1000, '2026-04-10'],
    ]);
    expect(
      await rows('contracts', 'seats, notice_days, cancel_effective_date', "contract_id = 'C14'"),
    ).toEqual([[null, null, null]]);
  });

  it('says no more of what was mended, and keeps what is said of the version before', async () => {
    expect(await rejected('contracts', 'not is_current')).toEqual(['C17 arr missing_value row']);
  });

  it('gives a set-aside contract with its ARR, its currency, what stood there and the record', async () => {
    const [yen, early] = await query(
      `select account_id, given_value, cast(arr as double) as arr, currency_code, content from marts.fct_rejected_records
      where record_key in ('C08', 'C04') order by record_key desc`,
    );
    expect(yen).toMatchObject({ account_id: 'A1', given_value: 'XTS', arr: 1000, currency_code: 'XTS' });
    expect(JSON.parse(String(yen?.content))).toMatchObject({
      contract_id: 'C08',
      term_start_date: '2026-01-01',
    });
    expect(early).toMatchObject({ given_value: '0206-01-01', arr: 1000, currency_code: 'USD' });
  });

  it('keeps an account without a name, under its id, and takes no day for what no day can be', async () => {
    expect(await rows('accounts', 'account_id, name, created_at')).toEqual([
      ['A1', 'Fictional One', '2024-01-01T00:00:00.000Z'],
      ['A2', 'A2', '2024-01-01T00:00:00.000Z'],
      ['A3', 'Fictional Three', null],
      ['A4', 'Fictional Four', '2024-01-01T00:00:00.000Z'],
    ]);
    expect(await rejected('accounts')).toEqual([
      'A2 name missing_value value',
      'A3 created_at bad_range value',
    ]);
    expect(await rejected('contacts')).toEqual(['P1 left_at bad_range value']);
    expect(await rows('contacts', 'contact_id, left_at')).toEqual([['P1', null]]);
  });

  it('maps words of the company, and gives an unknown one its safe meaning', async () => {
    expect(await rows('tasks', 'task_key, status')).toEqual([
      ['K1', 'open'],
      ['K2', 'ignored'],
      ['K3', 'in_progress'],
      ['K4', 'open'],
    ]);
    expect(await rejected('tasks')).toEqual([
      'K1 status unknown_value value',
      'K4 status missing_value value',
      'K5 account_id missing_value row',
    ]);
    expect(await rows('users', 'user_id, role')).toEqual([
      ['U1', null],
      ['U2', 'csm_manager'],
      ['U3', 'vp_cs'],
    ]);
    expect(await rejected('users')).toEqual(['U1 role unknown_value value']);
    expect(await rows('sentiments', 'account_id, sentiment')).toEqual([
      ['A1', 'green'],
      ['A2', 'yellow'],
    ]);
    expect(await rejected('sentiments')).toEqual(['A4 sentiment unknown_value row']);
    expect(await rows('opportunities', 'opportunity_id, type, close_date, forecast_category')).toEqual([
      ['OP1', 'renewal', null, null],
      ['OP2', 'renewal', '2026-12-31', 'commit'],
    ]);
  });

  it('sets aside meetings, surveys, mail, overrides, licences and rates that cannot be, and those alone', async () => {
    expect(await rows('meetings', 'meeting_id, type, status')).toEqual([
      ['M1', 'qbr', 'attended'],
      ['M5', 'sponsor', 'attended'],
    ]);
    expect(await rejected('meetings')).toEqual([
      'M2 status unknown_value row',
      'M6 scheduled_at bad_range row',
    ]);
    expect(await rows('surveys', 'survey_id, type, score')).toEqual([['S3', 'nps', 9]]);
    expect(await rejected('surveys')).toEqual([
      'S1 type unknown_value row',
      'S2 score bad_range row',
      'S4 answered_at missing_value row',
    ]);
    expect(await rows('emails', 'email_id', "source_name = 'crm'")).toEqual([['E2']]);
    expect(await rejected('emails')).toEqual(['E1 sent_at missing_value row']);
    expect(await rows('overrides', 'account_id, direction, expires_at')).toEqual([['A1', 'up', null]]);
    expect(await rejected('overrides')).toEqual([
      'A1 direction unknown_value row',
      'A1 expires_at bad_range value',
      'A4 set_at missing_value row',
    ]);
    expect(await rows('licensed_features', 'feature, valid_to')).toEqual([['reports', null]]);
    expect(await rejected('licensed_features')).toEqual([
      'A1|exports|2026-01-01 valid_to bad_range row',
      'A1|reports|2026-01-01 valid_to bad_range value',
      'A1||2026-01-01 feature missing_value row',
    ]);
    expect(await rows('rates', 'currency_code, rate')).toEqual([['EUR', 1.25]]);
    expect(await rejected('rates')).toEqual(['XTS|2025-01-01 rate missing_value row']);
    expect(await rejected('opportunities')).toEqual([
      'OP1 close_date bad_range value',
      'OP1 forecast_category unknown_value value',
    ]);
  });

  it('does the same with files, whose lines that could not land are in the same place', async () => {
    expect(await rows('tickets', 'ticket_id, solved_at, escalated_at, csat')).toEqual([
      ['T1', null, null, 4],
      ['T3', null, null, null],
    ]);
    expect(await rows('invoices', 'invoice_id, paid_at, status')).toEqual([
      ['I1', null, 'open'],
      ['I3', null, null],
    ]);
    expect(await rows('usage_events', 'account_id, event_date')).toEqual([['A1', '2026-01-05']]);
    const found = await query(
      `select entity, record_key, column_name, reason, severity, file_name, line_number from marts.fct_rejected_records
      where source_name = 'book' order by all`,
    );
    expect(found.map((row) => Object.values(row).join(' '))).toEqual([
      'emails F1 replied_at bad_range value  ',
      'emails F1 updated_at bad_range value  ',
      'emails F2 direction unknown_value row emails.csv 3',
      'invoices I1 paid_at bad_range value  ',
      'invoices I2 due_date bad_range row  ',
      'invoices I3 status unknown_value value invoices.csv 4',
      'tickets T1 escalated_at bad_range value  ',
      'tickets T1 solved_at bad_range value  ',
      'tickets T2 created_at bad_range row  ',
      'usage_events A1|0026-01-05 10:00:00 event_at bad_range row  ',
      'usage_events A1|9999-12-31 23:59:59 event_at bad_range row  ',
    ]);
  });
});
