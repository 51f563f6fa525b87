import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWarehouse, type Warehouse } from '../../../warehouse/index.ts';
import type { SyncOptions, SyncResult } from '../../source.ts';
import { faultText } from './fault-groups.ts';
import { syncFiles } from './index.ts';
import { filesConfig, type TableMappings } from './mapping.ts';
import { isNamed, patternOf } from './newest.ts';
import { TABLES } from './tables.ts';

let folder: string;
let data: string;
let warehouse: Warehouse;
let logged: string[];
let clock: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-files-'));
  data = join(folder, 'data [x]'); // a name that DuckDB would take for a pattern
  mkdirSync(data);
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  logged = [];
  clock = 0;
});

afterEach(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, text: string | Buffer) => writeFileSync(join(data, name), text);
const drop = (name: string) => unlinkSync(join(data, name));

type Limits = Pick<SyncOptions, 'acceptShrink' | 'maxShrinkShare' | 'maxRejectedShare' | 'values'>;
/** Takes whatever comes, for tests that are not about how much of it is lost. */
const ANY: Limits = { acceptShrink: true, maxRejectedShare: 1 };

const sync = (timeZone = 'UTC', path = data, limits: Limits = {}): Promise<SyncResult> =>
  syncFiles({ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path } } }, warehouse, {
    workDir: join(folder, 'work'),
    now: () => new Date(Date.UTC(2026, 5, 30, 12) + 1000 * clock++).toISOString(),
    timeZone,
    currency: 'USD',
    ...limits,
    log: (level, text) => logged.push(`${level} ${text}`),
  });

const mapped = (tables: TableMappings, limits: Limits = {}, timeZone = 'UTC') =>
  syncFiles(
    { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: data, tables } } },
    warehouse,
    {
      workDir: join(folder, 'work'),
      now: () => new Date(Date.UTC(2026, 5, 30, 12) + 1000 * clock++).toISOString(),
      timeZone,
      currency: 'USD',
      ...limits,
      log: (level, text) => logged.push(`${level} ${text}`),
    },
  );

const rows = async (query: string) => (await warehouse.query(query)).rows;
const values = async (query: string) => (await rows(query)).map((row) => Object.values(row));
const rejectsOf = (severity: string) =>
  values(
    `select file_name, line_number, column_name, reason, record_key from raw._rejected
    where severity = '${severity}' order by file_name, line_number`,
  );
/** Rows that did not land. */
const rejects = () => rejectsOf('row');
/** Values that are null in rows that landed. */
const valueRejects = () => rejectsOf('value');
const outcomes = ({ status, streams }: SyncResult) => [
  status,
  ...streams.map((each) => `${each.stream} ${each.error?.code ?? each.status}`),
];

const ACCOUNTS = 'account_id,name\nA1,Acorn\nA2,Birch\n';
const CONTRACT_HEADER = 'contract_id,account_id,term_start_date,term_end_date,arr';
const CONTRACTS = `${CONTRACT_HEADER}\nC1,A1,2026-01-01,2027-01-01,1200.10\n`;

