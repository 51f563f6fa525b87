import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StandIn, startSalesforce } from '../../test/salesforce-stand-in.ts';
import { openWarehouse, type Warehouse } from '../../warehouse/index.ts';
import { type ActivationOptions, activateDestination, verifyDestination, verifyText } from './index.ts';
import { SALESFORCE_OBJECTS, salesforceDestination } from './salesforce/index.ts';

const AS_OF = '2026-06-30';
/** An Id of an account. */
const id = (letter: string) => `001000000000${letter.padStart(3, '0')}AAA`;
const [A, B, C, D] = [id('A'), id('B'), id('C'), id('D')] as const;
const USER = '005000000000010AAA';
let warehouse: Warehouse;
let salesforce: StandIn;

const config = {
  file: 'tenure.yaml',
  sources: [
    { name: 'crm', kind: 'salesforce', fields: {} },
    { name: 'hub', kind: 'hubspot', fields: {} },
  ],
} as unknown as ActivationOptions['config'];

const destination = (more: object = {}) => ({
  name: 'org',
  kind: 'salesforce' as const,
  enabled: true,
  auth: { instance_url: salesforce.url, access_token: 'good' },
  allow_fields: [
    'Account.Tenure_Score__c',
    'Tenure_Category__c',
    'Subject',
    'WhatId',
    'OwnerId',
    'Status',
    'Tenure_Close_Reason__c',
  ],
  max_change_share: 0.3,
  min_changes: 10,
  ...more,
});

const activate = (apply: boolean, more: Partial<ActivationOptions> & { to?: object } = {}) => {
  const { to = {}, ...options } = more;
  const there = destination(to);
  return activateDestination({
    config,
    destination: there,
    warehouse,
    apply,
    asOfDate: AS_OF,
    now: () => '2026-06-30T12:00:00.000Z',
    client: salesforceDestination(there, {}, { firstWaitMs: 1, timeoutMs: 300, longestWaitMs: 2000 }),
    ...options,
  });
};
const refusals = async (result: ReturnType<typeof activate>) =>
  (await result).objects.map(({ refused }) => refused?.code ?? null);

const table = (name: string, columns: string, rows: string) =>
  warehouse.query(
    `create or replace table activation.sync_salesforce__${name} as select * from (values ${rows}) as t(${columns})`,
  );
const accounts = (rows: [key: string, score: number | null, category: string | null][], day = AS_OF) =>
  table(
    'accounts',
    'record_key, source_name, as_of_date, Tenure_Score__c, Tenure_Category__c, Secret__c',
    rows
      .map(
        ([key, score, category]) =>
          `('${key}', 'crm', date '${day}', ${score}, ${category === null ? 'null' : `'${category}'`}, 'x')`,
      )
      .join(),
  );
interface TaskRow {
  key: string;
  source?: string;
  subject?: string;
  account?: string;
  owner?: string | null;
  isBacklog?: boolean;
}
const taskRow = ({
  key,
  source = 'crm',
  subject = 'Call',
  account: what = A,
  owner = USER,
  isBacklog = false,
}: TaskRow) =>
  `('${key}', '${source}', date '${AS_OF}', ${isBacklog}, '${subject}', '${what}', ${owner === null ? 'null' : `'${owner}'`})`;
/** Beside one of another source, so that there may be none. */
const tasks = (rows: TaskRow[]) =>
  table(
    'tasks',
    'record_key, source_name, as_of_date, is_backlog, Subject, WhatId, OwnerId',
    [{ key: 'none', source: 'hub' }, ...rows].map(taskRow).join(),
  );
const closings = (...keys: string[]) =>
  table(
    'closed_tasks',
    'record_key, source_name, as_of_date, Status, Tenure_Close_Reason__c',
    ['nobody', ...keys]
      .map(
        (key) =>
          `('${key}', '${key === 'nobody' ? 'x' : 'crm'}', date '${AS_OF}', 'Completed', 'Tenure: recovered')`,
      )
      .join(),
  );
const TASKS_ALONE = ['Subject', 'WhatId', 'OwnerId', 'Status', 'Tenure_Close_Reason__c'];
const ledger = () => warehouse.db.selectFrom('activation.ledger').selectAll().orderBy('record_key').execute();
const rejected = () =>
  warehouse.db
    .selectFrom('activation.rejected_records')
    .select(['record_key', 'reason'])
    .orderBy('record_key')
    .execute();
