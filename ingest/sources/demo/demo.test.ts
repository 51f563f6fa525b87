import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AirbyteCatalog, type AirbyteMessage, parseMessage } from '../../protocol.ts';
import { salesforceId } from './ids.ts';

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url));
const START = '2025-07-01';
const SYSTEMS = ['salesforce', 'zendesk', 'stripe', 'segment'] as const;
type System = (typeof SYSTEMS)[number];
type Data = Record<string, unknown>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, value: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
};

function run(...args: string[]): { messages: AirbyteMessage[]; code: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { messages: lines.map((line) => parseMessage(JSON.parse(line))!), code: status };
}

const configOf = (system: System, endDate: string, more: object = {}) =>
  file('config.json', {
    system,
    seed: 3,
    accounts: 12,
    csms: 2,
    start_date: START,
    end_date: endDate,
    ...more,
  });

const catalogs = new Map<System, AirbyteCatalog>();
function catalogOf(system: System): AirbyteCatalog {
  const known = catalogs.get(system);
  if (known !== undefined) return known;
  const [message] = run('discover', '--config', configOf(system, START)).messages;
  if (message?.type !== 'CATALOG') throw new Error('no catalog');
  catalogs.set(system, message.catalog);
  return message.catalog;
}

/** Everything that one read says: the records by stream as texts, and the last states. */
function read(system: System, endDate: string, states: unknown[] = [], more: object = {}) {
  const streams = catalogOf(system).streams.map((stream) => ({
    stream,
    sync_mode: 'incremental',
    destination_sync_mode: 'append_dedup',
  }));
  const { messages, code } = run(
    ...['read', '--config', configOf(system, endDate, more), '--catalog', file('catalog.json', { streams })],
    ...(states.length === 0 ? [] : ['--state', file('state.json', states)]),
  );
  expect(code).toBe(0);
  const records = new Map<string, string[]>(streams.map(({ stream }) => [stream.name, []]));
  const lastStates = new Map<string, unknown>();
  for (const message of messages) {
    if (message.type === 'RECORD')
      records.get(message.record.stream)?.push(JSON.stringify(message.record.data));
    if (message.type === 'STATE') lastStates.set(message.state.stream!.stream_descriptor.name, message.state);
  }
  return { messages, records, states: [...lastStates.values()] };
}

const wholes = new Map<System, ReturnType<typeof read>>();
function whole(system: System): ReturnType<typeof read> {
  const known = wholes.get(system) ?? read(system, '2026-01-31');
  wholes.set(system, known);
  return known;
}

const rows = (records: Map<string, string[]>, stream: string): Data[] =>
  records.get(stream)!.map((text) => JSON.parse(text));

describe('the program', () => {
  it('says what it wants to be told', () => {
    const [message] = run('spec').messages;
    expect(message?.type).toBe('SPEC');
  });

  it('checks a configuration', () => {
    const status = (path: string) => {
      const { messages, code } = run('check', '--config', path);
      expect(code).toBe(0);
      return messages[0]?.type === 'CONNECTION_STATUS' ? messages[0].connectionStatus : undefined;
    };
    expect(status(configOf('stripe', '2025-08-01'))).toEqual({ status: 'SUCCEEDED' });
    expect(status(configOf('stripe', '2025-06-01'))).toEqual({
      status: 'FAILED',
      message: 'end_date: expected no day before start_date.',
    });
    expect(status(configOf('stripe', '2025-02-30'))?.message).toMatch(
      /^end_date: expected a day as YYYY-MM-DD/,
    );
    expect(status(file('other.json', { system: 'sap', start_date: START }))?.message).toMatch(
      /^system: expected one of salesforce, zendesk, stripe, segment/,
    );
  });

  it('fails on a wrong configuration and says why', () => {
    const { messages, code } = run('discover', '--config', file('none.json', {}));
    expect(code).toBe(1);
    expect(messages[0]).toMatchObject({
      type: 'TRACE',
      trace: { type: 'ERROR', error: { failure_type: 'config_error' } },
    });
  });

  it('reads the other streams when one is unknown', () => {
    const stream = { name: 'leads', json_schema: {} };
    const streams = [stream, ...catalogOf('stripe').streams].map((each) => ({
      stream: each,
      sync_mode: 'full_refresh',
      destination_sync_mode: 'overwrite',
    }));
    const config = configOf('stripe', '2025-08-01');
    const { messages, code } = run(
      'read',
      '--config',
      config,
      '--catalog',
      file('catalog.json', { streams }),
    );
    expect(code).toBe(0);
    const ended = messages.flatMap((message) => {
      const status = message.type === 'TRACE' ? message.trace.stream_status : undefined;
      return status && status.status !== 'STARTED' && status.status !== 'RUNNING'
        ? [`${status.stream_descriptor.name} ${status.status}`]
        : [];
    });
    expect(ended).toEqual(['leads INCOMPLETE', 'customers COMPLETE', 'invoices COMPLETE']);
  });
});