describe('a folder of files', () => {
  it('reads no pipe, folder or device in a file’s place, waits for none, and lands the others', async () => {
    put('accounts.csv', ACCOUNTS);
    execFileSync('mkfifo', [join(data, 'users.csv')]);
    mkdirSync(join(data, 'tickets.csv'));
    symlinkSync('/dev/zero', join(data, 'invoices.csv'));
    const result = await sync();
    expect(outcomes(result)).toEqual([
      'partial',
      ...[
        'accounts succeeded',
        'users FILE_UNREADABLE',
        'tickets FILE_UNREADABLE',
        'invoices FILE_UNREADABLE',
      ],
    ]);
    expect(result.streams.map(({ error }) => error?.message.split('.')[1]).filter(Boolean)).toEqual([
      'csv cannot be read: expected a file, found a named pipe',
      'csv cannot be read: expected a file, found a folder',
      'csv cannot be read: expected a file, found a device',
    ]);
  });

  it('names a few of ten thousand columns that it does not know', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `unknown_${index}_${'x'.repeat(100)}`);
    put('accounts.csv', `account_id,name,${names.join()}\nA1,Acorn,${names.map(() => '1').join()}\n`);
    await sync();
    const warning = logged.find((line) => line.includes('ignored')) ?? '';
    expect(warning).toContain('unknown_0_');
    expect(warning).toContain('and 9,980 more');
    expect(warning.length).toBeLessThan(2000);
  });

  it('shows NUL in a value as U+FFFD, which every warehouse takes', async () => {
    put('accounts.csv', 'account_id,name\nA1,A\0corn\n');
    await sync();
    expect(await values('select name from raw.book__accounts')).toEqual([['A\ufffdcorn']]);
  });

  it('lands each file as a typed table with the Airbyte columns', async () => {
    put('accounts.csv', ACCOUNTS);
    put('contracts.csv', CONTRACTS);
    expect(await sync()).toEqual({
      source: 'book',
      status: 'succeeded',
      streams: [
        {
          stream: 'accounts',
          status: 'succeeded',
          rows_received: 2,
          rows_landed: 2,
          rows_rejected: 0,
          values_nulled: 0,
        },
        {
          stream: 'contracts',
          status: 'succeeded',
          rows_received: 1,
          rows_landed: 1,
          rows_rejected: 0,
          values_nulled: 0,
        },
      ],
    });
    expect(
      (await warehouse.tableColumns('raw', 'book__contracts'))?.map(({ name, type }) => `${name} ${type}`),
    ).toEqual([
      'contract_id string',
      'account_id string',
      'term_start_date date',
      'term_end_date date',
      'arr decimal',
      'currency_code string',
      'seats integer',
      'product string',
      'auto_renew boolean',
      'notice_days integer',
      'renewal_owner_id string',
      'previous_contract_id string',
      'cancelled_at timestamp',
      'cancel_effective_date date',
      'cancel_reason string',
      'updated_at timestamp',
      'known_at timestamp',
      '_line_number integer',
      '_airbyte_raw_id string',
      '_airbyte_extracted_at timestamp',
      '_airbyte_meta json',
      '_airbyte_generation_id integer',
    ]);
    expect(await rows('select * from ops.streams order by stream')).toMatchInlineSnapshot(`
      [
        {
          "generation_id": 1,
          "is_connected": true,
          "last_synced_at": "2026-06-30T12:00:01.000Z",
          "rejected_count": 0,
          "row_count": 2,
          "source_name": "book",
          "stream": "accounts",
          "sync_mode": "full_refresh",
        },
        {
          "generation_id": 1,
          "is_connected": true,
          "last_synced_at": "2026-06-30T12:00:03.000Z",
          "rejected_count": 0,
          "row_count": 1,
          "source_name": "book",
          "stream": "contracts",
          "sync_mode": "full_refresh",
        },
      ]
    `);
  });

  it('gives the same table for the same files', async () => {
    put('accounts.csv', ACCOUNTS);
    await sync();
    const before = await rows('select * from raw.book__accounts');
    const again = await sync();
    expect(again.streams[0]?.rows_landed).toBe(0);
    expect(await rows('select * from raw.book__accounts')).toEqual(before);
  });

  it('replaces a table by its file, and keeps the ids of lines that stay', async () => {
    put('accounts.csv', ACCOUNTS);
    await sync();
    const ids = () =>
      values("select _airbyte_raw_id from raw.book__accounts where account_id = 'A1'").then(String);
    const before = await ids();
    put('accounts.csv', 'account_id,name\nA1,Acorn\nA3,Cedar\n');
    expect((await sync()).streams[0]?.rows_landed).toBe(1);
    expect(await values('select account_id, _airbyte_generation_id from raw.book__accounts')).toEqual([
      ['A1', 2],
      ['A3', 2],
    ]);
    expect(await ids()).toBe(before);
  });

  it('tells a file that is gone from one that is empty', async () => {
    put('accounts.csv', ACCOUNTS);
    put('tickets.csv', 'ticket_id,account_id,created_at\nT1,A1,2026-01-01\nT2,A1,bad\n');
    put('emails.ndjson', '');
    expect((await sync()).status).toBe('succeeded');
    drop('tickets.csv');
    expect(outcomes(await sync())).toEqual([
      'partial',
      'tickets STREAM_GONE',
      'accounts succeeded',
      'emails succeeded',
    ]);
    expect(await values("select is_connected from ops.streams where stream = 'tickets'")).toEqual([[true]]);
    expect((await sync('UTC', data, { acceptShrink: ['tickets'] })).status).toBe('succeeded');
    expect(await values('select stream, is_connected, row_count from ops.streams order by 1')).toEqual([
      ['accounts', true, 2],
      ['emails', true, 0],
      ['tickets', false, 1],
    ]);
    expect(await values('select count(*) from raw.book__tickets')).toEqual([[1]]);
    expect(await rejects()).toEqual([]);
    expect(logged.join()).toContain('the file of tickets is gone');

    put('tickets.csv', 'ticket_id,account_id,created_at\nT1,A1,2026-01-01\n');
    await sync();
    expect(await values("select is_connected from ops.streams where stream = 'tickets'")).toEqual([[true]]);
  });

  it.each([
    ['has a header only', 'account_id,name\n'],
    ['is halved', 'account_id,name\nA1,Acorn\nA2,Birch\n'],
    ['is cut off in the middle of a line', 'account_id,name\nA1,Acorn\nA2,Birch\nA3,Cedar\nA4'],
    ['is cut off in the middle of a quote', 'account_id,name\nA1,Acorn\nA2,"Bi'],
    ['lacks the names', 'account_id,name\nA1,\nA2,\nA3,\nA4,\n'],
  ])('keeps what was landed of a file that %s, and says so', async (_, text) => {
    const whole = 'account_id,name\nA1,Acorn\nA2,Birch\nA3,Cedar\nA4,Dogwood\n';
    put('accounts.csv', whole);
    put('contracts.csv', CONTRACTS);
    expect((await sync()).status).toBe('succeeded');
    put('accounts.csv', text);
    const result = await sync();
    expect(result).toMatchObject({
      status: 'partial',
      streams: [{ status: 'failed' }, { status: 'succeeded' }],
    });
    expect(result.streams[0]?.error?.message).toMatch(/What was landed (of it )?before is kept/);
    expect(result.streams[0]?.error?.message).toContain('accounts');
    expect(await values('select count(*) from raw.book__accounts')).toEqual([[4]]);
    put('accounts.csv', whole);
    expect((await sync()).status).toBe('succeeded');
    expect(await rejects()).toEqual([]);
  });

  it('keeps a column that has no value any more, until it is asked to', async () => {
    put('accounts.csv', 'account_id,name,owner_id\nA1,Acorn,U1\nA2,Birch,U2\n');
    await sync();
    put('accounts.csv', 'account_id,name,owner\nA1,Acorn,U1\nA2,Birch,U2\n');
    const result = await sync();
    expect(outcomes(result)).toEqual(['failed', 'accounts COLUMN_EMPTIED']);
    expect(result.streams[0]?.error?.message).toContain('owner_id (2 before)');
    expect(await values('select owner_id from raw.book__accounts order by 1')).toEqual([['U1'], ['U2']]);
    expect((await sync('UTC', data, { acceptShrink: true })).status).toBe('succeeded');
  });

  it('may shrink as far as it is told, or when it is asked to', async () => {
    const users = (count: number) =>
      `user_id,email\n${Array.from({ length: count }, (_, index) => `U${index},a@b.example\n`).join('')}`;
    put('accounts.csv', ACCOUNTS);
    put('users.csv', users(10));
    await sync();
    put('users.csv', users(7));
    expect((await sync()).status).toBe('succeeded');
    put('users.csv', users(4));
    expect(outcomes(await sync())).toEqual(['partial', 'accounts succeeded', 'users TABLE_SHRANK']);
    expect((await sync('UTC', data, { maxShrinkShare: 0.5 })).status).toBe('succeeded');
    put('users.csv', users(0));
    expect((await sync('UTC', data, { acceptShrink: ['accounts'] })).status).toBe('partial');
    expect((await sync('UTC', data, { acceptShrink: ['users'] })).status).toBe('succeeded');
    expect(await values('select count(*) from raw.book__users')).toEqual([[0]]);
  });

  it('of the three accounts worked by hand lands without a reject', async () => {
    const result = await sync('UTC', join(import.meta.dirname, '../../../test/fixtures/three-accounts'));
    expect([result.status, result.streams.length]).toEqual(['succeeded', 16]);
    expect(await rejects()).toEqual([]);
  });

  it('that is not there, or holds nothing to read, changes nothing', async () => {
    put('accounts.csv', ACCOUNTS);
    await sync();
    drop('accounts.csv');
    expect((await sync()).error?.code).toBe('NO_FILES');
    expect((await sync('UTC', join(data, 'nowhere'))).error?.code).toBe('FOLDER_UNREADABLE');
    expect(await values('select is_connected from ops.streams')).toEqual([[true]]);
  });

  it('needs a path in its configuration', async () => {
    const connector = { builtin: 'files', config: { folder: data } } as const;
    const options = { workDir: folder, now: () => '', timeZone: 'UTC' };
    expect(await syncFiles({ name: 'book', kind: 'files', connector }, warehouse, options)).toMatchObject({
      status: 'failed',
      error: { code: 'FILES_CONFIG_INVALID' },
    });
  });
});