const account = (key: string) => salesforce.records.get('Account')?.get(key);
const task = (key: string) => salesforce.find('Task', 'Tenure_Task_Key__c', key);

beforeEach(async () => {
  salesforce = await startSalesforce({ accounts: [A, B, C, D], users: [USER] });
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
  await accounts([
    [A, 55, 'yellow'],
    [B, 80, 'green'],
    [C, 20, 'red'],
    [D, 90, 'green'],
  ]);
  await tasks([{ key: 't1', subject: 'Call A' }]);
  await closings();
});
afterEach(async () => {
  await warehouse.close();
  await salesforce.close();
});

describe('activateDestination', () => {
  it('shows the diff and sends nothing without apply', async () => {
    const result = await activate(false);
    expect(result.diff_text).toContain('Account: 4 new, 0 changed, 0 unchanged');
    expect(result.diff_text).toContain(`+ ${A}  Tenure_Score__c 55, Tenure_Category__c "yellow"`);
    expect(salesforce.requests).toEqual([]);
    expect(await warehouse.tableColumns('activation', 'ledger')).toBeUndefined();
  });

  it('writes allowed fields to the accounts that are there, by their Id, and the second time nothing', async () => {
    await activate(true);
    expect(account(A)).toMatchObject({ Name: `Fictional ${A}`, Tenure_Score__c: 55 });
    expect(salesforce.records.get('Account')?.size).toBe(4);
    expect(salesforce.calls).toEqual([
      { object: 'Account', count: 4, by: 'Id' },
      { object: 'Task', count: 1, by: 'Tenure_Task_Key__c' },
    ]);
    expect(task('t1')).toMatchObject({ Subject: 'Call A', WhatId: A, OwnerId: USER, Status: 'Not Started' });
    const again = await activate(true);
    expect(salesforce.calls).toHaveLength(2);
    expect(again.objects.map((each) => each.sent)).toEqual([0, 0]);
  });

  it('makes no account: one that is gone or never was there is refused alone', async () => {
    const stranger = id('Z');
    salesforce.delete('Account', B);
    await accounts([
      [A, 55, 'yellow'],
      [B, 80, 'green'],
      [stranger, 20, 'red'],
    ]);
    const result = await activate(true);
    expect(result.objects[0]).toMatchObject({ sent: 1, rejected: 2, refused: null });
    expect(salesforce.created).toBe(1); // the task
    expect(await rejected()).toEqual([
      {
        record_key: B,
        reason: 'ENTITY_IS_DELETED entity is deleted (it was deleted there and is not made anew)',
      },
      { record_key: stranger, reason: 'INVALID_CROSS_REFERENCE_KEY invalid cross reference id' },
    ]);
    // nobody wants them any more
    await accounts([[A, 55, 'yellow']]);
    await activate(true);
    expect(await rejected()).toEqual([]);
  });

  it('leaves out accounts of another source and says so', async () => {
    await warehouse.query(`insert into activation.sync_salesforce__accounts values
      ('900', 'hub', date '${AS_OF}', 1, 'red', 'x'), ('${A}', 'hub', date '${AS_OF}', 1, 'red', 'x')`);
    const result = await activate(true);
    expect(result.objects[0]).toMatchObject({ sent: 4, left_out: 1, rejected: 0 });
    expect(result.diff_text).toContain(
      '1 left out: their accounts did not come from the CRM that org writes to',
    );
    expect(account(A)).toMatchObject({ Tenure_Score__c: 55 });
  });

  it('wants to know which source its accounts come from, and only fields that there are', async () => {
    const two = { ...config, sources: [...config.sources, { ...config.sources[0], name: 'emea' }] };
    await expect(activate(false, { config: two as never })).rejects.toMatchObject({
      code: 'DESTINATION_SOURCE',
      exitCode: 2,
    });
    const named = await activate(false, { config: two as never, to: { source: 'emea' } });
    expect(named.objects[0]).toMatchObject({ to_create: 0, left_out: 4 });
    await expect(activate(false, { to: { source: 'nowhere' } })).rejects.toThrow(
      /got "nowhere" \(they are crm, hub\)/,
    );
    await expect(activate(false, { to: { allow_fields: ['Tenure_Skore__c'] } })).rejects.toMatchObject({
      code: 'DESTINATION_FIELDS_UNKNOWN',
      exitCode: 2,
    });
  });

  it('clears a field by sending null, but never an owner', async () => {
    await activate(true);
    await accounts([
      [A, null, 'yellow'],
      [B, 80, 'green'],
      [C, 20, 'red'],
      [D, 90, 'green'],
    ]);
    await tasks([{ key: 't1', subject: 'Call A', owner: null }]);
    await activate(true);
    expect(account(A)).toMatchObject({ Tenure_Score__c: null });
    expect(task('t1')).toMatchObject({ OwnerId: USER });
    expect(salesforce.calls.slice(2)).toEqual([
      { object: 'Account', count: 1, by: 'Id' },
      { object: 'Task', count: 1, by: 'Id' },
    ]);
  });

  it('gives a task without an owner to the user who writes', async () => {
    await tasks([{ key: 't1', owner: null }]);
    expect((await activate(true)).objects[1]).toMatchObject({ sent: 1, rejected: 0 });
    expect(task('t1')).toMatchObject({ OwnerId: '005000000000001AAA' });
  });

  it('keeps refused records with their reasons, sends the others, and those again', async () => {
    salesforce.refuse.add(B);
    await tasks([
      { key: 't1', subject: 'x'.repeat(256) },
      { key: 't2', account: 'nonsense' },
      { key: 't3', owner: '005000000000099AAA' },
      { key: 't4' },
    ]);
    const first = await activate(true);
    expect(first.objects.map(({ sent, rejected: count }) => [sent, count])).toEqual([
      [3, 1],
      [1, 3],
    ]);
    expect((await rejected()).map(({ record_key, reason }) => [record_key, reason?.split(' ')[0]])).toEqual([
      [B, 'FIELD_CUSTOM_VALIDATION_EXCEPTION'],
      ['t1', 'STRING_TOO_LONG'],
      ['t2', 'MALFORMED_ID'],
      ['t3', 'INVALID_CROSS_REFERENCE_KEY'],
    ]);
    expect(first.objects[1]?.reasons).toHaveLength(3);
    salesforce.refuse.clear();
    await tasks([{ key: 't1' }, { key: 't2' }, { key: 't3' }, { key: 't4' }]);
    const second = await activate(true);
    expect(second.objects.map(({ sent }) => sent)).toEqual([1, 3]);
    expect(await rejected()).toEqual([]);
  });

  it('refuses the one record that makes its whole batch unreadable, not the batch', async () => {
    const many = Array.from({ length: 9 }, (_, index) => id(`M${index}`));
    salesforce.addAccounts(many);
    await accounts([
      ...many.map((each) => [each, 50, 'yellow'] as [string, number, string]),
      ['not an id', 1, 'red'],
    ]);
    const result = await activate(true);
    expect(result.objects[0]).toMatchObject({ sent: 9, rejected: 1, refused: null });
    expect((await rejected())[0]?.reason).toContain('MALFORMED_ID');
  });

  it('takes a field that is not there for what it is, and writes the other object', async () => {
    salesforce.objects.get('Account')?.fields.delete('Tenure_Category__c');
    const result = await activate(true);
    expect(result.objects[0]).toMatchObject({ sent: 0, refused: { code: 'ACTIVATION_FIELD_MISSING' } });
    expect(result.objects[0]?.refused?.message).toContain("No such column 'Tenure_Category__c'");
    expect(result.objects[1]).toMatchObject({ sent: 1, refused: null });
    expect(await ledger()).toHaveLength(1);
  });
});

