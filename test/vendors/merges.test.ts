import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asCsvFiles, randomCompany } from '../oracle/random-company.ts';
import { answer } from '../tenure.ts';
import { airbyteMessages, type ToldStream } from './airbyte-messages.ts';
import { VendorsLine } from './vendors-line.ts';

const START = '2026-01-01';
const FIRST_BUILD = '2026-03-10';
const END = '2026-04-30';

/** Accounts by number: 1 goes into 2, 2 into 3, 4 into 5; the rest stay as they are. */
const MERGES = [
  { loser: 1, winner: 2, on: '2026-02-10' },
  { loser: 2, winner: 3, on: '2026-03-05' },
  { loser: 4, winner: 5, on: '2026-03-20' },
] as const;
const ACCOUNTS = 7;

/**
 * The same random company four times over: as its CRM merges it (`A`), as if it never did (`B`), as if all that was merged
 * by the end always had been one account (`C`), and as if only the first merge always had been (`D`). What is an account's
 * once the merge is known is what `C` says, what was so before is what `B` says.
 */
const WORLDS: Readonly<Record<string, (account: number) => number>> = {
  A: (account) => account,
  B: (account) => account,
  C: (account) => ({ 1: 3, 2: 3, 4: 5 })[account] ?? account,
  D: (account) => ({ 1: 2 })[account] ?? account,
};

/** An account's id as Salesforce's pages show it, in letters of both cases. */
const shortId = (world: string, account: number) => `001${world}000aBcDeF${account}z`;

/** The three characters that make it safe whatever the case: for each five characters a letter or digit. */
function longId(short: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
  const suffix = [0, 5, 10].map((from) => {
    const bits = [...short.slice(from, from + 5)].map((letter) => (/[A-Z]/.test(letter) ? 1 : 0));
    return alphabet[bits.reduce<number>((sum, bit, place) => sum + bit * 2 ** place, 0)];
  });
  return short + suffix.join('');
}

const idOf = (world: string, account: number) => longId(shortId(world, account));