describe('a file that is not taken', () => {
  const keeps = async (name: string, text: string | Buffer, code: string) => {
    put('accounts.csv', ACCOUNTS);
    put('contracts.csv', CONTRACTS);
    await sync();
    const before = await rows('select * from raw.book__contracts');
    drop('contracts.csv');
    put(name, text);
    put('accounts.csv', 'account_id,name\nA1,Acorn\nA9,Yew\n');
    const result = await sync();
    expect(outcomes(result)).toEqual(['partial', 'accounts succeeded', `contracts ${code}`]);
    expect(await rows('select * from raw.book__contracts')).toEqual(before);
    expect(await values('select account_id from raw.book__accounts')).toEqual([['A1'], ['A9']]);
    expect(
      await values("select is_connected, row_count from ops.streams where stream = 'contracts'"),
    ).toEqual([[true, 1]]);
    await sync();
    return rejects(); // once, however often
  };

  it('lacks a required column', async () => {
    expect(
      await keeps(
        'contracts.csv',
        'contract_id,account_id,term_start_date,term_end_date,ARR\nC1,A1,2026-01-01,2027-01-01,1\n',
        'MISSING_COLUMN',
      ),
    ).toEqual([['contracts.csv', 1, 'arr', 'missing_column', null]]);
  });

  it('is empty to the last byte, so that it has no header', async () => {
    expect(await keeps('contracts.csv', '', 'MISSING_COLUMN')).toEqual([
      ['contracts.csv', 1, 'contract_id', 'missing_column', null],
    ]);
  });

  it('has a column twice', async () => {
    expect(await keeps('contracts.csv', `${CONTRACT_HEADER},arr\n`, 'FILE_UNREADABLE')).toEqual([
      ['contracts.csv', 1, 'arr', 'unreadable', null],
    ]);
  });

  it('is not UTF-8', async () => {
    const text = Buffer.from(`${CONTRACT_HEADER},product\nC1,A1,2026-01-01,2027-01-01,1,caf\xe9\n`, 'latin1');
    expect(await keeps('contracts.csv', text, 'FILE_UNREADABLE')).toEqual([
      ['contracts.csv', 1, null, 'unreadable', null],
    ]);
  });

  it('opens a quote and never closes it', async () => {
    const text = `${CONTRACT_HEADER}\nC1,A1,2026-01-01,2027-01-01,1\nC2,"A1,2026-01-01\n\n`;
    expect(await keeps('contracts.csv', text, 'FILE_UNREADABLE')).toEqual([
      ['contracts.csv', 3, null, 'unreadable', null],
    ]);
  });

  it('is no Parquet', async () => {
    expect(await keeps('contracts.parquet', 'PAR?', 'FILE_UNREADABLE')).toEqual([
      ['contracts.parquet', null, null, 'unreadable', null],
    ]);
  });

  it('is no NDJSON', async () => {
    expect(await keeps('contracts.ndjson', CONTRACTS, 'FILE_UNREADABLE')).toEqual([
      ['contracts.ndjson', 1, null, 'unreadable', null],
    ]);
  });

  it('is NDJSON in which no line has a required column', async () => {
    const text = '{"contract_id":"C1","account_id":"A1","term_start_date":"2026-01-01","arr":1}\n';
    expect(await keeps('contracts.jsonl', text, 'MISSING_COLUMN')).toEqual([
      ['contracts.jsonl', 1, 'term_end_date', 'missing_column', null],
    ]);
  });

  it('is one of two for its table', async () => {
    put('contracts.csv', CONTRACTS);
    put('contracts.ndjson', '');
    put('accounts.csv', ACCOUNTS);
    expect(outcomes(await sync())).toEqual(['partial', 'accounts succeeded', 'contracts FILE_AMBIGUOUS']);
    expect(await rejects()).toEqual([['contracts.csv, contracts.ndjson', null, null, 'unreadable', null]]);
    drop('contracts.ndjson');
    await sync();
    expect(await rejects()).toEqual([]);
  });

  it('is a folder', async () => {
    put('accounts.csv', ACCOUNTS);
    mkdirSync(join(data, 'users.csv'));
    expect(outcomes(await sync())).toEqual(['partial', 'accounts succeeded', 'users FILE_UNREADABLE']);
    expect(await values('select count(*) from raw.book__accounts')).toEqual([[2]]);
  });

  it('comes first: nothing is there before or after', async () => {
    put('accounts.csv', 'id\n');
    expect(outcomes(await sync())).toEqual(['failed', 'accounts MISSING_COLUMN']);
    expect(await warehouse.listTables('raw')).toEqual(['_rejected']);
    expect(await values('select * from ops.streams')).toEqual([]);
  });
});