describe.each(SYSTEMS)('%s', (system) => {
  it('tells the same history twice, and its beginning when it ends earlier', () => {
    expect(read(system, '2026-01-31').records).toEqual(whole(system).records);
    const shorter = read(system, '2025-11-17');
    for (const [stream, texts] of shorter.records)
      expect(whole(system).records.get(stream)!.slice(0, texts.length)).toEqual(texts);
  });

  it('adds exactly the rest to what a state vouches for', () => {
    const first = read(system, '2025-12-30');
    const second = read(system, '2025-12-31', first.states);
    const third = read(system, '2026-01-31', second.states);
    for (const [stream, texts] of whole(system).records)
      expect([first, second, third].flatMap(({ records }) => records.get(stream)!)).toEqual(texts);
    const again = read(system, '2026-01-31', third.states);
    expect([...again.records.values()].flat()).toEqual([]);
    expect(again.states.length).toBe(whole(system).records.size);
  });

  it('counts the records before each state, and gives each a key and a cursor of its own', () => {
    const { messages } = whole(system);
    const since = new Map<string, number>();
    const keys = new Set<string>();
    for (const message of messages) {
      if (message.type === 'STATE') {
        const { name } = message.state.stream!.stream_descriptor;
        expect(message.state.sourceStats?.recordCount).toBe(since.get(name) ?? 0);
        since.set(name, 0);
      }
      if (message.type !== 'RECORD') continue;
      const { stream, data } = message.record;
      since.set(stream, (since.get(stream) ?? 0) + 1);
      const described = catalogOf(system).streams.find(({ name }) => name === stream)!;
      const [key, cursor] = [
        described.source_defined_primary_key![0]![0]!,
        described.default_cursor_field![0]!,
      ];
      keys.add(`${stream} ${data[key]} ${data[cursor]}`);
      expect(Object.keys(data).sort()).toEqual(
        Object.keys(described.json_schema.properties as object).sort(),
      );
    }
    expect(keys.size).toBe(messages.filter(({ type }) => type === 'RECORD').length);
  });

  it('knows nothing ahead of time', () => {
    const planned = new Set(['EndDateTime', 'Expires_At__c']);
    const { messages } = whole(system);
    for (const message of messages) {
      if (message.type !== 'RECORD') continue;
      const { data } = message.record;
      const known = data.SystemModstamp ?? data.updated_at ?? data.receivedAt ?? Number(data.updated) * 1000;
      const flat = { ...data, ...(data.status_transitions as Data | undefined) };
      for (const [field, value] of Object.entries(flat)) {
        if (planned.has(field)) continue;
        if (/_at$/.test(field) && typeof value === 'number')
          expect(value * 1000).toBeLessThanOrEqual(+new Date(known as string | number));
        if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
          expect(Date.parse(value)).toBeLessThanOrEqual(+new Date(known as string | number));
      }
    }
  });
});

describe('the company', () => {
  it('has one account id in all systems', () => {
    const ids = (system: System, stream: string, of: (row: Data) => unknown) =>
      new Set(rows(read(system, '2025-09-30').records, stream).map(of));
    const all = rows(read('salesforce', '2025-09-30').records, 'Account');
    const accounts = new Set(all.filter((row) => row.Type !== 'Prospect').map((row) => row.Id));
    expect(accounts.size).toBeLessThan(new Set(all.map((row) => row.Id)).size);
    expect(ids('zendesk', 'organizations', (row) => row.external_id)).toEqual(accounts);
    expect(ids('stripe', 'customers', (row) => (row.metadata as Data).account_id)).toEqual(accounts);
    for (const id of ids('segment', 'tracks', (row) => row.groupId)) expect(accounts).toContain(id);
    for (const id of accounts) expect(id).toMatch(/^001[0-9A-Za-z]{15}$/);
  });

  it('has what real data has: gaps, hierarchies, several contracts, late rows, other currencies', () => {
    const { records } = read('salesforce', '2026-06-30', [], { accounts: 120, start_date: '2024-06-30' });
    const [accounts, contracts, users] = ['Account', 'Contract', 'User'].map((name) => rows(records, name));
    const some = (list: Data[] | undefined, holds: (row: Data) => boolean) => list!.filter(holds).length > 0;
    expect(some(accounts, (row) => row.ParentId !== null)).toBe(true);
    expect(some(accounts, (row) => row.OwnerId === null)).toBe(true);
    expect(some(accounts, (row) => row.Is_Acquired__c === true)).toBe(true);
    expect(some(accounts, (row) => row.CSM_Sentiment__c === 'red')).toBe(true);
    expect(some(users, (row) => row.IsActive === false)).toBe(true);
    expect(some(contracts, (row) => row.Seats__c === null)).toBe(true);
    expect(some(contracts, (row) => row.CurrencyIsoCode === 'EUR')).toBe(true);
    expect(some(contracts, (row) => row.Cancelled_At__c !== null)).toBe(true);
    expect(some(contracts, (row) => row.Product__c === 'Insights')).toBe(true);
    const lasting = (row: Data) => Date.parse(String(row.EndDate)) - Date.parse(String(row.StartDate));
    expect(
      some(
        contracts,
        (row) => row.Auto_Renew__c === true && row.Notice_Days__c !== null && lasting(row) > 7e10,
      ),
    ).toBe(true);
    const roles = users!.map((row) => row.Tenure_Role__c);
    expect(roles.filter((role) => role === 'vp_cs').length).toBe(1);
    expect(roles.filter((role) => role === 'csm_manager').length).toBe(2);

    const late = rows(read('segment', '2025-09-30').records, 'tracks').filter(
      (row) => String(row.receivedAt).slice(0, 10) > String(row.timestamp).slice(0, 10),
    );
    expect(late.length).toBeGreaterThan(0);
  });
});

// 001 and 5f, then 10 in base 62 is A; of the three blocks 0015f, 00000, 0000A only the last has a capital: its
// fifth place, bit 4, is the 17th digit of A–Z and 0–5, Q.
it('ends an id with the digits that say which letters are capitals', () => {
  expect(salesforceId('Account', 0, 0)).toBe('0015f000000000AAAQ');
});