describe('accounts that Salesforce merged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-merges-'));
  const told = (name: string) => join(folder, `${name}.ndjson`);
  const source = (name: string, kind: string, more: object = {}) => ({
    name,
    kind,
    connector: {
      exec: [process.execPath, join(import.meta.dirname, 'recorded.ts'), told(name)],
    },
    ...more,
  });
  const line = new VendorsLine(folder, 'tenure', [
    { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } },
    source('crm', 'salesforce'),
    source('desk', 'zendesk'),
  ]);

  beforeAll(async () => {
    mkdirSync(join(folder, 'data'));
    for (const [name, text] of Object.entries(asCsvFiles(company())))
      if (name !== 'accounts.csv') writeFileSync(join(folder, 'data', name), text);
    writeFileSync(told('desk'), airbyteMessages(DESK));
    const built = [
      '+path:intermediate/history',
      '+fct_account_health_daily',
      '+fct_signal_contributions_daily',
      '+fct_arr_movements',
      '+dim_accounts',
    ];
    // the first merge is known on its day, the second late, the third while the history grows
    writeFileSync(told('crm'), airbyteMessages(crm(MERGES.slice(0, 1))));
    await line.sync(FIRST_BUILD);
    await line.buildOn(FIRST_BUILD, ...built);
    writeFileSync(told('crm'), airbyteMessages(crm(MERGES)));
    await line.sync(END);
    await line.buildOn(END, ...built, '+fct_account_churns', '+fct_retention');
    days = await line.query(`
      select
        account_id, as_of_date, round(score, 9) as score, weight_coverage, category, category_effective, arr,
        days_to_renewal
      from marts.fct_account_health_daily order by account_id, as_of_date`);
    signalDays = await line.query(`
      select account_id, as_of_date, signal, round(measure, 9) as measure, signal_value
      from marts.fct_signal_contributions_daily order by account_id, as_of_date, signal`);
  }, 1_800_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  type Day = Readonly<Record<string, unknown>> & { account_id: string; as_of_date: string };
  let days: readonly Day[] = [];
  let signalDays: readonly Day[] = [];
  const within = (all: readonly Day[], world: string, account: number, from: string, until: string) =>
    all
      .filter(({ account_id }) => account_id === idOf(world, account))
      .filter(({ as_of_date }) => as_of_date >= from && as_of_date < until)
      .map(({ account_id: _, ...day }) => day);
  const health = (world: string, account: number, from: string, until: string) =>
    within(days, world, account, from, until);
  const signals = (world: string, account: number, from: string, until: string) =>
    within(signalDays, world, account, from, until);
  const AFTER = '2026-05-01';

  it('change nothing of the days before the merge is known', () => {
    for (const [account, until] of [
      [1, '2026-02-10'],
      [2, '2026-02-10'],
      [3, '2026-03-05'],
      [4, '2026-03-20'],
      [5, '2026-03-20'],
      [6, AFTER],
      [7, AFTER],
    ] as const) {
      const before = health('A', account, START, until);
      expect(before.length).toBeGreaterThan(30);
      expect(before).toEqual(health('B', account, START, until));
      expect(signals('A', account, START, until)).toEqual(signals('B', account, START, until));
    }
  });

  it('are from then on what they were together, usage, tickets and contracts of long ago included', () => {
    for (const [account, world, from, until] of [
      [2, 'D', '2026-02-10', '2026-03-05'],
      [3, 'C', '2026-03-05', AFTER],
      [5, 'C', '2026-03-20', AFTER],
    ] as const) {
      const since = health('A', account, from, until);
      expect(since.length).toBeGreaterThan(20);
      expect(since).toEqual(health(world, account, from, until));
      expect(signals('A', account, from, until)).toEqual(signals(world, account, from, until));
      expect(since).not.toEqual(health('B', account, from, until));
    }
  });

  it('have no day of their own any more', async () => {
    for (const { loser, on } of MERGES) expect(health('A', loser, on, AFTER)).toEqual([]);
    const found = await line.query(
      `select account_id, merged_into_account_id, is_churned, arr from marts.dim_accounts where merged_into_account_id is not null order by 1`,
    );
    expect(found).toEqual(
      [1, 2, 4].map((account) => ({
        account_id: idOf('A', account),
        merged_into_account_id: idOf('A', account === 4 ? 5 : 3),
        is_churned: false,
        arr: 0,
      })),
    );
  });

  it('move no ARR and lose no logo: restated, they always were one', async () => {
    const restated = async (world: string, table: string, columns: string, key: string) =>
      (
        await line.query<Record<string, string>>(
          `select account_id, ${columns} from ${table} where account_id like '001${world}%' order by account_id, ${key}`,
        )
      ).map(({ account_id, ...row }) => ({ account: account_id?.slice(13, 14), ...row }));
    for (const [table, columns, key, least] of [
      [
        'marts.fct_arr_movements',
        'month, arr_start, arr_new, arr_expansion, arr_contraction, arr_churned, arr_reactivation, arr_end',
        'month',
        10,
      ],
      ['marts.fct_account_churns', 'churn_date, arr_lost', 'churn_date', 0],
      [
        'intermediate.int_renewals__renewals',
        'substr(contract_id, 2) as contract, renewal_date, outcome_known_date, renewal_outcome, arr, renewed_arr',
        'contract, renewal_date',
        10,
      ],
    ] as const) {
      const merged = await restated('A', table, columns, key);
      expect(merged.length).toBeGreaterThanOrEqual(least);
      expect(merged).toEqual(await restated('C', table, columns, key));
    }
    const [sums] = await line.query<{ moved: number }>(`
      select sum(arr_start + arr_new + arr_expansion + arr_contraction + arr_churned + arr_reactivation - arr_end) as moved
      from marts.fct_arr_movements`);
    expect(Number(sums?.moved)).toBe(0);
  });

  it('take ids of 15 and of 18 characters for one, in files, support and from the terminal', async () => {
    const [counted] = await line.query<{ accounts: number }>(
      `select count(distinct account_id) as accounts from intermediate.int_canonical__usage_events where length(account_id) <> 18`,
    );
    expect(counted).toEqual({ accounts: 0 });
    expect(
      await line.query(`select customer_id, account_id from intermediate.int_accounts__identities`),
    ).toEqual([{ customer_id: '1', account_id: idOf('Z', 0) }]);
    const explained = await answer<{ account_id: string }>([
      ...['explain', shortId('C', 3), '--config', join(folder, 'tenure.yaml'), '--as-of', END],
    ]);
    expect(explained.account_id).toBe(idOf('C', 3));
  });

  it('leaves out a Zendesk ticket from the day on which it is known to be merged', async () => {
    expect(
      await line.query(
        `select ticket_id, account_id, known_until_date from intermediate.int_canonical__tickets where source_name = 'desk' order by 1`,
      ),
    ).toEqual([
      { ticket_id: '101', account_id: idOf('Z', 0), known_until_date: '9999-12-31' },
      { ticket_id: '102', account_id: idOf('Z', 0), known_until_date: '2026-04-12' },
    ]);
  });

  it('counts a Salesforce contract once it is activated, and a cancellation up to its last day', async () => {
    expect(
      await line.query(`
        select contract_id, known_date, term_end_date, cancel_effective_date
        from intermediate.int_canonical__contracts where source_name = 'crm' order by 1, 2`),
    ).toEqual([
      {
        contract_id: '800a',
        known_date: '1900-01-01',
        term_end_date: '2026-05-01',
        cancel_effective_date: '2026-05-01',
      },
      {
        contract_id: '800c',
        known_date: '2026-03-02',
        term_end_date: '2027-03-01',
        cancel_effective_date: null,
      },
    ]);
    expect(
      await line.query(
        `select distinct contract_id, left_out_reason from staging.stg_salesforce__contracts where left_out_reason is not null order by 1`,
      ),
    ).toEqual([
      { contract_id: '800b', left_out_reason: 'in_approval' },
      { contract_id: '800c', left_out_reason: 'draft' },
    ]);
  });
});