describe('tasks', () => {
  it('are made from alerts that came up in time', async () => {
    await tasks([{ key: 'old', isBacklog: true }, { key: 'new' }]);
    const result = await activate(true);
    expect(result.objects[1]).toMatchObject({ sent: 1, backlog: 1 });
    expect(result.diff_text).toContain('= old  Subject "Call"');
    expect(task('old')).toBeUndefined();
    // one that was made goes on when it grows old, and so does one that was refused in time
    await tasks([{ key: 'new', subject: 'Call again', isBacklog: true }]);
    await activate(true);
    expect(task('new')).toMatchObject({ Subject: 'Call again' });
  });

  it('are completed with the reason when their alert closed by itself, once', async () => {
    await activate(true);
    await tasks([]);
    await closings('t1');
    const result = await activate(true);
    expect(result.objects[1]).toMatchObject({ to_close: 1, sent: 1 });
    expect(task('t1')).toMatchObject({
      Status: 'Completed',
      Tenure_Close_Reason__c: 'Tenure: recovered',
      Subject: 'Call A',
    });
    expect((await activate(true)).objects[1]).toMatchObject({ to_close: 0, sent: 0 });
    expect(salesforce.created).toBe(1);
  });

  it('that a run made and was killed before it noted them are found by their key, and no second is made', async () => {
    const at = destination();
    const client = salesforceDestination(at, {}, { firstWaitMs: 1, timeoutMs: 300 });
    const killed = {
      ...client,
      upsert: async (...sent: Parameters<typeof client.upsert>) => {
        await client.upsert(...sent);
        throw new Error('killed');
      },
    };
    await tasks([{ key: 't1' }, { key: 't2' }, { key: 't3' }]);
    await expect(activate(true, { client: killed, to: { allow_fields: TASKS_ALONE } })).rejects.toThrow(
      'killed',
    );
    expect(await ledger()).toEqual([]);
    // meanwhile one alert closed by itself, and of one the task was closed and deleted
    await tasks([{ key: 't2', subject: 'Call B' }]);
    await closings('t1', 't3');
    salesforce.delete('Task', String(task('t3')?.Id));
    const result = await activate(true, { to: { allow_fields: TASKS_ALONE } });
    expect(result.objects[0]).toMatchObject({ to_create: 1, to_close: 2, sent: 2, rejected: 1 });
    expect(task('t1')).toMatchObject({ Status: 'Completed', Tenure_Close_Reason__c: 'Tenure: recovered' });
    expect(task('t2')).toMatchObject({ Subject: 'Call B', Status: 'Not Started' });
    expect(salesforce.created).toBe(3);
    expect((await ledger()).map(({ record_key, remote_id }) => [record_key, remote_id])).toEqual([
      ['t1', task('t1')?.Id],
      ['t2', task('t2')?.Id],
    ]);
    expect(await rejected()).toEqual([{ record_key: 't3', reason: expect.stringContaining('was deleted') }]);
    await closings('t1');
    expect((await activate(true, { to: { allow_fields: TASKS_ALONE } })).objects[0]).toMatchObject({
      unchanged: 2,
      sent: 0,
    });
    expect(await rejected()).toEqual([]);
  });

  it('stay as they are when their status may not be written', async () => {
    await activate(true);
    await closings('t1');
    const allow_fields = destination().allow_fields.filter((field) => field !== 'Status');
    expect((await activate(true, { to: { allow_fields } })).objects[1]).toMatchObject({
      to_close: 0,
      sent: 0,
    });
    expect(task('t1')).toMatchObject({ Status: 'Not Started', Tenure_Close_Reason__c: null });
  });

  it('are not made anew when somebody deleted them', async () => {
    await activate(true);
    salesforce.delete('Task', String(task('t1')?.Id));
    await tasks([{ key: 't1', subject: 'Call B' }]);
    const result = await activate(true);
    expect(result.objects[1]).toMatchObject({ sent: 0, rejected: 1 });
    expect((await rejected())[0]?.reason).toContain('ENTITY_IS_DELETED');
    expect(salesforce.created).toBe(1);
  });

  it('are written by the key field by which the source reads them', async () => {
    const there = destination();
    const fields = salesforce.objects.get('Task')?.fields;
    fields?.set('Our_Key__c', { type: 'string', length: 64, externalId: true });
    fields?.delete('Tenure_Task_Key__c');
    const client = salesforceDestination(there, { task_key: 'Our_Key__c' });
    await activate(true, { client });
    expect(salesforce.find('Task', 'Our_Key__c', 't1')).toMatchObject({ Subject: 'Call A' });
  });
});