describe('a row that is not taken', () => {
  it('is reported with its first fault by column, and the rest lands', async () => {
    put('accounts.csv', ACCOUNTS);
    put('rates.csv', 'currency_code,valid_from,rate\nEUR,2026-01-01,1.1\nGBP,2026-01-01,0\n');
    put(
      'contracts.csv',
      [
        `${CONTRACT_HEADER},currency_code,seats,auto_renew,cancelled_at`,
        'C1,A1,2026-01-01,2027-01-01,1200.10,EUR,10,Yes,2026-05-01',
        ',A1,2026-01-01,2027-01-01,1,,,,',
        'C3,A1,2024-02-30,2027-01-01,1,,,,',
        'C4,A1,12/31/2024,2027-01-01,1,,,,',
        'C5,A1,2026-01-01,2027-01-01,"1,200",,,,',
        'C6,A1,2026-01-01,2027-01-01,NaN,,,,',
        'C7,A1,2026-01-01,2027-01-01,1,,2.5,,',
        'C8,A1,2026-01-01,2027-01-01,1,,,maybe,',
        'C9,A1,2026-01-01,2027-01-01,1,,,,yesterday',
        'C10,A1,2026-01-01,2025-01-01,1,,,,',
        'C11,A1,2026-01-01,2027-01-01,-0.01,,,,',
        'C12,A1,2026-01-01,2027-01-01,1,,-1,,',
        'C13,A1,2026-01-01,2027-01-01,1,GBP,,,',
        'C14,A7,2026-01-01,2027-01-01,1,,,,',
        'C15,A2,2026-01-01,2026-01-01,0,usd,0,0,',
        'C16,A2,2026-01-01',
        'C18,A2,2026-01-01,,5,,,,',
        'C17,A2,2026-01-01,2027-01-01,1,,,,,and more',
      ].join('\n'),
    );
    const result = await sync();
    expect(result.streams.at(-1)).toMatchObject({
      rows_received: 18,
      rows_landed: 7,
      rows_rejected: 11,
      values_nulled: 4,
    });
    expect(await rejects()).toEqual([
      ['contracts.csv', 3, 'contract_id', 'missing_value', null],
      ['contracts.csv', 4, 'term_start_date', 'bad_date', 'C3'],
      ['contracts.csv', 5, 'term_start_date', 'bad_date', 'C4'],
      ['contracts.csv', 6, 'arr', 'bad_number', 'C5'],
      ['contracts.csv', 7, 'arr', 'bad_number', 'C6'],
      ['contracts.csv', 11, 'term_end_date', 'bad_range', 'C10'],
      ['contracts.csv', 12, 'arr', 'bad_range', 'C11'],
      ['contracts.csv', 14, 'currency_code', 'unknown_value', 'C13'],
      ['contracts.csv', 15, 'account_id', 'unknown_account', 'C14'],
      ['contracts.csv', 17, 'arr', 'missing_value', 'C16'],
      ['contracts.csv', 19, null, 'unknown_value', 'C17'],
      ['rates.csv', 3, 'rate', 'bad_range', 'GBP|2026-01-01'],
    ]);
    expect(await valueRejects()).toEqual([
      ['contracts.csv', 8, 'seats', 'bad_number', 'C7'],
      ['contracts.csv', 9, 'auto_renew', 'bad_boolean', 'C8'],
      ['contracts.csv', 10, 'cancelled_at', 'bad_date', 'C9'],
      ['contracts.csv', 13, 'seats', 'bad_range', 'C12'],
    ]);
    expect(await values('select content from raw._rejected where line_number = 6')).toEqual([
      ['C5,A1,2026-01-01,2027-01-01,"1,200",,,,'],
    ]);
    expect(
      await values(
        'select contract_id, arr, seats, auto_renew, cancelled_at, term_end_date from raw.book__contracts',
      ),
    ).toEqual([
      ['C1', 1200.1, 10, true, '2026-05-01T00:00:00.000Z', '2027-01-01'],
      ['C7', 1, null, null, null, '2027-01-01'],
      ['C8', 1, null, null, null, '2027-01-01'],
      ['C9', 1, null, null, null, '2027-01-01'],
      ['C12', 1, null, null, null, '2027-01-01'],
      ['C15', 0, 0, false, null, '2026-01-01'],
      ['C18', 5, null, null, null, null], // without an end: evergreen
    ]);
  });

  it.each([
    ['users.csv', 'user_id,email,role\nU1,a@b.example,boss\n', 'role', 'unknown_value'],
    [
      'meetings.csv',
      'meeting_id,account_id,type,scheduled_at,status\nM1,A1,qbr,2026-01-01,Postponed\n',
      'status',
      'unknown_value',
    ],
    [
      'meetings.csv',
      'meeting_id,account_id,type,scheduled_at,status,contact_ids\nM1,A1,qbr,2026-01-01,missed,[1\n',
      'contact_ids',
      'unknown_value',
    ],
    ['tickets.csv', 'ticket_id,account_id,created_at,csat\nT1,A1,2026-01-01,6\n', 'csat', 'bad_range'],
    [
      'surveys.csv',
      'survey_id,account_id,answered_at,type,score\nS1,A1,2026-01-01,csat,6\n',
      'score',
      'bad_range',
    ],
    [
      'surveys.csv',
      'survey_id,account_id,answered_at,type,score\nS1,A1,2026-01-01,nps,11\n',
      'score',
      'bad_range',
    ],
    [
      'usage_events.csv',
      'account_id,user_id,event_at,event_count\nA1,U1,2026-01-01T24:00:00Z,1\n',
      'event_at',
      'bad_date',
    ],
    [
      'usage_events.csv',
      'account_id,user_id,event_at,event_count\nA1,U1,2026-01-01,Infinity\n',
      'event_count',
      'bad_number',
    ],
    ['invoices.ndjson', '{"invoice_id":"I1","account_id":"A1","due_date":20260101}', 'due_date', 'bad_date'],
    [
      'invoices.ndjson',
      '{"invoice_id":"I1","account_id":null,"due_date":"2026-01-01"}',
      'account_id',
      'missing_value',
    ],
    [
      'contacts.ndjson',
      '{"contact_id":"P1","account_id":"A1","is_champion":2}',
      'is_champion',
      'bad_boolean',
    ],
  ])('of %s with %j', async (name, text, column, reason) => {
    put(name, text);
    expect((await sync('UTC', data, ANY)).status).toBe('succeeded');
    const isRequired = TABLES.find((table) => name.startsWith(`${table.name}.`))?.columns.find(
      (each) => each.name === column,
    )?.isRequired;
    const table = name.replace(/[.].*/, '');
    expect((await rejects()).map(([, , ...rest]) => rest.slice(0, 2))).toEqual(
      isRequired ? [[column, reason]] : [],
    );
    expect((await valueRejects()).map(([, , ...rest]) => rest.slice(0, 2))).toEqual(
      isRequired ? [] : [[column, reason]],
    );
    expect(await values(`select count(*) from raw.book__${table}`)).toEqual([[isRequired ? 0 : 1]]);
  });

  it('has a word that no vocabulary knows; one in another spelling, or mapped in the configuration, is known', async () => {
    put('accounts.csv', ACCOUNTS);
    put(
      'tasks.csv',
      'task_key,account_id,status\nK1,A1,In Progress\nK2,A1,ON-HOLD\nK3,A1,Parked\nK4,A1,completed\n',
    );
    put('users.csv', 'user_id,email,role\nU1,a@b.example,CSM Manager\nU2,c@b.example,Success Lead\n');
    await sync('UTC', data, ANY);
    const statuses = () => values('select task_key, status from raw.book__tasks order by 1');
    expect(await statuses()).toEqual([
      ['K1', 'in_progress'],
      ['K4', 'completed'],
    ]);
    expect(await rejects()).toEqual([
      ['tasks.csv', 3, 'status', 'unknown_value', 'K2'],
      ['tasks.csv', 4, 'status', 'unknown_value', 'K3'],
    ]);
    expect(await values('select user_id, role from raw.book__users order by 1')).toEqual([
      ['U1', 'csm_manager'],
      ['U2', null],
    ]);
    await sync('UTC', data, {
      ...ANY,
      values: { task_status: { 'On Hold': 'open' }, user_role: { 'success lead': 'csm' } },
    });
    expect(await statuses()).toEqual([
      ['K1', 'in_progress'],
      ['K2', 'open'],
      ['K4', 'completed'],
    ]);
    expect(await values('select user_id, role from raw.book__users order by 1')).toEqual([
      ['U1', 'csm_manager'],
      ['U2', 'csm'],
    ]);
  });

  it('is a line of NDJSON that is no object', async () => {
    put(
      'accounts.ndjson',
      '{"account_id":"A1","name":"Acorn"}\n\n{"account_id":\n[1]\r\n{"account_id":"A2","name":"Birch"}',
    );
    await sync();
    expect(await values('select account_id, _line_number from raw.book__accounts')).toEqual([
      ['A1', 1],
      ['A2', 5],
    ]);
    expect(
      await values('select line_number, column_name, reason, content from raw._rejected order by 1'),
    ).toEqual([
      [3, null, 'unknown_value', '{"account_id":'],
      [4, null, 'unknown_value', '[1]'],
    ]);
  });

  it('is forgotten when its file is mended', async () => {
    put('accounts.csv', ACCOUNTS);
    put('users.csv', 'user_id,email\nU1,\n');
    expect(outcomes(await sync())).toEqual(['partial', 'accounts succeeded', 'users ROWS_REJECTED']);
    expect(await rejects()).toHaveLength(1);
    drop('users.csv');
    put('users.ndjson', '{"user_id":"U1","email":"a@b.example"}');
    await sync();
    expect(await rejects()).toEqual([]);
  });

  it('of contracts is held against the accounts that landed before, when their file fails', async () => {
    put('accounts.csv', ACCOUNTS);
    await sync();
    put('accounts.csv', 'name\n');
    put('contracts.csv', `${CONTRACTS}C2,A9,2026-01-01,2027-01-01,1\n`);
    expect((await sync()).status).toBe('partial');
    expect(await values('select contract_id from raw.book__contracts')).toEqual([['C1']]);
  });

  it('of contracts is held against no accounts when this source has none', async () => {
    put('contracts.csv', CONTRACTS);
    expect(outcomes(await sync())).toEqual(['succeeded', 'contracts succeeded']);
    expect(await rejects()).toEqual([]);
  });
});