/** The company of each world as files, with the short ids; each account has had a term before, renewed late by another. */
function company() {
  const base = randomCompany({ seed: 7, accounts: ACCOUNTS, start: START, days: 119 });
  const numbers = new Map(
    base.accounts.map(({ account_id }) => [account_id, Number(account_id.slice(-3)) + 1]),
  );
  for (const [account_id, number] of numbers) {
    const arr = 1000 * number;
    const terms = [
      ['2025-02-01', '2026-02-01', arr],
      [`2026-02-${10 + number}`, '2027-02-01', arr + 500],
    ] as const;
    for (const [part, [term_start_date, term_end_date, amount]] of terms.entries())
      base.contracts.push({
        contract_id: `${account_id}-term${part}`,
        account_id,
        term_start_date,
        term_end_date,
        arr: amount,
        seats: 5,
        product: `only of ${number}`,
        known_at: `${term_start_date}T08:00:00Z`,
      });
    // one that is not renewed
    if (number % 2 === 1)
      base.contracts.push({
        contract_id: `${account_id}-lost`,
        account_id,
        term_start_date: '2025-01-10',
        term_end_date: '2026-01-10',
        arr: 700,
        seats: 1,
        product: `lost by ${number}`,
        known_at: '2025-01-01T08:00:00Z',
      });
  }
  const inWorld = (world: string, row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => {
        if (column === 'account_id')
          return [column, shortId(world, WORLDS[world]?.(numbers.get(value) ?? 0) ?? 0)];
        if (Array.isArray(value)) return [column, value.map((item) => `${world}${item}`)];
        const isKey = /_id$/.test(column) || column === 'email';
        return [column, isKey && typeof value === 'string' ? `${world}${value}` : value];
      }),
    );
  return Object.fromEntries(
    Object.entries(base).map(([table, rows]) => [
      table,
      Object.keys(WORLDS).flatMap((world) => rows.map((row: object) => inWorld(world, row))),
    ]),
  ) as unknown as ReturnType<typeof randomCompany>;
}