describe('guards', () => {
  const many = (count: number, score: number) =>
    Array.from({ length: count }, (_, index) => [id(`M${index}`), score, 'red'] as [string, number, string]);

  beforeEach(() => {
    salesforce.addAccounts(many(40, 0).map(([key]) => key));
  });

  it('send nothing of an object whose rows are older than a day, whatever the history says', async () => {
    await accounts([[A, 55, 'yellow']], '2026-06-28');
    expect(await refusals(activate(true))).toEqual(['ACTIVATION_STALE', null]);
    expect(account(A)).not.toHaveProperty('Tenure_Score__c');
    expect(task('t1')).toBeDefined();
  });

  it('refuse --as-of in the past when the rows, or what was written, are newer', async () => {
    expect(await refusals(activate(true, { asOfDate: '2026-05-31' }))).toEqual([
      'ACTIVATION_OTHER_DAY',
      'ACTIVATION_OTHER_DAY',
    ]);
    await activate(true);
    await accounts([[A, 1, 'red']], '2026-05-31');
    const back = await activate(true, { asOfDate: '2026-05-31' });
    expect(back.objects[0]?.refused?.code).toBe('ACTIVATION_OLDER_DAY');
    expect(account(A)).toMatchObject({ Tenure_Score__c: 55 });
  });

  it('send nothing of an object with a repeated key', async () => {
    await tasks([{ key: 't1' }, { key: 't1', subject: 'again' }]);
    expect(await refusals(activate(true))).toEqual([null, 'ACTIVATION_REPEATED_KEYS']);
    expect(task('t1')).toBeUndefined();
  });

  it('want --first for a first sync, and again when the ledger is lost', async () => {
    await accounts(many(40, 50));
    expect(await refusals(activate(true))).toEqual(['ACTIVATION_FIRST', null]);
    expect(salesforce.calls.map(({ object }) => object)).toEqual(['Task']);
    const dry = await activate(false);
    expect(dry.diff_text).toContain('Would be refused: No Account was ever written');
    expect(await refusals(activate(true, { isFirst: true }))).toEqual([null, null]);
    await warehouse.query('delete from activation.ledger');
    const lost = await activate(true);
    expect(lost.objects[0]?.refused?.message).toContain('The ledger of Account is lost');
  });

  it('write nothing while too few accounts have a renewal date, until it is decided by name', async () => {
    const dated = (share: number, isPaused: boolean) =>
      warehouse.query(
        `create or replace table marts.fct_data_quality as select * from (values
          ('renewal_date', ${share}, 0.7, ${isPaused}), ('owner', 0.1, null, null)
        ) as t(aspect, complete_share, pause_share, is_paused)`,
      );
    await warehouse.query('create schema if not exists marts');
    await accounts(many(40, 50));
    await dated(0.699, true);
    const refused = await activate(true, { isFirst: true });
    expect(refused.objects.map(({ refused: why }) => why?.code ?? null)).toEqual([
      'ACTIVATION_PAUSED',
      'ACTIVATION_PAUSED',
    ]);
    expect(refused.objects[0]?.refused?.message).toContain(
      '69.9 % of the accounts in scope have a renewal date',
    );
    expect(salesforce.calls).toEqual([]);
    expect((await activate(false)).diff_text).toContain('Would be refused: 69.9 %');
    await dated(0.7, false);
    expect(await refusals(activate(true, { isFirst: true }))).toEqual([null, null]);
    await warehouse.query('drop table marts.fct_data_quality');
  });

  it('judge the open records of each object alone, and get over a gap by themselves', async () => {
    await accounts(many(40, 50));
    await activate(true, { isFirst: true });
    const next = (day: string, changed: number) =>
      accounts(
        [...many(40, 50)].map(([key, score, category], index) => [
          key,
          index < changed ? 51 : score,
          category,
        ]),
        day,
      );
    await next('2026-07-01', 20); // half of them: too many for a day
    await tasks([]);
    expect(await refusals(activate(true, { asOfDate: '2026-07-01' }))).toEqual([
      'ACTIVATION_TOO_MANY_CHANGES',
      null,
    ]);
    await next('2026-07-02', 20);
    expect((await activate(true, { asOfDate: '2026-07-02' })).objects[0]).toMatchObject({
      sent: 20,
      refused: null,
    });
  });

  it('let a ledger of the version before go on', async () => {
    await accounts(many(40, 50));
    await activate(true, { isFirst: true });
    await warehouse.query('drop table activation.applies');
    await accounts(many(40, 51));
    expect((await activate(true)).objects[0]?.refused?.code).toBe('ACTIVATION_TOO_MANY_CHANGES');
    const accepted = await activate(true, { acceptsChanges: true });
    expect(accepted.objects[0]).toMatchObject({ sent: 40, refused: null });
  });

  it('say that the models were built by another version', async () => {
    await warehouse.query('alter table activation.sync_salesforce__accounts drop as_of_date');
    await expect(activate(false)).rejects.toMatchObject({ code: 'ACTIVATION_NOT_BUILT' });
  });
});