describe('rows of one key', () => {
  it('are versions when updated_at differs, and else the later line lands', async () => {
    put(
      'accounts.csv',
      [
        'account_id,name,updated_at',
        'A1,first,',
        'A1,v1,2026-01-01',
        'A1,v2,2026-02-01T00:00:00Z',
        'A1,again,',
        'A1,v2 mended,2026-02-01T01:00:00+01:00',
        'A1,undated,bad', // a date that cannot be read is none
        'A2,only,',
      ].join('\n'),
    );
    await sync();
    expect(await values('select name, _line_number from raw.book__accounts order by 2')).toEqual([
      ['v1', 3],
      ['v2 mended', 6],
      ['undated', 7],
      ['only', 8],
    ]);
    expect(await rejects()).toEqual([
      ['accounts.csv', 2, 'account_id', 'duplicate_key', 'A1'],
      ['accounts.csv', 4, 'account_id', 'duplicate_key', 'A1'],
      ['accounts.csv', 5, 'account_id', 'duplicate_key', 'A1'],
    ]);
    expect(await valueRejects()).toEqual([['accounts.csv', 7, 'updated_at', 'bad_date', 'A1']]);
    expect(await values('select content from raw._rejected where line_number = 4')).toEqual([
      ['A1,v2,2026-02-01T00:00:00Z'],
    ]);
    expect(await values('select row_count, rejected_count from ops.streams')).toEqual([[4, 3]]);
  });

  it('are told apart by all parts of the key', async () => {
    put('licensed_features.csv', 'account_id,feature,valid_from\nA1,x,\nA1,x,2026-01-01\nA1,y,\nA1,x,\n');
    await sync();
    expect(await values('select _line_number from raw.book__licensed_features order by 1')).toEqual([
      [3],
      [4],
      [5],
    ]);
    expect(await rejects()).toEqual([['licensed_features.csv', 2, 'account_id', 'duplicate_key', 'A1|x']]);
  });

  it('are versions of a licensed feature when known_at differs, and else the later line lands', async () => {
    put(
      'licensed_features.csv',
      [
        'account_id,feature,valid_from,valid_to,known_at',
        'A1,x,2026-01-01,,2026-01-01',
        'A1,x,2026-01-01,2026-06-01,2026-07-01',
        'A1,x,2026-01-01,2026-06-15,2026-07-01T01:00:00+01:00',
        'A1,x,2026-01-01,2026-09-01,',
      ].join('\n'),
    );
    await sync();
    expect(await values('select _line_number from raw.book__licensed_features order by 1')).toEqual([
      [2],
      [4],
      [5],
    ]);
    expect(await rejects()).toEqual([
      ['licensed_features.csv', 3, 'account_id', 'duplicate_key', 'A1|x|2026-01-01'],
    ]);
  });

  it('all land where a table has no key', async () => {
    const event = 'A1,U1,2026-01-01\n';
    put('usage_events.csv', `account_id,user_id,event_at\n${event}${event}`);
    put('overrides.csv', `account_id,direction,reason,author,set_at\n${'A1,up,r,me,2026-01-01\n'.repeat(2)}`);
    await sync();
    expect(
      await values('select count(*), count(distinct _airbyte_raw_id) from raw.book__usage_events'),
    ).toEqual([[2, 2]]);
    expect(await values('select _line_number from raw.book__overrides')).toEqual([[2], [3]]);
  });
});

