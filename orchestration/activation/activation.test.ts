import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StandIn, startSalesforce } from '../../test/salesforce-stand-in.ts';
import { openWarehouse, type Warehouse } from '../../warehouse/index.ts';
import { activateDestination } from './index.ts';
import { salesforceClient } from './salesforce.ts';

const AS_OF = '2026-06-30';
let warehouse: Warehouse;
let salesforce: StandIn;

const destination = (token = 'good') => ({
  name: 'crm',
  kind: 'salesforce' as const,
  auth: { instance_url: salesforce.url, access_token: token },
  allow_fields: ['Account.Tenure_Score__c', 'Tenure_Category__c', 'Subject'],
  max_change_share: 0.3,
});

const activate = (apply: boolean, token?: string) =>
  activateDestination({
    destination: destination(token),
    warehouse,
    apply,
    asOfDate: AS_OF,
    now: () => '2026-06-30T12:00:00.000Z',
    client: salesforceClient(destination(token), { firstWaitMs: 1 }),
  });

const accounts = (rows: string) =>
  warehouse.query(`create or replace table activation.sync_salesforce__accounts as select * from (values ${rows})
    as t(record_key, Tenure_Score__c, Tenure_Category__c, Secret__c)`);

beforeEach(async () => {
  salesforce = await startSalesforce();
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
  await warehouse.query(
    `create table marts.fct_account_health_daily as select date '2026-06-30' as as_of_date`,
  );
  await warehouse.query(
    `create table activation.sync_salesforce__tasks as select 't1' as record_key, 'Call A' as Subject`,
  );
  await accounts(
    `('A', 55, 'yellow', 'x'), ('B', 80, 'green', 'x'), ('C', 20, 'red', 'x'), ('D', 90, 'green', 'x')`,
  );
});
afterEach(async () => {
  await warehouse.close();
  await salesforce.close();
});

describe('activateDestination', () => {
  it('shows the diff and sends nothing without apply', async () => {
    const result = await activate(false);
    expect(result.diff_text).toContain('Account: 4 new, 0 changed, 0 unchanged');
    expect(result.diff_text).toContain('+ A  Tenure_Score__c 55, Tenure_Category__c "yellow"');
    expect(salesforce.calls).toEqual([]);
    expect(await warehouse.tableColumns('activation', 'ledger')).toBeUndefined();
  });

  it('writes allowed fields by external id, and the second time nothing', async () => {
    await activate(true);
    expect(Object.fromEntries(salesforce.records.get('Account') ?? [])).toMatchObject({
      A: { Tenure_Account_Id__c: 'A', Tenure_Score__c: 55, Tenure_Category__c: 'yellow' },
    });
    expect(salesforce.records.get('Account')?.get('A')).not.toHaveProperty('Secret__c');
    expect(salesforce.records.get('Task')?.get('t1')).toEqual({
      Tenure_Task_Key__c: 't1',
      Subject: 'Call A',
    });
    const calls = salesforce.calls.length;
    const again = await activate(true);
    expect(salesforce.calls).toHaveLength(calls);
    expect(again.objects.map((each) => each.sent)).toEqual([0, 0]);
  });

  it('clears a field by sending null', async () => {
    await activate(true);
    await accounts(
      `('A', null, 'yellow', 'x'), ('B', 80, 'green', 'x'), ('C', 20, 'red', 'x'), ('D', 90, 'green', 'x')`,
    );
    await activate(true);
    expect(salesforce.records.get('Account')?.get('A')).toMatchObject({ Tenure_Score__c: null });
    expect(salesforce.calls.at(-1)).toEqual({ object: 'Account', count: 1 });
  });

  it('keeps a refused record with its reason and sends it again', async () => {
    salesforce.refuse.add('B');
    const first = await activate(true);
    expect(first.objects[0]).toMatchObject({ sent: 3, rejected: 1 });
    const rejected = await warehouse.db.selectFrom('activation.rejected_records').selectAll().execute();
    expect(rejected).toMatchObject([
      { record_key: 'B', reason: 'FIELD_CUSTOM_VALIDATION_EXCEPTION refused' },
    ]);
    salesforce.refuse.clear();
    const second = await activate(true);
    expect(second.objects[0]).toMatchObject({ sent: 1, rejected: 0 });
    expect(await warehouse.db.selectFrom('activation.rejected_records').selectAll().execute()).toEqual([]);
  });

  it('tries again when Salesforce is busy, not before Retry-After, and makes no record twice', async () => {
    salesforce.failNext.push({ status: 429 }, { status: 503, retryAfter: 1 });
    const started = Date.now();
    await activate(true);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
    expect(salesforce.created).toBe(5);
  });

  it('says that the login was refused', async () => {
    await expect(activate(true, 'bad')).rejects.toMatchObject({ code: 'ACTIVATION_LOGIN_FAILED' });
    expect(salesforce.created).toBe(0);
  });

  it('sends nothing when scores are older than a day', async () => {
    await warehouse.query(`update marts.fct_account_health_daily set as_of_date = date '2026-06-28'`);
    await expect(activate(true)).rejects.toMatchObject({ code: 'ACTIVATION_STALE_SCORES' });
    expect(salesforce.calls).toEqual([]);
  });

  it('sends nothing at all when one object is refused', async () => {
    await warehouse.query(`insert into activation.sync_salesforce__tasks values ('t1', 'again')`);
    await expect(activate(true)).rejects.toMatchObject({ code: 'ACTIVATION_REPEATED_KEYS' });
    expect(salesforce.calls).toEqual([]);
  });
});