describe('what a destination lacks', () => {
  const problems = (allow_fields: string[]) =>
    salesforceDestination(destination(), {}).findProblems(allow_fields);

  it('is nothing in an org that has all fields', async () => {
    expect(
      await problems(
        SALESFORCE_OBJECTS.flatMap(({ object, models }) =>
          models.flatMap(({ fields }) => fields.map((field) => `${object}.${field}`)),
        ),
      ),
    ).toEqual([]);
    expect(salesforce.calls).toEqual([]);
  });

  it('is each missing field and right, with what to do', async () => {
    const account = salesforce.objects.get('Account')?.fields;
    const ofTask = salesforce.objects.get('Task');
    account?.delete('Tenure_Score__c');
    account?.set('Tenure_Next_Renewal__c', { type: 'string', length: 255 });
    account?.set('Tenure_Category__c', {
      type: 'picklist',
      restrictedPicklist: true,
      values: ['red', 'green'],
    });
    account?.set('Tenure_Trend__c', { type: 'string', length: 20, updateable: false });
    ofTask?.fields.set('Tenure_Task_Key__c', { type: 'string', length: 64 });
    ofTask?.fields.set('Status', { type: 'picklist', values: ['Open', 'Closed'] });
    Object.assign(ofTask ?? {}, { createable: false });
    expect(
      await problems([
        'Tenure_Score__c',
        'Tenure_Next_Renewal__c',
        'Tenure_Category__c',
        'Tenure_Trend__c',
        'Task.Subject',
        'Task.Status',
      ]),
    ).toEqual([
      'Account.Tenure_Score__c is not there, or the user may not see it: make it as Number(3, 0) and give it to a permission set of the user who writes (Read and Edit Access)',
      'Account.Tenure_Category__c has no value yellow: add it to the picklist',
      'Account.Tenure_Trend__c may not be written by the user: give it to a permission set of the user who writes (Read and Edit Access)',
      'Account.Tenure_Next_Renewal__c is of type string, expected date: make it as Date',
      'the user may not create and edit Task: give the right in a permission set',
      'Task.Status has no value Completed: add it to the picklist',
      'Task.Tenure_Task_Key__c is no external id: tick "External ID" on the field',
    ]);
  });

  it('is not asked for of an object of which nothing may be written', async () => {
    salesforce.objects.get('Task')?.fields.delete('Tenure_Task_Key__c');
    expect(await problems(['Account.Tenure_Score__c'])).toEqual([]);
    expect(await problems(['Task.Subject'])).toEqual([
      'Task.Tenure_Task_Key__c is not there, or the user may not see it: make it as Text(64), External ID, and give it to a permission set of the user who writes (Read and Edit Access)',
    ]);
  });
});

