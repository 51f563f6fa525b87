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
  ContentNote: {
    Id: 'id',
    IsDeleted: 'boolean',
    Title: 'string',
    TextPreview: 'string',
    Content: 'base64',
    FileType: 'string',
    SharingPrivacy: 'picklist',
    OwnerId: 'reference',
    CreatedDate: 'datetime',
    LastModifiedDate: 'datetime',
  },
  ContentDocument: {
    Id: 'id',
    IsDeleted: 'boolean',
    Title: 'string',
    FileType: 'string',
    CreatedDate: 'datetime',
    SystemModstamp: 'datetime',
  },
  ContentDocumentLink: {
    Id: 'id',
    IsDeleted: 'boolean',
    LinkedEntityId: 'reference',
    ContentDocumentId: 'reference',
    ShareType: 'picklist',
    Visibility: 'picklist',
    SystemModstamp: 'datetime',
  },
};

/** An enhanced note and its document are one record, which has a modification stamp only as a document. */
const isNote = (object: string) => object === 'ContentNote';
/** What Salesforce asks of a query for links; without it all of them are refused. */
const OF_DOCUMENTS = /^SELECT (.+) FROM ContentDocumentLink\s+WHERE ContentDocumentId IN \(([^)]+)\)/;
const refused = (errorCode: string, message: string): Reply => ({
  status: 400,
  body: [{ errorCode, message }],
});

const csvValue = (value: unknown) =>
  value === undefined || value === null ? '' : `"${String(value).replaceAll('"', '""')}"`;

/** Salesforce's login, describe and bulk queries; deleted records stay, marked, as in its recycle bin. */
export class Salesforce implements Vendor {
  readonly #records = new Map<string, Map<string, Fields>>();
  readonly #jobs = new Map<string, { object: string; fields: readonly string[]; found: readonly Fields[] }>();
  #logins = 0;

  readonly owns = (host: string) => host.endsWith('salesforce.com');

  /** Makes a record or changes one. */
  change(object: keyof typeof OBJECTS, id: string, at: string, fields: Fields): void {
    const records = this.#records.get(object) ?? new Map<string, Fields>();
    this.#records.set(object, records);
    const record = { Id: id, IsDeleted: false, CreatedDate: at, ...records.get(id), ...fields };
    records.set(id, { ...record, [isNote(object) ? 'LastModifiedDate' : 'SystemModstamp']: at });
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
    if (path === '/queryAll') return this.#query(url.searchParams.get('q') ?? '');
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
    if (operation !== 'queryAll') return undefined;
    const found = this.#found(query);
    if ('status' in found) return found;
    const { object, fields } = found;
    if (fields.some((field) => OBJECTS[object]?.[field] === 'base64'))
      return refused('INVALIDJOB', `Binary fields cannot be selected in bulk queries of ${object}`);
    const id = `750${this.#jobs.size + 1}`;
    this.#jobs.set(id, found);
    return { body: { id, state: 'UploadComplete', operation, object } };
  }

  /** A query of the REST interface, whose answer names a binary field by the path that has it, and never holds it. */
  #query(query: string): Reply {
    const found = this.#found(query);
    if ('status' in found) return found;
    const { object, fields } = found;
    const records = found.found.map((record) =>
      Object.fromEntries(
        fields.map((field) => [
          field,
          OBJECTS[object]?.[field] === 'base64'
            ? `${DATA}/sobjects/${object}/${record.Id}/${field}`
            : (record[field] ?? null),
        ]),
      ),
    );
    return { body: { totalSize: records.length, done: true, records } };
  }

  /** The records that a query finds, or why it is refused. */
  #found(
    query: string,
  ): { object: string; fields: string[]; found: Fields[] } | (Reply & { status: number }) {
    const bad = { ...refused('MALFORMED_QUERY', `not understood: ${query}`), status: 400 };
    const ofDocuments = OF_DOCUMENTS.exec(query);
    const between =
      /^SELECT (.+) FROM (\w+)\s+WHERE (\w+) >= (\S+) AND \w+ < (\S+)(?:\s+ORDER BY \w+ ASC)?\s*$/i.exec(
        query,
      );
    const [, listed = '', object = '', cursor = '', since = '', until = ''] = between ?? [];
    const fieldsOf = (list: string) => list.split(',').map((each) => each.trim());
    if (ofDocuments !== null) {
      const ids = fieldsOf((ofDocuments[2] ?? '').replaceAll("'", ''));
      const links = [...(this.#records.get('ContentDocumentLink')?.values() ?? [])];
      return {
        object: 'ContentDocumentLink',
        fields: fieldsOf(ofDocuments[1] ?? ''),
        found: links.filter((each) => ids.includes(String(each.ContentDocumentId))),
      };
    }
    if (/FROM ContentDocumentLink/.test(query))
      return {
        ...refused(
          'MALFORMED_QUERY',
          "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
        ),
        status: 400,
      };
    const fields = fieldsOf(listed);
    const known = OBJECTS[object];
    if (between === null || known === undefined || ![...fields, cursor].every((field) => field in known))
      return bad;
    const found = [...(this.#records.get(object)?.values() ?? [])].filter((record) => {
      const at = Date.parse(String(record[cursor]));
      return at >= Date.parse(since) && at < Date.parse(until);
    });
    return { object, fields, found };
  }

  #results(
    { fields: columns, found }: { fields: readonly string[]; found: readonly Fields[] },
    from: number,
  ): Reply {
    const lines = found
      .slice(from, from + PAGE)
      .map((record) => columns.map((column) => csvValue(record[column])).join(','));
    const locator = from + PAGE < found.length ? String(from + PAGE) : 'null';
    const body = `${[columns.map((column) => `"${column}"`).join(','), ...lines].join('\n')}\n`;
    return { headers: { 'Content-Type': 'text/csv', 'Sforce-Locator': locator }, body };
  }
}
