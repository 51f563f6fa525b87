import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VendorsLine } from './vendors-line.ts';

const STANDARD = { Id: 'string', SystemModstamp: 'date-time', IsDeleted: 'boolean' } as const;
const at = (day: string) => `${day}T08:00:00Z`;

/** Where orgs keep their contracts when not in Contract: won opportunities, fields of the account, an object of their own. */
describe('contracts of Salesforce outside of Contract', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-sf-contracts-'));
  const source = (name: string, streams: readonly object[], more: object) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(streams));
    const exec = [process.execPath, join(import.meta.dirname, 'org.ts'), file];
    return { name, kind: 'salesforce', connector: { exec }, ...more };
  };
  const accounts = (...ids: string[]) => ({
    name: 'Account',
    fields: { ...STANDARD, Name: 'string', CreatedDate: 'date-time' },
    records: ids.map((Id) => ({
      Id,
      Name: Id,
      CreatedDate: at('2025-01-01'),
      SystemModstamp: at('2025-01-01'),
    })),
  });
  const deal = (Id: string, more: object) => ({
    Id,
    AccountId: 'deals',
    IsClosed: true,
    IsWon: true,
    SystemModstamp: at('2026-01-10'),
    ...more,
  });
  const sales = source(
    'sales',
    [
      accounts('deals', 'talking'),
      {
        name: 'Opportunity',
        fields: {
          ...STANDARD,
          ...{
            AccountId: 'string',
            Type: 'string',
            StageName: 'string',
            Amount: 'number',
            CloseDate: 'date',
          },
          ...{
            IsClosed: 'boolean',
            IsWon: 'boolean',
            Begins__c: 'date',
            Ends__c: 'date',
            Months__c: 'integer',
          },
        },
        records: [
          // two years for 24,000: 12,000 a year; the end is the last day
          deal('two-years', {
            Amount: 24_000,
            Begins__c: '2026-01-01',
            Ends__c: '2027-12-31',
            CloseDate: '2025-12-20',
          }),
          // begins with its close, 18 months for 9,000
          deal('by-months', { Amount: 9_000, Months__c: 18, CloseDate: '2026-02-01' }),
          // won without any term: none of the contracts, and said
          deal('no-term', { Amount: 500, CloseDate: '2026-02-01' }),
          // won, then not: none from then on
          deal('taken-back', { Amount: 1_200, Begins__c: '2026-01-01', Ends__c: '2026-12-31' }),
          deal('taken-back', { Begins__c: '2026-01-01', IsWon: false, SystemModstamp: at('2026-03-01') }),
          deal('open', {
            AccountId: 'talking',
            IsClosed: false,
            IsWon: false,
            Months__c: 12,
            CloseDate: '2026-09-01',
          }),
        ],
      },
    ],
    {
      contracts_from: 'Opportunity',
      fields: { term_start_date: 'Begins__c', term_end_date: 'Ends__c', term_months: 'Months__c' },
    },
  );
  const simple = source(
    'simple',
    [
      {
        name: 'Account',
        fields: { ...STANDARD, Name: 'string', Renews_On__c: 'date', Yearly__c: 'number' },
        records: [
          // renews on the day itself; a year long, because nothing says otherwise
          {
            Id: 'fields',
            Name: 'F',
            Renews_On__c: '2026-10-01',
            Yearly__c: 5_000,
            SystemModstamp: at('2026-01-05'),
          },
          // moved on by a year: a new term that begins where the old one ended
          {
            Id: 'fields',
            Name: 'F',
            Renews_On__c: '2027-10-01',
            Yearly__c: 6_000,
            SystemModstamp: at('2026-05-05'),
          },
          {
            Id: 'prospect',
            Name: 'P',
            Renews_On__c: null,
            Yearly__c: null,
            SystemModstamp: at('2026-01-05'),
          },
        ],
      },
    ],
    { contracts_from: 'Account', fields: { renewal_date: 'Renews_On__c', arr: 'Yearly__c' } },
  );
  const own = source(
    'own',
    [
      accounts('subscribed'),
      {
        name: 'Subscription__c',
        fields: {
          ...STANDARD,
          Customer__c: 'string',
          From__c: 'date',
          To__c: 'date',
          Acv__c: 'number',
          Licences__c: 'integer',
        },
        records: [
          {
            Id: 's1',
            Customer__c: 'subscribed',
            From__c: '2026-02-01',
            To__c: '2027-01-31',
            Acv__c: 700,
            Licences__c: 7,
            SystemModstamp: at('2026-02-01'),
          },
        ],
      },
    ],
    {
      contracts_from: 'Subscription__c',
      fields: {
        ...{ contract_account_id: 'Customer__c', term_start_date: 'From__c', term_end_date: 'To__c' },
        ...{ arr: 'Acv__c', seats: 'Licences__c' },
      },
    },
  );
  const line = new VendorsLine(folder, 'tenure', [sales, simple, own]);

  beforeAll(async () => {
    await line.sync();
    await line.build('+int_canonical__contracts', '+int_canonical__accounts');
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read with their terms and yearly amounts', async () => {
    const rows = await line.query(`
      select source_name, contract_id, account_id, term_start_date, term_end_date, arr, seats, known_date, known_until_date
      from intermediate.int_canonical__contracts order by source_name, contract_id, known_date`);
    const ever = { known_date: '1900-01-01', known_until_date: '9999-12-31', seats: null };
    expect(rows).toEqual([
      {
        ...{ source_name: 'own', contract_id: 's1', account_id: 'subscribed', arr: 700, ...ever, seats: 7 },
        ...{ term_start_date: '2026-02-01', term_end_date: '2027-02-01' },
      },
      {
        ...{ source_name: 'sales', contract_id: 'by-months', account_id: 'deals', arr: 6000, ...ever },
        ...{ term_start_date: '2026-02-01', term_end_date: '2027-08-01' },
      },
      {
        ...{ source_name: 'sales', contract_id: 'taken-back', account_id: 'deals', arr: 1200, ...ever },
        ...{ term_start_date: '2026-01-01', term_end_date: '2027-01-01', known_until_date: '2026-03-01' },
      },
      {
        ...{ source_name: 'sales', contract_id: 'two-years', account_id: 'deals', arr: 12_000, ...ever },
        ...{ term_start_date: '2026-01-01', term_end_date: '2028-01-01' },
      },
      {
        ...{ source_name: 'simple', contract_id: 'fields', account_id: 'fields', arr: 5000, ...ever },
        ...{ term_start_date: '2025-10-01', term_end_date: '2026-10-01', known_until_date: '2026-05-05' },
      },
      {
        ...{ source_name: 'simple', contract_id: 'fields', account_id: 'fields', arr: 6000, ...ever },
        ...{ term_start_date: '2026-10-01', term_end_date: '2027-10-01', known_date: '2026-05-05' },
      },
    ]);
  });

  it('make customers of their accounts, and of nobody else', async () => {
    const rows = await line.query<{ account_id: string }>(
      'select distinct account_id from intermediate.int_canonical__accounts order by 1',
    );
    expect(rows.map((row) => row.account_id)).toEqual(['deals', 'fields', 'subscribed']);
  });
});