describe('a CRM that is busy, slow or not one', () => {
  it('is tried again, not before Retry-After, and no record is made twice', async () => {
    salesforce.failNext.push({ status: 429 }, { status: 503, retryAfter: 1 });
    const started = Date.now();
    await activate(true);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
    expect(salesforce.created).toBe(1);
  });

  it('is not waited for when it asks for long, by seconds or by date', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    for (const retryAfter of [3600, inAnHour]) {
      salesforce.failNext.push({ status: 503, retryAfter });
      expect(await refusals(activate(true))).toEqual(['ACTIVATION_BUSY', 'ACTIVATION_BUSY']);
    }
  });

  it('that does not answer is asked twice, and then nothing more is sent', async () => {
    salesforce.failNext.push({ hang: true }, { hang: true });
    const started = Date.now();
    expect(await refusals(activate(true))).toEqual(['ACTIVATION_TIMED_OUT', 'ACTIVATION_TIMED_OUT']);
    expect(Date.now() - started).toBeLessThan(5000);
    expect(salesforce.requests).toHaveLength(2);
  });

  it('that took a batch without saying so gets it again, and makes nothing twice', async () => {
    salesforce.failNext.push({}, { dropAfter: true });
    await activate(true);
    expect(salesforce.created).toBe(1);
    expect((await ledger()).find(({ record_key }) => record_key === 't1')?.remote_id).toBe(task('t1')?.Id);
  });

  it('says that the login was refused, and asks no further', async () => {
    const to = { auth: { instance_url: salesforce.url, access_token: 'MARKERTOKEN' } };
    const result = await activate(true, { to });
    expect(result.objects.map(({ refused }) => refused?.code)).toEqual([
      'ACTIVATION_LOGIN_FAILED',
      'ACTIVATION_LOGIN_FAILED',
    ]);
    expect(salesforce.requests).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('MARKERTOKEN');
  });

  it('never gets the token that it should not have: redirects are refused', async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/services?secret=1`;
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        salesforce.failNext.push({ status, location: elsewhere }, { status, location: elsewhere });
        expect(await refusals(activate(true))).toEqual(['ACTIVATION_REDIRECTED', 'ACTIVATION_REDIRECTED']);
      }
      expect(seen).toEqual([]);
    } finally {
      other.close();
    }
  });

  it('that shows a login page is told from one that refuses records', async () => {
    salesforce.failNext.push({ html: true }, { html: true });
    const result = await activate(true);
    expect(result.objects.map(({ refused }) => refused?.code)).toEqual([
      'ACTIVATION_NO_API',
      'ACTIVATION_NO_API',
    ]);
    expect(result.objects[0]?.refused?.message).toContain('text/html');
    expect(await rejected()).toEqual([]);
  });

  it('is not written to without https, but on this machine', async () => {
    const to = { auth: { instance_url: 'http://example.my.salesforce.com', access_token: 'good' } };
    expect(await refusals(activate(true, { to }))).toEqual([
      'ACTIVATION_URL_UNSAFE',
      'ACTIVATION_URL_UNSAFE',
    ]);
  });
});

describe('opportunities', () => {
  const [won, gone] = ['006000000000001AAA', '006000000000002AAA'];
  const fields = ['Tenure_Deal_Renewal__c', 'Tenure_Deal_Likelihood__c', 'Tenure_Deal_Next_Step__c'];
  const columns =
    'record_key, source_name, as_of_date, Tenure_Deal_Renewal__c, Tenure_Deal_Likelihood__c, Tenure_Deal_Next_Step__c';

  it('are written by their Id, cleared, and never made', async () => {
    await salesforce.close();
    salesforce = await startSalesforce({ opportunities: [won] });
    const rows = (likelihood: number | null) =>
      table(
        'opportunities',
        columns,
        [won, gone]
          .map((key) => `('${key}', 'crm', date '${AS_OF}', date '2026-12-31', ${likelihood}, 'Call them')`)
          .join(),
      );
    const write = () => activate(true, { to: { allow_fields: fields } });
    await rows(85);
    const [first] = (await write()).objects;
    expect(first).toMatchObject({ object: 'Opportunity', sent: 1, rejected: 1 });
    expect(first?.reasons[0]?.reason).toMatch(/INVALID_CROSS_REFERENCE_KEY/);
    expect(salesforce.records.get('Opportunity')?.get(won)).toMatchObject({
      Tenure_Deal_Renewal__c: '2026-12-31',
      Tenure_Deal_Likelihood__c: 85,
      Tenure_Deal_Next_Step__c: 'Call them',
    });
    await rows(null);
    expect((await write()).objects.map(({ object }) => object)).toEqual(['Opportunity']);
    expect(salesforce.records.get('Opportunity')?.get(won)?.Tenure_Deal_Likelihood__c).toBeNull();
    expect(salesforce.created).toBe(0);
  });

  it('keep what the score was, a day after the other, and the last review, where that is allowed', async () => {
    await salesforce.close();
    salesforce = await startSalesforce({ opportunities: [won] });
    const kept = ['Tenure_Deal_Score_180__c', 'Tenure_Deal_Score_90__c'];
    const review = ['Tenure_Deal_Last_Review__c', 'Tenure_Deal_Review_Notes__c'];
    const rows = (later: number | null, notes: string) =>
      table(
        'opportunities',
        ['record_key', 'source_name', 'as_of_date', ...kept, ...review].join(),
        `('${won}', 'crm', date '${AS_OF}', 72, ${later}, date '2026-06-10', '${notes}')`,
      );
    const write = async (allow_fields: readonly string[]) =>
      (await activate(true, { to: { allow_fields } })).objects.map(({ sent }) => sent);
    const there = () => salesforce.records.get('Opportunity')?.get(won);
    await rows(null, 'More seats.');
    expect(await write(kept)).toEqual([1]);
    expect(there()).toMatchObject({
      Tenure_Deal_Score_180__c: 72,
      Tenure_Deal_Score_90__c: null,
      Tenure_Deal_Review_Notes__c: null,
    });
    await rows(64, 'x'.repeat(3999).concat('…'));
    expect(await write([...kept, ...review])).toEqual([1]);
    expect(there()).toMatchObject({
      Tenure_Deal_Score_180__c: 72,
      Tenure_Deal_Score_90__c: 64,
      Tenure_Deal_Last_Review__c: '2026-06-10',
      Tenure_Deal_Review_Notes__c: 'x'.repeat(3999).concat('…'),
    });
    expect(await write([...kept, ...review])).toEqual([0]);
  });
});

describe('a write whose answer was never heard', () => {
  it('is sent again, also where what the ledger has is wanted once more', async () => {
    await activate(true);
    const rows = (score: number) =>
      accounts([
        [A, score, 'yellow'],
        [B, 80, 'green'],
        [C, 20, 'red'],
        [D, 90, 'green'],
      ]);
    await rows(56);
    salesforce.failNext = [{ hangAfter: true }, { hangAfter: true }];
    expect(await refusals(activate(true))).toContain('ACTIVATION_TIMED_OUT');
    expect(account(A)?.Tenure_Score__c).toBe(56);
    await rows(55);
    await activate(true);
    expect(account(A)?.Tenure_Score__c).toBe(55);
  });
});

describe('what was changed by hand', () => {
  const verify = () => {
    const there = destination();
    return verifyDestination({
      config,
      destination: there,
      warehouse,
      client: salesforceDestination(there, {}, { firstWaitMs: 1 }),
    });
  };

  it('is found, with what was deleted, and nothing is written', async () => {
    await tasks([{ key: 't1' }, { key: 't2' }, { key: 't3', owner: null }]);
    await activate(true);
    const calls = salesforce.calls.length;
    expect(await verify()).toEqual({ destination: 'org', verified: 7, deviations: [] });
    salesforce.change('Account', A, { Tenure_Score__c: 99 });
    salesforce.change('Account', B, { Name: 'Another name' });
    // its status is the CRM's
    salesforce.change('Task', String(task('t2')?.Id), { Status: 'Completed', OwnerId: '005000000000001AAA' });
    const gone = String(task('t1')?.Id);
    salesforce.delete('Task', gone);
    const found = await verify();
    expect(found.deviations).toEqual([
      {
        object: 'Account',
        record_key: A,
        remote_id: A,
        kind: 'changed',
        fields: { Tenure_Score__c: [55, 99] },
      },
      { object: 'Task', record_key: 't1', remote_id: gone, kind: 'deleted', fields: {} },
      {
        object: 'Task',
        record_key: 't2',
        remote_id: String(task('t2')?.Id),
        kind: 'changed',
        fields: { OwnerId: [USER, '005000000000001AAA'] },
      },
    ]);
    expect(verifyText(found)).toContain('org: 7 records looked at, 2 changed by hand, 1 deleted');
    expect(salesforce.calls).toHaveLength(calls);
    await activate(true);
    expect(salesforce.created).toBe(3);
    expect(account(A)).toMatchObject({ Tenure_Score__c: 99 });
  });
});
