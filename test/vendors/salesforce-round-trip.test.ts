import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type StandIn, startSalesforce } from '../salesforce-stand-in.ts';
import { answer } from '../tenure.ts';

const org = fileURLToPath(new URL('./org.ts', import.meta.url));
const FIRST = '2026-06-30';
/** The day after the notices of 60 days, fired on 21 June, were due. */
const LATER = '2026-07-14';
const CSM = '005000000000010AAA';
const accountOf = (name: string) => `001000000000${name}AAA`;
const [DONE, UNTOUCHED, RENEWED] = ['DON', 'UNT', 'REN'].map(accountOf) as [string, string, string];

/**
 * Three accounts of an org whose contracts end on 19 August. Tenure makes a task for each; one is done, one is left
 * alone, and of one the renewal is signed. The org is read again, and what happened there is known here.
 */
describe('a task of Salesforce', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-round-trip-'));
  const config = join(folder, 'tenure.yaml');
  const streams = join(folder, 'streams.json');
  let now = '2026-06-30T12:00:00.000+0000';
  let salesforce: StandIn;

  const at = (day: string) => `${day}T08:00:00.000+0000`;
  const contract = (id: string, account: string, more: object = {}) => ({
    Id: id,
    AccountId: account,
    StartDate: '2025-08-20',
    EndDate: '2026-08-19',
    ARR__c: 50_000,
    Status: 'Activated',
    IsDeleted: false,
    SystemModstamp: at('2025-08-20'),
    ...more,
  });

  /** What the org's source says: its records as they stand, and the contracts, which are no part of the stand-in. */
  const export_ = (contracts: readonly object[]) => {
    const recordsOf = (object: string) => [...(salesforce.records.get(object)?.values() ?? [])];
    writeFileSync(
      streams,
      JSON.stringify([
        {
          name: 'Account',
          fields: {
            Id: 'string',
            Name: 'string',
            OwnerId: 'string',
            IsDeleted: 'boolean',
            CreatedDate: 'date-time',
            SystemModstamp: 'date-time',
          },
          records: [DONE, UNTOUCHED, RENEWED].map((Id) => ({
            Id,
            Name: `Fictional ${Id}`,
            OwnerId: CSM,
            IsDeleted: false,
            CreatedDate: at('2024-06-01'),
            SystemModstamp: at('2025-01-01'),
          })),
        },
        {
          name: 'Contract',
          fields: {
            Id: 'string',
            AccountId: 'string',
            StartDate: 'date',
            EndDate: 'date',
            ARR__c: 'number',
            Status: 'string',
            Previous_Contract__c: 'string',
            IsDeleted: 'boolean',
            SystemModstamp: 'date-time',
          },
          records: contracts,
        },
        {
          name: 'User',
          fields: {
            Id: 'string',
            Email: 'string',
            Name: 'string',
            IsActive: 'boolean',
            SystemModstamp: 'date-time',
          },
          records: [
            {
              Id: CSM,
              Email: 'csm@fictional.example',
              Name: 'Fictional CSM',
              IsActive: true,
              SystemModstamp: at('2025-01-01'),
            },
          ],
        },
        {
          name: 'Task',
          fields: {
            ...Object.fromEntries(
              [...(salesforce.objects.get('Task')?.fields ?? [])].map(([field, { type }]) => [
                field,
                type === 'datetime' ? 'date-time' : type === 'date' ? 'date' : 'string',
              ]),
            ),
            IsDeleted: 'boolean',
            SystemModstamp: 'date-time',
          },
          records: recordsOf('Task').map((record) => ({ ...record, IsDeleted: false })),
        },
      ]),
    );
  };

  const tenure = (day: string, ...args: string[]) =>
    answer<never>([...args, '--config', config, '--as-of', day]);
  const query = (sql: string) => answer<Record<string, unknown>[]>(['query', sql, '--config', config]);
  const line = async (day: string) => {
    await tenure(day, 'run', '--until', 'score', '--skip-tests');
    await tenure(day, 'activate', '--apply');
  };
  const alerts = () =>
    query(
      `select account_id, state, has_task, close_reason from marts.fct_alerts
       where rule = 'renewal_notice' and milestone like '%:60' order by account_id`,
    );
  const checks = () =>
    query(
      `select check_id, value, n from marts.fct_checks
       where check_id in ('M2', 'M11') and as_of_date = (select max(as_of_date) from marts.fct_checks)
       order by check_id`,
    );

  beforeAll(async () => {
    salesforce = await startSalesforce({
      accounts: [DONE, UNTOUCHED, RENEWED],
      users: [CSM],
      now: () => now,
    });
    writeFileSync(
      config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: '2026-03-31' },
        sources: [{ name: 'crm', kind: 'salesforce', connector: { exec: [process.execPath, org, streams] } }],
        destinations: [
          {
            name: 'org',
            kind: 'salesforce',
            auth: { instance_url: salesforce.url, access_token: 'good' },
            allow_fields: [
              'Account.Tenure_Score__c',
              'Subject',
              'WhatId',
              'OwnerId',
              'ActivityDate',
              'Status',
              'Tenure_Close_Reason__c',
            ],
          },
        ],
      }),
    );
    const contracts = [DONE, UNTOUCHED, RENEWED].map((account, index) =>
      contract(`80000000000000${index}AAA`, account),
    );
    export_(contracts);
    await line(FIRST);
  });
  afterAll(async () => {
    await salesforce.close();
    rmSync(folder, { recursive: true });
  });

  it('is made from an alert, for the account and its owner', async () => {
    expect(await alerts()).toEqual(
      [DONE, RENEWED, UNTOUCHED].map((account_id) => ({
        account_id,
        state: 'created',
        has_task: false,
        close_reason: null,
      })),
    );
    const made = [...(salesforce.records.get('Task')?.values() ?? [])];
    expect(
      made.map(({ WhatId, OwnerId, ActivityDate, Status }) => ({ WhatId, OwnerId, ActivityDate, Status })),
    ).toEqual(
      expect.arrayContaining(
        [DONE, RENEWED, UNTOUCHED].map((WhatId) => ({
          WhatId,
          OwnerId: CSM,
          ActivityDate: '2026-07-13',
          Status: 'Not Started',
        })),
      ),
    );
    expect(await checks()).toMatchObject([
      { check_id: 'M11', value: null, n: 0 },
      { check_id: 'M2', value: null, n: 0 },
    ]);
  });

  it('comes back with what was done, and moves the checks', async () => {
    now = '2026-07-08T15:00:00.000+0000';
    const done = salesforce.find('Task', 'WhatId', DONE);
    salesforce.change('Task', String(done?.Id), { Status: 'Completed' });
    const contracts = [DONE, UNTOUCHED, RENEWED].map((account, index) =>
      contract(`80000000000000${index}AAA`, account),
    );
    const renewal = contract('800000000000009AAA', RENEWED, {
      StartDate: '2026-08-20',
      EndDate: '2027-08-19',
      Previous_Contract__c: '800000000000002AAA',
      SystemModstamp: at('2026-07-09'),
    });
    export_([...contracts, renewal]);
    now = '2026-07-14T12:00:00.000+0000';
    await line(LATER);

    expect(await alerts()).toEqual([
      { account_id: DONE, state: 'actioned', has_task: true, close_reason: null },
      { account_id: RENEWED, state: 'closed', has_task: true, close_reason: 'renewal_renewed' },
      { account_id: UNTOUCHED, state: 'ignored', has_task: true, close_reason: null },
    ]);
    expect(await checks()).toMatchObject([
      { check_id: 'M11', value: 0.5, n: 2 },
      { check_id: 'M2', value: 0.5, n: 2 },
    ]);
  }, 900_000);

  it('is completed with the reason when its alert closed by itself, and only then', () => {
    expect(salesforce.find('Task', 'WhatId', RENEWED)).toMatchObject({
      Status: 'Completed',
      Tenure_Close_Reason__c: 'Tenure: renewal_renewed',
    });
    expect(salesforce.find('Task', 'WhatId', UNTOUCHED)).toMatchObject({ Status: 'Not Started' });
    expect(salesforce.find('Task', 'WhatId', DONE)).toMatchObject({ Tenure_Close_Reason__c: null });
    const keys = [...(salesforce.records.get('Task')?.values() ?? [])].map((task) => task.Tenure_Task_Key__c);
    expect(new Set(keys).size).toBe(keys.length);
    expect(salesforce.records.get('Account')?.size).toBe(3);
  });
});