describe('a CSV', () => {
  it('may have a BOM, CRLF, quotes, blank lines, blanks around values and columns of its own', async () => {
    put(
      'accounts.csv',
      '\ufeff"account_id" , name,mood,industry\r\n' +
        '007, "Acorn, ""Inc."""\r\n\r\n' +
        '9007199254740993,"two\r\nlines",fine,  \r\n' +
        '   \r\n' +
        'Ж-1,5" pipe 💧,,""\r\n' +
        ',no id,,',
    );
    await sync();
    expect(await values('select account_id, name, industry, _line_number from raw.book__accounts')).toEqual([
      ['007', 'Acorn, "Inc."', null, 2],
      ['9007199254740993', 'two\r\nlines', null, 4],
      ['Ж-1', '5" pipe 💧', null, 7],
    ]);
    expect(await rejects()).toEqual([['accounts.csv', 8, 'account_id', 'missing_value', null]]);
    expect(logged.filter((text) => text.startsWith('warn'))).toEqual([
      'warn book: accounts.csv: columns that mean nothing to Tenure are ignored: mood',
      'warn book: accounts.csv: 1 lines are shorter than the header; the cells they lack are empty',
    ]);
  });

  it('of a header only is connected and has no rows', async () => {
    put('accounts.csv', 'account_id,name');
    expect((await sync()).status).toBe('succeeded');
    expect(await values('select is_connected, row_count from ops.streams')).toEqual([[true, 0]]);
  });

  it('gives back any texts, each on its line', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.toWellFormed());
    const text = fc.oneof(cell, fc.constantFrom('"', '""', ',', '\n', '\r\n', '\n\n"', ' x ', 'a\0b'), cell);
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (names) => {
        const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`);
        put(
          'accounts.csv',
          ['account_id,name', ...quoted.map((name, index) => `A${index},${name}`)].join('\n'),
        );
        await sync('UTC', data, ANY);
        let line = 2;
        const expected = names.map((name, index) => {
          const row = [`A${index}`, name.trim().replaceAll('\0', '\ufffd'), line];
          line += 1 + name.split('\n').length - 1;
          return row;
        });
        const landed = await values(
          'select account_id, name, _line_number from raw.book__accounts order by 3',
        );
        expect(landed).toEqual(expected.filter(([, name]) => name !== ''));
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it('longer than what is read at once keeps its lines', async () => {
    const line = (index: number) => `A${index},"${'é'.repeat(90)}\n${index}"`;
    put(
      'accounts.csv',
      `account_id,name\n${Array.from({ length: 12_000 }, (_, index) => line(index)).join('\n')}\n`,
    );
    await sync();
    expect(
      await values(
        `select count(*), count(distinct name), max(_line_number), sum(cast(_line_number = 2 + 2 * cast(substr(account_id, 2) as int) as int))
         from raw.book__accounts`,
      ),
    ).toEqual([[12_000, 12_000, 24_000, 12_000]]);
  });
});

describe('an instant', () => {
  it('is UTC without a zone, and a bare day begins at midnight of the tenant', async () => {
    put(
      'accounts.csv',
      [
        'account_id,name,created_at',
        '1,n,2026-03-01',
        '2,n,2026-03-01T10:00:00',
        '3,n,2026-03-01 10:00',
        '4,n,2026-03-01T10:00:00.123456789+02:00',
        '5,n,2026-03-01T00:30:00-0930',
        '6,n,2026-03-29',
        '7,n,2026-03-30',
      ].join('\n'),
    );
    await sync('Europe/Berlin');
    expect(await values('select created_at from raw.book__accounts order by account_id')).toEqual([
      ['2026-02-28T23:00:00.000Z'],
      ['2026-03-01T10:00:00.000Z'],
      ['2026-03-01T10:00:00.000Z'],
      ['2026-03-01T08:00:00.123456Z'],
      ['2026-03-01T10:00:00.000Z'],
      ['2026-03-28T23:00:00.000Z'],
      ['2026-03-29T22:00:00.000Z'], // summer time began on the 29th
    ]);
    await sync('Asia/Tokyo'); // the same file means other instants now
    expect(await values("select created_at from raw.book__accounts where account_id = '1'")).toEqual([
      ['2026-02-28T15:00:00.000Z'],
    ]);
  });
});

describe('NDJSON', () => {
  it('keeps each digit of a number, and takes JSON values for what they are', async () => {
    put('accounts.csv', 'account_id,name\n12345678901234567890,n\n');
    put(
      'contracts.ndjson',
      '{"contract_id":9007199254740993,"account_id":12345678901234567890,"term_start_date":"2026-01-01","term_end_date":"2027-01-01","arr":1200.10,"seats":1e1,"auto_renew":true,"extra":{"a":[1]}}\n',
    );
    put(
      'meetings.jsonl',
      '{"meeting_id":"M1","account_id":"A1","type":"qbr","scheduled_at":"2026-01-01","status":"attended","contact_ids":[12345678901234567890," P2 ",null],"notes":"cut \\ud83d"}\n',
    );
    await sync();
    expect(
      await values('select contract_id, account_id, arr, seats, auto_renew from raw.book__contracts'),
    ).toEqual([['9007199254740993', '12345678901234567890', 1200.1, 10, true]]);
    expect(await values('select contact_ids, notes from raw.book__meetings')).toEqual([
      ['["12345678901234567890","P2"]', 'cut \ufffd'],
    ]);
    expect(await rejects()).toEqual([]);
  });
});

describe('Parquet', () => {
  const write = (name: string, query: string) =>
    warehouse.query(`copy (${query}) to '${join(data, name)}' (format parquet)`);

  it('gives the same rows as the CSV of them', async () => {
    await write(
      'contracts.parquet',
      `select 9007199254740993 as contract_id, 17.0::double as account_id, timestamp '2026-01-01' as term_start_date,
        date '2027-01-01' as term_end_date, 1200.10::decimal(18, 2) as arr, 3.0::double as seats, true as auto_renew,
        timestamptz '2026-05-01 02:00:00+02' as cancelled_at, 'x'::blob as product, 1 as stranger`,
    );
    await sync();
    expect(
      await rows(
        'select contract_id, account_id, term_start_date, term_end_date, arr, seats, auto_renew, cancelled_at, product from raw.book__contracts',
      ),
    ).toEqual([
      {
        contract_id: '9007199254740993',
        account_id: '17',
        term_start_date: '2026-01-01',
        term_end_date: '2027-01-01',
        arr: 1200.1,
        seats: 3,
        auto_renew: true,
        cancelled_at: '2026-05-01T00:00:00.000Z',
        product: 'x',
      },
    ]);
  });

  it('reports rows by their number, from 1, and takes lists for contact_ids', async () => {
    await write(
      'meetings.parquet',
      `select * from (values ('M1', 'A1', 'qbr', timestamp '2026-01-01 10:00:00', 'attended', ['P1', 'P2']),
        ('M2', 'A1', 'walk', timestamp '2026-01-01', 'attended', null))
        as m(meeting_id, account_id, type, scheduled_at, status, contact_ids)`,
    );
    await sync();
    expect(await values('select meeting_id, contact_ids, scheduled_at from raw.book__meetings')).toEqual([
      ['M1', '["P1","P2"]', '2026-01-01T10:00:00.000Z'],
    ]);
    expect(await rejects()).toEqual([['meetings.parquet', 2, 'type', 'unknown_value', 'M2']]);
  });

  it('without rows is connected; without a required column it is not taken', async () => {
    await write('accounts.parquet', "select 'A1' as account_id, 'n' as name where false");
    await write('users.parquet', "select 'U1' as user_id");
    expect(outcomes(await sync())).toEqual(['partial', 'accounts succeeded', 'users MISSING_COLUMN']);
    expect(await rejects()).toEqual([['users.parquet', 1, 'email', 'missing_column', null]]);
  });
});

describe('a mapped file', () => {
  const accounts = {
    file: 'crm.csv',
    columns: { account_id: { id_of: 'Customer' }, name: 'Customer', owner_id: 'Owner' },
  };
  const contracts = {
    file: 'crm.csv',
    columns: {
      contract_id: { id_of: ['Customer', 'End'] },
      account_id: { id_of: 'Customer' },
      term_start_date: { from: 'End', minus: 'Term' },
      term_end_date: 'End',
      arr: 'Worth',
      currency_code: { value: 'USD' },
    },
  };

  it('feeds several tables, each row as often as it counts', async () => {
    put(
      'crm.csv',
      [
        'Customers 2026',
        '',
        'customer;OWNER ;End;Term;Worth;Mood',
        'Acorn & Co.;Carla;2026-02-28;12;1.200,50 €;',
        'ACORN & CO;Carla;2027-02-28;12;1.300;',
        'Birch;Leo;;;;',
        'Cedar;;2026-08-31;6 months;-;',
        ';;;;;',
        'Summe;;;;2.500,50;',
      ].join('\r\n'),
    );
    const formats = { decimals: 'comma' } as const;
    const result = await mapped(
      { accounts: { ...accounts, formats }, contracts: { ...contracts, formats } },
      ANY,
    );
    expect(outcomes(result)).toEqual(['succeeded', 'accounts succeeded', 'contracts succeeded']);
    expect(await values('select account_id, name, owner_id from raw.book__accounts order by 1')).toEqual([
      ['acorn-co', 'ACORN & CO', 'Carla'],
      ['birch', 'Birch', 'Leo'],
      ['cedar', 'Cedar', null],
    ]);
    expect(
      await values(
        'select contract_id, term_start_date, term_end_date, arr from raw.book__contracts order by 1',
      ),
    ).toEqual([
      ['acorn-co-2026-02-28', '2025-02-28', '2026-02-28', 1200.5],
      ['acorn-co-2027-02-28', '2026-02-28', '2027-02-28', 1300],
    ]);
    // Of accounts that differ the later counts and the other is told; Birch has no contract, and Cedar's lacks its worth.
    expect(await rejects()).toEqual([
      ['crm.csv', 4, 'account_id', 'duplicate_key', 'acorn-co'],
      ['crm.csv', 7, 'arr', 'missing_value', 'cedar-2026-08-31'],
    ]);
    expect(logged.filter((text) => text.startsWith('warn'))).toEqual([
      'warn book: crm.csv: 1 line is taken for totals or remarks, not for rows: line 9 "Summe"',
      'warn book: crm.csv: 1 line is none of contracts, because all that is read for them is empty but the customer',
    ]);
    await mapped({ accounts: { ...accounts, formats } }, { ...ANY, acceptShrink: true });
    expect((await rejects()).map(([, line]) => line)).toEqual([4]); // those of contracts are forgotten, accounts' are not
  });

  it('says nothing of accounts that its contracts repeat alike', async () => {
    put(
      'crm.csv',
      'Customer,Owner,End,Term,Worth\nAcorn,Carla,2026-01-31,12,1\nAcorn,Carla,2027-01-31,12,2\n',
    );
    const result = await mapped({ accounts, contracts });
    expect(result.streams.map(({ rows_landed, rows_rejected }) => [rows_landed, rows_rejected])).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  it('tells contracts of one key, though they are alike: one of them may be another', async () => {
    put(
      'crm.csv',
      'Customer,Owner,End,Term,Worth\nAcorn,Carla,2026-01-31,12,1\nAcorn,Carla,2026-01-31,12,1\n',
    );
    const result = await mapped({ accounts, contracts }, ANY);
    expect(result.streams[1]?.faults).toMatchObject([
      { column: 'contract_id', reason: 'duplicate_key', count: 1, example: 'acorn-2026-01-31', line: 2 },
    ]);
  });

  it('tells all faults of a row at once, by column and reason, with what would mend them', async () => {
    put(
      'crm.csv',
      'Customer,Owner,Start,End,Worth,Seats,Renews\nAcorn,D,3/4/2025,31/12/2026,"1,200",many,perhaps\nBirch,D,2025-01-01,13/12/2026,5,3,Oui\n,,,,7,,\n',
    );
    const columns = {
      contract_id: 'Customer',
      account_id: 'Customer',
      term_start_date: 'Start',
      term_end_date: 'End',
      arr: 'Worth',
      seats: 'Seats',
      auto_renew: 'Renews',
    };
    const formats = { dates: 'month_first' } as const;
    const result = await mapped({ contracts: { file: 'crm.csv', columns, formats } }, ANY);
    expect(
      result.streams[0]?.faults?.map(({ count, severity, column, header, reason, example, line }) => [
        count,
        severity,
        column,
        header,
        reason,
        example,
        line,
      ]),
    ).toEqual([
      [2, 'row', 'term_end_date', 'End', 'bad_date', '31/12/2026', 2],
      [1, 'row', 'arr', 'Worth', 'bad_number', '1,200', 2],
      [1, 'row', 'contract_id', 'Customer', 'missing_value', null, 4],
      [1, 'row', 'account_id', 'Customer', 'missing_value', null, 4],
      [1, 'row', 'term_start_date', 'Start', 'missing_value', null, 4],
      [1, 'value', 'seats', 'Seats', 'bad_number', 'many', 2],
      [1, 'value', 'auto_renew', 'Renews', 'bad_boolean', 'perhaps', 2],
    ]);
    expect(result.streams[0]?.faults?.map(({ mend }) => mend)).toEqual([
      'if all of its days are so: dates: day_first, in connector.config.tables.contracts.formats of the source book',
      'say how decimals are marked: decimals: point or comma, in connector.config.tables.contracts.formats of the source book',
      'fill the cell, or take the line out',
      'fill the cell, or take the line out',
      'fill the cell, or take the line out',
      'write the number alone, or leave it empty',
      'write yes or no, or leave it empty',
    ]);
    expect(result.streams[0]).toMatchObject({
      rows_received: 3,
      rows_landed: 0,
      rows_rejected: 3,
      values_nulled: 0,
    });
    expect(faultText(result.streams[0]!.faults![0]!)).toBe(
      '2 × term_end_date ("End") is no day: expected a day such as 2026-03-31 or 3/31/2026, got "31/12/2026" (line 2). ' +
        'To mend it, if all of its days are so: dates: day_first, in connector.config.tables.contracts.formats of the source book.',
    );
  });

  it.each([
    ['utf-8', Buffer.from('Kunde;Betreuer\nMüller;Jörg\n')],
    ['utf-8 with its mark', Buffer.from('\ufeffKunde;Betreuer\r\nMüller;Jörg\r\n')],
    ['utf-16', Buffer.from('\ufeffKunde;Betreuer\r\nMüller;Jörg', 'utf16le')],
    ['utf-16 the other way round', Buffer.from('\ufeffKunde;Betreuer\nMüller;Jörg\n', 'utf16le').swap16()],
    ['windows-1252', Buffer.from('Kunde;Betreuer\nM\xfcller;J\xf6rg\n', 'latin1')],
    ['tabs', Buffer.from('Kunde\tBetreuer\nMüller\tJörg')],
    ['bars', Buffer.from('Kunde|Betreuer\nMüller|Jörg\n')],
  ])('may be in %s', async (_, content) => {
    put('Kunden.csv', content);
    const columns = { account_id: 'Kunde', name: 'Kunde', owner_id: 'Betreuer' };
    await mapped({ accounts: { file: 'Kunden.csv', columns, formats: { encoding: 'windows-1252' } } });
    expect(await values('select account_id, name, owner_id from raw.book__accounts')).toEqual([
      ['Müller', 'Müller', 'Jörg'],
    ]);
  });

  it('keeps a customer whose name is a word for sums', async () => {
    put(
      'crm.csv',
      'Customer,Owner,End,Term,Worth\nTotal,Carla,2026-01-31,12,1\nSumme AG,,2026-01-31,12,1\nTotal,,,,2\n',
    );
    await mapped({ accounts, contracts }, ANY);
    expect(await values('select account_id from raw.book__accounts order by 1')).toEqual([
      ['summe-ag'],
      ['total'],
    ]);
    expect(await values('select sum(arr) from raw.book__contracts')).toEqual([[2]]);
  });

  it('is whole when a row and the remark below it are short and the file has no last line end; else it was cut off', async () => {
    put('crm.csv', 'Customer,Owner,Mood\nAcorn,Carla\nGrand Total: 1');
    expect((await mapped({ accounts })).status).toBe('succeeded');
    put('crm.csv', 'Customer,Owner,Mood\nAcorn,Carla,\nBirch,Ki');
    expect((await mapped({ accounts })).streams[0]?.error?.message).toContain('ends in the middle of line 3');
  });

  it('without a header that is required is not taken, and says which there are', async () => {
    put('crm.csv', 'Client,Owner\nAcorn,Carla\n');
    const result = await mapped({ accounts });
    expect(outcomes(result)).toEqual(['failed', 'accounts MISSING_COLUMN']);
    expect(result.streams[0]?.error?.message).toContain(
      'crm.csv has no column "Customer", which is required. It is read for accounts.account_id. It has "Client", "Owner". ' +
        'Mend columns of the table accounts in tenure.yaml, or have it proposed anew: tenure map crm.csv.',
    );
  });

  it('without another header has no value there, and says so', async () => {
    put('crm.csv', 'Customer\nAcorn\n');
    expect(outcomes(await mapped({ accounts }))).toEqual(['succeeded', 'accounts succeeded']);
    expect(logged.join()).toContain(
      'Owner of the mapping of accounts is not in its header; the columns are empty',
    );
  });

  it('that is not there fails, whether it was there before or not', async () => {
    put('tickets.csv', 'ticket_id,account_id,created_at\n');
    expect(outcomes(await mapped({ accounts }))).toEqual([
      'partial',
      'accounts MAPPED_FILE_MISSING',
      'tickets succeeded',
    ]);
    put('crm.csv', 'Customer,Owner\nAcorn,Carla\n');
    await mapped({ accounts });
    drop('crm.csv');
    expect(outcomes(await mapped({ accounts }))).toEqual([
      'partial',
      'accounts STREAM_GONE',
      'tickets succeeded',
    ]);
  });

  it('may be the newest of several exports', async () => {
    put('report1719400000000.csv', 'Customer,Owner\nAcorn,Carla\nBirch,Carla\n');
    put('report1719500000000.csv', 'Customer,Owner\nAcorn,Leo\nBirch,Leo\n');
    put('reports.csv', 'x\n');
    utimesSync(join(data, 'report1719500000000.csv'), 1_700_000_000, 1_700_000_000);
    const file = 'report*0.csv';
    await mapped({ accounts: { ...accounts, file } });
    expect(await values('select owner_id from raw.book__accounts')).toEqual([['Carla'], ['Carla']]);
    expect(logged.filter((text) => text.includes('ignored'))).toEqual([
      expect.stringMatching(/^warn book: reports\.csv is ignored/),
    ]);
    utimesSync(join(data, 'report1719500000000.csv'), 2_000_000_000, 2_000_000_000);
    await mapped({ accounts: { ...accounts, file } });
    expect(await values('select owner_id from raw.book__accounts')).toEqual([['Leo'], ['Leo']]);
  });

  it('leaves a spreadsheet beside a table alone', async () => {
    put('accounts.csv', ACCOUNTS);
    put('accounts.xlsx', 'not read');
    put('accounts.txt', 'not read');
    expect(outcomes(await sync())).toEqual(['succeeded', 'accounts succeeded']);
    expect(logged.filter((text) => text.includes('ignored'))).toEqual([
      expect.stringMatching(/^warn book: accounts\.xlsx is ignored/),
    ]);
  });

  it('may be NDJSON or Parquet', async () => {
    put('deals.ndjson', '{"Kunde":"Acorn","Ende":"31.12.2026","Wert":"1.200,50"}\n');
    const columns = {
      contract_id: { id_of: 'Kunde' },
      account_id: { id_of: 'Kunde' },
      term_start_date: { from: 'Ende', minus: 12 },
      term_end_date: 'Ende',
      arr: 'Wert',
    };
    const formats = { decimals: 'comma' } as const;
    await mapped({ contracts: { file: 'deals.ndjson', columns, formats } });
    const landed = () => values('select contract_id, term_start_date, arr from raw.book__contracts');
    expect(await landed()).toEqual([['acorn', '2025-12-31', 1200.5]]);
    await warehouse.query(
      `copy (select 'Acorn' as "Kunde", date '2026-12-31' as "Ende", '1.200,50' as "Wert") to '${join(data, 'deals.parquet')}' (format parquet)`,
    );
    await mapped({ contracts: { file: 'deals.parquet', columns, formats } });
    expect(await landed()).toEqual([['acorn', '2025-12-31', 1200.5]]);
  });

  it('makes a year of an amount and how often it comes', async () => {
    put(
      'subs.csv',
      'id,who,from,to,amount,qty,every\nS1,A,2026-01-01,2027-01-01,25.10,10,month\nS2,A,2026-01-01,2027-01-01,99,1,Yearly\nS3,A,2026-01-01,2027-01-01,99,1,often\n',
    );
    const columns = {
      contract_id: 'id',
      account_id: 'who',
      term_start_date: 'from',
      term_end_date: 'to',
      arr: { from: 'amount', times: ['qty', 'every'] },
    };
    await mapped({ contracts: { file: 'subs.csv', columns } }, ANY);
    expect(await values('select contract_id, arr from raw.book__contracts order by 1')).toEqual([
      ['S1', 3012],
      ['S2', 99],
    ]);
    expect(await rejects()).toEqual([['subs.csv', 4, 'arr', 'bad_number', 'S3']]);
  });
});

describe('a score of another platform', () => {
  const columns = { account_id: 'who', scored_on: 'on', system: { value: 'old' } };
  const scores = () =>
    values('select account_id, score from raw.book__external_scores order by account_id, score');

  it('that counts risk is what is left of 100', async () => {
    put(
      'old.csv',
      'who,on,risk\nA,2026-04-30,0\nB,2026-04-30,12.75\nC,2026-04-30,100\nD,2026-04-30,101\nE,2026-04-30,high\n',
    );
    const score = { from: 'risk', subtracted_from: 100 };
    await mapped({ external_scores: { file: 'old.csv', columns: { ...columns, score } } }, ANY);
    expect(await scores()).toEqual([
      ['A', 100],
      ['B', 87.25],
      ['C', 0],
    ]);
    expect(await rejects()).toEqual([
      ['old.csv', 5, 'score', 'bad_range', 'D|old|2026-04-30'],
      ['old.csv', 6, 'score', 'bad_number', 'E|old|2026-04-30'],
    ]);
  });

  it('in words is what they are said to mean, whatever their case', async () => {
    put('old.csv', 'who,on,health\nA,2026-04-30,Good\nB,2026-04-30,at-risk\nC,2026-04-30,Unsure\n');
    const score = { from: 'health', means: { good: 90, 'At Risk': 20.5 } };
    await mapped({ external_scores: { file: 'old.csv', columns: { ...columns, score } } }, ANY);
    expect(await scores()).toEqual([
      ['A', 90],
      ['B', 20.5],
    ]);
    expect(await rejects()).toEqual([['old.csv', 4, 'score', 'bad_number', 'C|old|2026-04-30']]);
  });

  it('on another scale than 0 to 100 is none', async () => {
    put(
      'external_scores.csv',
      'account_id,scored_on,score,system\nA,2026-04-30,640,old\nA,2026-05-31,B+,old\nA,2026-06-30,64,old\n',
    );
    await sync();
    expect(await scores()).toEqual([['A', 64]]);
    expect(await rejects()).toEqual([
      ['external_scores.csv', 2, 'score', 'bad_range', 'A|old|2026-04-30'],
      ['external_scores.csv', 3, 'score', 'bad_number', 'A|old|2026-05-31'],
    ]);
  });
});

describe('a configuration of files', () => {
  it.each([
    [{ ledger: {} }, 'tables → ledger', 'expected one of accounts, rates'],
    [
      { accounts: { columns: { account_id: 'a', name: 'b', mood: 'c' } } },
      'columns → mood',
      'accounts has no such column',
    ],
    [{ accounts: { columns: { account_id: 'a' } } }, 'columns', 'accounts needs name'],
    [
      { accounts: { columns: { account_id: { of: 'a' }, name: 'b' } } },
      'columns → account_id',
      'expected a header, or one of',
    ],
    [{ accounts: { formats: { dates: 'american' } } }, 'formats → dates', 'day_first'],
  ])('%j is refused', (tables, place, message) => {
    const { error } = filesConfig.safeParse({ path: 'x', tables });
    const told = error!.issues.map((issue) => `${issue.path.join(' → ')}: ${issue.message}`).join('\n');
    expect(told).toContain(place);
    expect(told).toContain(message);
  });
});

it('the name of an export says how the next is found', () => {
  const names = [
    ...[
      'report1719400000000.csv',
      'hubspot-companies-2026-06-30.csv',
      'Renewals 20260630.xlsx',
      'export_2026-06-30T12-15.csv',
    ],
    ...['crm.csv', 'Q3 2026.csv', 'top100.csv'],
  ];
  expect(names.map(patternOf)).toEqual([
    ...['report*.csv', 'hubspot-companies-*.csv', 'Renewals *.xlsx', 'export_*.csv'],
    ...['crm.csv', 'Q3 2026.csv', 'top100.csv'],
  ]);
  expect(names.every((name) => isNamed(name, patternOf(name)))).toBe(true);
  expect([
    isNamed('ab', 'a*b*'),
    isNamed('a', 'a*a'),
    isNamed('axbxc', 'a*b*c'),
    isNamed('axc', 'a*b*c'),
  ]).toEqual([...[true, false, true, false]]);
});
