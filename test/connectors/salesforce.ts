import type { Call, Reply, Vendor } from './stand-in.ts';

type Fields = Record<string, unknown>;

const INSTANCE = 'https://example.my.salesforce.com';
const DATA = '/services/data/v62.0';
const PAGE = 2;

/** The refresh token changes with each login, as with rotation switched on: the old one is worth nothing afterwards. */
export const salesforceConfig = {
  auth_type: 'Client',
  client_id: 'client',
  client_secret: 'secret',
  refresh_token: 'refresh-0',
  start_date: '2024-01-01T00:00:00Z',
  stream_slice_step: 'P3650D',
};

/** Fields of the objects, with Salesforce's own types. */
const OBJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Account: {
    Id: 'id',
    IsDeleted: 'boolean',
    Name: 'string',
    OwnerId: 'reference',
    Industry: 'picklist',
    CSM_Sentiment__c: 'picklist',
    CreatedDate: 'datetime',
    SystemModstamp: 'datetime',
  },
  Contract: {
    Id: 'id',
    IsDeleted: 'boolean',
    AccountId: 'reference',
    StartDate: 'date',
    EndDate: 'date',
    ARR__c: 'currency',
    Seats__c: 'int',
    Status: 'picklist',
    CreatedDate: 'datetime',
    SystemModstamp: 'datetime',
  },
};

const csvValue = (value: unknown) =>
  value === undefined || value === null ? '' : `"${String(value).replaceAll('"', '""')}"`;

/** Salesforce's login, describe and bulk queries; deleted records stay, marked, as in its recycle bin. */
export class Salesforce implements Vendor {
  readonly #records = new Map<string, Map<string, Fields>>();
  readonly #jobs = new Map<string, { object: string; since: string; until: string }>();
  #logins = 0;

  readonly owns = (host: string) => host.endsWith('salesforce.com');

  /** Makes a record or changes one. */
  change(object: keyof typeof OBJECTS, id: string, at: string, fields: Fields): void {
    const records = this.#records.get(object) ?? new Map<string, Fields>();
    this.#records.set(object, records);
    const record = { Id: id, IsDeleted: false, CreatedDate: at, ...records.get(id), ...fields };
    records.set(id, { ...record, SystemModstamp: at });
  }

  delete = (object: keyof typeof OBJECTS, id: string, at: string) =>
    this.change(object, id, at, { IsDeleted: true });

  answer({ method, url, headers, body }: Call): Reply | undefined {
    if (url.hostname === 'login.salesforce.com') return this.#login(body);
    if (headers.authorization !== `Bearer access-${this.#logins}`) {
      return {
        status: 401,
        body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }],
      };
    }
    const path = url.pathname.replace(DATA, '');
    if (path === '/sobjects') {
      return { body: { sobjects: Object.keys(OBJECTS).map((name) => ({ name, queryable: true })) } };
    }
    const described = OBJECTS[/^\/sobjects\/(\w+)\/describe$/.exec(path)?.[1] ?? ''];
    if (described !== undefined) {
      return { body: { fields: Object.entries(described).map(([name, type]) => ({ name, type })) } };
    }
    if (path === '/jobs/query' && method === 'POST') return this.#startJob(JSON.parse(body));
    const [, id = '', part] = /^\/jobs\/query\/(\w+)(\/results)?$/.exec(path) ?? [];
    const job = this.#jobs.get(id);
    if (job === undefined) return undefined;
    if (part === undefined) return { body: method === 'DELETE' ? '' : { id, state: 'JobComplete' } };
    return this.#results(job, Number(url.searchParams.get('locator') ?? 0));
  }

  #login(body: string): Reply {
    const token = new URLSearchParams(body).get('refresh_token');
    if (token !== `refresh-${this.#logins}`) {
      const error_description = 'expired access/refresh token';
      return { status: 400, body: { error: 'invalid_grant', error_description } };
    }
    this.#logins += 1;
    const tokens = { access_token: `access-${this.#logins}`, refresh_token: `refresh-${this.#logins}` };
    return { body: { ...tokens, instance_url: INSTANCE } };
  }

  #startJob({ operation, query }: { operation: string; query: string }): Reply | undefined {
    const asked = /FROM (\w+) WHERE SystemModstamp >= (\S+) AND SystemModstamp < (\S+)$/.exec(query);
    const [, object = '', since = '', until = ''] = asked ?? [];
    if (asked === null || operation !== 'queryAll' || OBJECTS[object] === undefined) return undefined;
    const id = `750${this.#jobs.size + 1}`;
    this.#jobs.set(id, { object, since, until });
    return { body: { id, state: 'UploadComplete', operation, object } };
  }

  #results({ object, since, until }: { object: string; since: string; until: string }, from: number): Reply {
    const columns = Object.keys(OBJECTS[object] ?? {});
    const found = [...(this.#records.get(object)?.values() ?? [])].filter(({ SystemModstamp }) => {
      const at = Date.parse(String(SystemModstamp));
      return at >= Date.parse(since) && at < Date.parse(until);
    });
    const lines = found
      .slice(from, from + PAGE)
      .map((record) => columns.map((column) => csvValue(record[column])).join(','));
    const locator = from + PAGE < found.length ? String(from + PAGE) : 'null';
    const body = `${[columns.map((column) => `"${column}"`).join(','), ...lines].join('\n')}\n`;
    return { headers: { 'Content-Type': 'text/csv', 'Sforce-Locator': locator }, body };
  }
}