/** What Salesforce says once some of the merges are done: accounts by their long ids, the losers as deleted. */
function crm(merges: readonly { loser: number; winner: number; on: string }[]): ToldStream[] {
  const accounts = [
    ...Object.keys(WORLDS).flatMap((world) =>
      Array.from({ length: ACCOUNTS }, (_, index) => index + 1)
        .filter((account) => WORLDS[world]?.(account) === account)
        .map((account) => accountOf(world, account, '2024-01-01T08:00:00.000+0000')),
    ),
    accountOf('Z', 0, '2024-01-01T08:00:00.000+0000'),
    ...merges.map(({ loser, winner, on }) => ({
      ...accountOf('A', loser, `${on}T08:00:00.000+0000`),
      IsDeleted: true,
      MasterRecordId: idOf('A', winner),
    })),
  ];
  const contract = (Id: string, SystemModstamp: string, more: object) => ({
    Id,
    AccountId: idOf('Z', 0),
    StartDate: '2026-03-01',
    EndDate: '2027-02-28',
    ARR__c: 1200,
    IsDeleted: false,
    Cancelled_At__c: null,
    Cancel_Effective_Date__c: null,
    SystemModstamp,
    ...more,
  });
  const contracts = [
    contract('800a', '2025-05-01T08:00:00.000+0000', {
      ...{ StartDate: '2025-05-01', EndDate: '2026-04-30', Status: 'Activated', StatusCode: 'Activated' },
      ...{ Cancelled_At__c: '2026-01-10T08:00:00.000+0000', Cancel_Effective_Date__c: '2026-04-30' },
    }),
    contract('800b', '2026-02-01T08:00:00.000+0000', {
      Status: 'With the lawyers',
      StatusCode: 'InApproval',
    }),
    contract('800c', '2026-02-01T08:00:00.000+0000', { Status: 'Draft', StatusCode: 'Draft' }),
    contract('800c', '2026-03-02T08:00:00.000+0000', { Status: 'Signed', StatusCode: 'Activated' }),
  ];
  return [
    {
      name: 'Account',
      key: 'Id',
      cursor: 'SystemModstamp',
      formats: { CreatedDate: 'date-time', SystemModstamp: 'date-time' },
      rows: accounts,
    },
    {
      name: 'Contract',
      key: 'Id',
      cursor: 'SystemModstamp',
      formats: {
        ...{ StartDate: 'date', EndDate: 'date', Cancel_Effective_Date__c: 'date' },
        ...{ Cancelled_At__c: 'date-time', SystemModstamp: 'date-time' },
      },
      rows: contracts,
    },
  ];
}

function accountOf(world: string, account: number, SystemModstamp: string) {
  return {
    Id: idOf(world, account),
    Name: `Fictional ${world}${account}`,
    CreatedDate: '2024-01-01T08:00:00.000+0000',
    IsDeleted: false,
    MasterRecordId: null as string | null,
    SystemModstamp,
  };
}

/** Two tickets of one organization, which names its account by the short id; the second was merged into the first. */
const ticket = (id: number, updated_at: string, tags: readonly string[]) => ({
  id,
  organization_id: 1,
  created_at: '2026-04-10T09:00:00Z',
  updated_at,
  status: 'open',
  priority: 'normal',
  tags,
  satisfaction_rating: { score: 'unoffered' },
});
const DESK: readonly ToldStream[] = [
  {
    name: 'organizations',
    key: 'id',
    cursor: 'updated_at',
    formats: { updated_at: 'date-time' },
    rows: [
      {
        id: 1,
        external_id: shortId('Z', 0),
        name: 'Fictional',
        updated_at: '2025-01-01T00:00:00Z',
        domain_names: [],
      },
    ],
  },
  {
    name: 'tickets',
    key: 'id',
    cursor: 'updated_at',
    formats: { updated_at: 'date-time', created_at: 'date-time' },
    rows: [
      ticket(101, '2026-04-10T12:00:00Z', []),
      ticket(102, '2026-04-10T12:00:00Z', []),
      ticket(102, '2026-04-12T12:00:00Z', ['closed_by_merge']),
    ],
  },
];
