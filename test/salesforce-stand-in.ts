import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CallError,
  type Fields,
  INTEGRATION_USER,
  org,
  RecordError,
  readOnly,
  type SObject,
} from './salesforce-org.ts';
import { type Right, setUpEndpoint } from './salesforce-set-up.ts';
import { type App, tokenEndpoint } from './salesforce-tokens.ts';

/** How a call is answered instead of being done. */
export interface Failure {
  readonly status?: number;
  readonly retryAfter?: number | string;
  readonly location?: string;
  /** A login page, as an org answers that does not take the token for one of its own. */
  readonly html?: boolean;
  /** No answer at all. */
  readonly hang?: boolean;
  /** The work is done, but the answer is lost. */
  readonly dropAfter?: boolean;
  /** The work is done, but nothing is ever said. */
  readonly hangAfter?: boolean;
  readonly errorCode?: string;
}

export interface StandIn {
  readonly url: string;
  /** object → Id → the record as it stands. */
  readonly records: Map<string, Map<string, Fields>>;
  readonly objects: Map<string, SObject>;
  /** Every call that wrote: how many records it brought, and how they were found. */
  readonly calls: { object: string; count: number; by: string }[];
  /** Every request, with the token that it carried. */
  readonly requests: { method: string; path: string; authorization: string | undefined }[];
  /** How many records were made by calls: more than the keys means a duplicate. */
  created: number;
  failNext: Failure[];
  /** Refuses these records, by Id or external id, as a validation rule does; and new fields by their full name, as a limit does. */
  readonly refuse: Set<string>;
  /** Milliseconds before a call that was done is answered. */
  delayMs: number;
  /** Every login: its grant, and how it was answered. */
  readonly logins: { grant: string | null; status: number; error: string | null }[];
  /** What the user who writes may do of the org's set-up. */
  readonly rights: Set<Right>;
  /** What the org's set-up holds: permission sets, their access to fields, their assignments. */
  readonly setUp: Readonly<Record<string, Fields[]>>;
  /** How the org is, where orgs differ. */
  readonly settings: { hasUniqueActivities: boolean };
  /** Ends every session: no token that was given so far is taken any more. */
  endSessions(): void;
  /** Accounts that are there, by Id, beside those that were. */
  addAccounts(ids: readonly string[]): void;
  /** The record that has a value in a field. */
  find(object: string, field: string, value: unknown): Fields | undefined;
  /** What a user does by hand. */
  change(object: string, id: string, fields: Fields): void;
  delete(object: string, id: string): void;
  close(): Promise<void>;
}

const ID = /^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const readBody = async (request: IncomingMessage) => {
  let body = '';
  for await (const part of request) body += part;
  return body;
};

const COLLECTION = /^\/services\/data\/v[\d.]+\/composite\/sobjects(?:\/([^/?]+)\/([^/?]+))?\/?$/;
const RETRIEVE = /^\/services\/data\/v[\d.]+\/composite\/sobjects\/([^/?]+)\/?$/;
const QUERY = /^\/services\/data\/v[\d.]+\/query\/?$/;
const DESCRIBE = /^\/services\/data\/v[\d.]+\/sobjects\/([^/?]+)\/describe\/?$/;

export interface OrgOptions {
  /** Accounts that are there, by Id. */
  readonly accounts?: readonly string[];
  /** Open opportunities that are there, by Id. */
  readonly opportunities?: readonly string[];
  /** Active users that are there, by Id. */
  readonly users?: readonly string[];
  /** The clock, for what Salesforce dates by itself. */
  readonly now?: () => string;
  /** How each call fails that `failNext` says nothing of; undefined when it does not. */
  readonly failing?: () => Failure | undefined;
  /** Whether nobody has made any field for Tenure. */
  readonly isBare?: boolean;
  /** The connected app by which a token may be had; without one there is the token `good` alone. */
  readonly app?: App;
}

/**
 * A local stand-in for the parts of Salesforce's REST interface that Tenure uses: describe, sObject Collections (update
 * by Id, upsert by an external id, retrieve), a query by the values of a field. It refuses what its reference says is refused, by the same codes: more than 200
 * records, unknown fields, values of the wrong type or length or on no picklist, missing required fields, unknown and
 * deleted records, inactive owners.
 */
export async function startSalesforce(options: OrgOptions = {}): Promise<StandIn> {
  const now = options.now ?? (() => '2026-06-30T12:00:00.000+0000');
  const objects = org();
  if (options.isBare === true)
    for (const { fields } of objects.values())
      for (const name of [...fields.keys()].filter((each) => each.startsWith('Tenure_'))) fields.delete(name);
  const records: StandIn['records'] = new Map([...objects.keys()].map((name) => [name, new Map()]));
  const deleted = new Set<string>();
  let made = 0;
  for (const id of [INTEGRATION_USER, ...(options.users ?? [])])
    records.get('User')?.set(id, { Id: id, IsActive: true });

  const sobjectOf = (name: string) => {
    const found = objects.get(name);
    if (found === undefined) throw new CallError(404, 'NOT_FOUND', 'The requested resource does not exist');
    return found;
  };
  const fieldOf = (object: string, name: string) => {
    const { fields } = sobjectOf(object);
    const found = [...fields].find(([each]) => each.toLowerCase() === name.toLowerCase());
    if (found === undefined || setUp.accessTo(object, found[0]) === 'none')
      throw new CallError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object}`);
    return { name: found[0], field: found[1] };
  };

  /** What Salesforce cannot read at all refuses the whole call. */
  const readable = (object: string, sent: Fields): Fields => {
    const read: Fields = {};
    for (const [name, value] of Object.entries(sent)) {
      if (name === 'attributes') continue;
      const { name: known, field } = fieldOf(object, name);
      const wanted = field.type === 'double' ? 'number' : field.type === 'boolean' ? 'boolean' : 'string';
      if (value !== null && typeof value !== wanted && !(wanted === 'string' && typeof value === 'number'))
        throw new CallError(
          400,
          'JSON_PARSER_ERROR',
          `Cannot deserialize instance of ${field.type} from VALUE_${(typeof value).toUpperCase()} value ${String(value)}`,
        );
      if (value !== null && field.type === 'date' && !DATE.test(String(value)))
        throw new CallError(
          400,
          'JSON_PARSER_ERROR',
          `Cannot deserialize instance of date from VALUE_STRING value ${String(value)}`,
        );
      read[known] = value;
    }
    return read;
  };

  const checkValues = (object: string, values: Fields, isInsert: boolean) => {
    for (const [name, value] of Object.entries(values)) {
      const { field } = fieldOf(object, name);
      if (name === 'Id') continue;
      if (
        (isInsert ? field.createable : field.updateable) === false ||
        setUp.accessTo(object, name) !== 'edit'
      )
        throw new RecordError(
          'INVALID_FIELD_FOR_INSERT_UPDATE',
          `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
          [name],
        );
      if (value === null) {
        if (name === 'OwnerId')
          throw new RecordError('INVALID_CROSS_REFERENCE_KEY', 'Owner ID: owner cannot be blank', [name]);
        if (field.type === 'boolean')
          throw new RecordError(
            'INVALID_TYPE_ON_FIELD_IN_RECORD',
            `${name}: value not of required type: null`,
            [name],
          );
        if (field.nillable === false && !isInsert)
          throw new RecordError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${name}]`, [name]);
        continue;
      }
      if (field.length !== undefined && String(value).length > field.length)
        throw new RecordError(
          'STRING_TOO_LONG',
          `${name}: data value too large: ${String(value)} (max length=${field.length})`,
          [name],
        );
      if (field.precision !== undefined) {
        const digits = field.precision - (field.scale ?? 0);
        if (Math.abs(Number(value)) >= 10 ** digits)
          throw new RecordError('NUMBER_OUTSIDE_VALID_RANGE', `${name}: value outside of valid range`, [
            name,
          ]);
      }
      if (field.restrictedPicklist && !field.values?.includes(String(value)))
        throw new RecordError(
          'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
          `bad value for restricted picklist field: ${String(value)}`,
          [name],
        );
      if (field.type === 'reference') {
        const target = (field.referenceTo ?? []).find((each) => records.get(each)?.has(String(value)));
        if (target === undefined && !ID.test(String(value)))
          throw new RecordError('MALFORMED_ID', `${name}: id value of incorrect type: ${String(value)}`, [
            name,
          ]);
        if (target === undefined || deleted.has(String(value)))
          throw new RecordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [name]);
        if (target === 'User' && records.get('User')?.get(String(value))?.IsActive !== true)
          throw new RecordError(
            'INACTIVE_OWNER_OR_USER',
            `operation performed with inactive user [${String(value)}] as owner of ${object.toLowerCase()}`,
          );
      }
    }
    if (!isInsert) return;
    const missing = [...sobjectOf(object).fields].filter(
      ([name, field]) =>
        field.nillable === false && !field.defaultedOnCreate && (values[name] ?? null) === null,
    );
    if (missing.length > 0)
      throw new RecordError(
        'REQUIRED_FIELD_MISSING',
        `Required fields are missing: [${missing.map(([name]) => name).join(', ')}]`,
        missing.map(([name]) => name),
      );
  };

  /** What Salesforce fills in by itself. */
  const completed = (object: string, record: Fields): Fields => {
    if (object !== 'Task') return { ...record, SystemModstamp: now() };
    const isDone = record.Status === 'Completed';
    return {
      ...record,
      AccountId: record.WhatId ?? null,
      CompletedDateTime: isDone ? (record.CompletedDateTime ?? now()) : null,
      SystemModstamp: now(),
    };
  };

  const refuseIfTold = (...keys: unknown[]) => {
    if (keys.some((key) => standIn.refuse.has(String(key))))
      throw new RecordError('FIELD_CUSTOM_VALIDATION_EXCEPTION', 'refused by a rule of the org');
  };

  const update = (object: string, { Id, ...values }: Fields) => {
    const ofObject = records.get(object);
    if (Id === undefined || Id === null)
      throw new RecordError('MISSING_ARGUMENT', 'Id not specified in an update call');
    const id = String(Id);
    refuseIfTold(id);
    if (deleted.has(id)) throw new RecordError('ENTITY_IS_DELETED', 'entity is deleted');
    const before = ofObject?.get(id);
    if (before === undefined)
      throw ID.test(id)
        ? new RecordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
        : new CallError(400, 'MALFORMED_ID', `Id: id value of incorrect type: ${id}`);
    if (!sobjectOf(object).updateable)
      throw new RecordError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
    checkValues(object, values, false);
    ofObject?.set(id, completed(object, { ...before, ...values }));
    return { id, success: true, errors: [] };
  };

  const insert = (object: string, values: Fields) => {
    const { prefix, createable } = sobjectOf(object);
    if (!createable)
      throw new RecordError(
        'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
        `entity type cannot be inserted: ${object}`,
      );
    checkValues(object, values, true);
    made += 1;
    standIn.created += 1;
    const id = `${prefix}${String(made).padStart(12, '0')}AAA`;
    const defaults =
      object === 'Task' ? { OwnerId: INTEGRATION_USER, Status: 'Not Started', Priority: 'Normal' } : {};
    const nulls = Object.fromEntries([...sobjectOf(object).fields.keys()].map((name) => [name, null]));
    records.get(object)?.set(id, completed(object, { ...nulls, ...defaults, ...values, Id: id }));
    return { id, success: true, created: true, errors: [] };
  };

  const upsert = (object: string, keyField: string, values: Fields, repeated: ReadonlySet<unknown>) => {
    const key = values[keyField] ?? null;
    refuseIfTold(key);
    if (key === null) throw new RecordError('MISSING_ARGUMENT', `${keyField} not specified`);
    if (repeated.has(key))
      throw new RecordError('DUPLICATE_EXTERNAL_ID', `Duplicate external id specified: ${String(key)}`);
    const found = standIn.find(object, keyField, key);
    return found === undefined
      ? insert(object, values)
      : { ...update(object, { ...values, Id: found.Id }), created: false };
  };

  const write = (path: RegExpExecArray, body: string) => {
    const { allOrNone, records: sent } = JSON.parse(body) as {
      allOrNone?: boolean;
      records: (Fields & { attributes?: { type?: string } })[];
    };
    if (sent.length > 200)
      throw new CallError(
        400,
        'EXCEEDED_ID_LIMIT',
        'record limit reached. cannot submit more than 200 records into this call',
      );
    if (allOrNone === true) throw new CallError(501, 'NOT_STOOD_IN', 'allOrNone is not stood in for');
    const [, inPath, keyField] = path;
    const types = sent.map(({ attributes }) => attributes?.type);
    if (types.some((type) => type === undefined))
      throw new CallError(400, 'INVALID_TYPE', 'sObject type not specified');
    if (inPath !== undefined && types.some((type) => type !== inPath))
      throw new CallError(400, 'INVALID_TYPE', `records of another type than ${inPath}`);
    const read = sent.map((each, index) => readable(String(types[index]), each));
    let keyName: string | undefined;
    if (inPath !== undefined && keyField !== undefined) {
      const known = [...sobjectOf(inPath).fields].find(
        ([name]) => name.toLowerCase() === keyField.toLowerCase(),
      );
      if (known?.[1].externalId !== true || setUp.accessTo(inPath, known[0]) === 'none')
        throw new CallError(
          404,
          'NOT_FOUND',
          `Provided external ID field does not exist or is not accessible: ${keyField}`,
        );
      if (read.some((each) => 'Id' in each))
        throw new CallError(
          400,
          'INVALID_FIELD',
          'The Id field should not be specified in the sobject data.',
        );
      keyName = known[0];
    }
    standIn.calls.push({ object: String(types[0]), count: sent.length, by: keyName ?? 'Id' });
    const keys = read.map((each) => each[keyName ?? 'Id']);
    const repeated = new Set(keys.filter((key, index) => keys.indexOf(key) !== index));
    return read.map((values, index) => {
      try {
        const object = String(types[index]);
        return keyName === undefined ? update(object, values) : upsert(object, keyName, values, repeated);
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        const { statusCode, message, fields } = error;
        return { success: false, errors: [{ statusCode, message, fields }] };
      }
    });
  };

  /** Records by their Ids, null for one that is not there; at most 2000. */
  const retrieve = (object: string, body: string) => {
    const { ids, fields } = JSON.parse(body) as { ids: string[]; fields: string[] };
    if (ids.length > 2000) throw new CallError(400, 'EXCEEDED_ID_LIMIT', 'record limit reached');
    const names = fields.map((name) => fieldOf(object, name).name);
    return ids.map((id) => {
      const record = deleted.has(id) ? undefined : records.get(object)?.get(id);
      return record === undefined
        ? null
        : Object.fromEntries(names.map((name) => [name, record[name] ?? null]));
    });
  };

  /** `SELECT Id, a FROM X WHERE a IN ('b', 'c')`, and no more: records by the values of a field. */
  const select = (soql: string) => {
    const [, list = '', object = '', field = '', values = ''] =
      /^SELECT ([\w, ]+) FROM (\w+) WHERE (\w+) IN \(('[^']*'(?:, ?'[^']*')*)\)$/.exec(soql) ?? [];
    if (object === '') throw new CallError(400, 'MALFORMED_QUERY', `unexpected token: ${soql.slice(0, 200)}`);
    if (soql.length > 100_000) throw new CallError(400, 'QUERY_TOO_COMPLICATED', 'query is too long');
    const names = list.split(/, ?/).map((name) => fieldOf(object, name).name);
    const { name: key } = fieldOf(object, field);
    const wanted = new Set([...values.matchAll(/'([^']*)'/g)].map(([, value]) => value));
    const found = [...(records.get(object)?.values() ?? [])].filter(
      (record) => wanted.has(String(record[key])) && !deleted.has(String(record.Id)),
    );
    return {
      totalSize: found.length,
      done: true,
      records: found.map((record) => ({
        attributes: { type: object },
        ...Object.fromEntries(names.map((name) => [name, record[name] ?? null])),
      })),
    };
  };

  const describe = (name: string) => {
    const { fields, ...rights } = sobjectOf(name);
    return {
      name,
      createable: rights.createable,
      updateable: rights.updateable,
      fields: [...fields]
        .filter(([field]) => setUp.accessTo(name, field) !== 'none')
        .map(([field, { values, isMade: _, ...each }]) => ({
          name: field,
          length: 0,
          nillable: true,
          createable: true,
          updateable: true,
          externalId: false,
          idLookup: field === 'Id' || each.externalId === true,
          restrictedPicklist: false,
          ...each,
          ...(setUp.accessTo(name, field) === 'read' ? readOnly : {}),
          picklistValues: (values ?? []).map((value) => ({ value, active: true, label: value })),
        })),
    };
  };

  const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers });
    response.end(JSON.stringify(body));
  };

  /** Answers as a failure says; true when that was all. */
  const failed = (response: ServerResponse, failure: Failure): boolean => {
    if (failure.hang) return true;
    if (failure.html) {
      response.writeHead(200, { 'content-type': 'text/html;charset=UTF-8' });
      response.end('<html><body>Log in</body></html>');
      return true;
    }
    if (failure.dropAfter || failure.hangAfter || failure.status === undefined) return false;
    const headers = {
      ...(failure.retryAfter === undefined ? {} : { 'retry-after': String(failure.retryAfter) }),
      ...(failure.location === undefined ? {} : { location: failure.location }),
    };
    const errorCode = failure.errorCode ?? 'SERVER_UNAVAILABLE';
    answer(response, failure.status, [{ errorCode, message: 'busy' }], headers);
    return true;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const { pathname } = url;
    const { authorization } = request.headers;
    standIn.requests.push({ method: request.method ?? '', path: pathname, authorization });
    const failure = standIn.failNext.shift() ?? options.failing?.();
    if (failure && failed(response, failure)) return;
    try {
      if (pathname === '/services/oauth2/token') {
        const { status, body: given } = tokens.answer(request.method, request.headers['content-type'], body);
        return answer(response, status, given);
      }
      if (authorization === undefined || !tokens.isTaken(authorization))
        throw new CallError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
      const asked = QUERY.test(pathname) ? (url.searchParams.get('q') ?? '') : '';
      if (request.method === 'GET' && records.has(/ FROM (\w+) /.exec(asked)?.[1] ?? '')) {
        if (failure?.dropAfter) return void request.socket.destroy();
        return answer(response, 200, select(asked));
      }
      const settled = setUp.answer(request.method ?? '', url, body);
      if (settled !== undefined) {
        if (failure?.dropAfter) return void request.socket.destroy();
        return answer(response, settled.status, settled.body);
      }
      const described = DESCRIBE.exec(pathname);
      if (request.method === 'GET' && described) return answer(response, 200, describe(String(described[1])));
      const retrieved = RETRIEVE.exec(pathname);
      if (request.method === 'POST' && retrieved)
        return answer(response, 200, retrieve(String(retrieved[1]), body));
      const collection = COLLECTION.exec(pathname);
      if (request.method !== 'PATCH' || !collection)
        throw new CallError(404, 'NOT_FOUND', 'The requested resource does not exist');
      const results = write(collection, body);
      if (standIn.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, standIn.delayMs));
      if (failure?.dropAfter) return void request.socket.destroy();
      if (failure?.hangAfter) return;
      answer(response, 200, results);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      answer(response, error.status, [{ message: error.message, errorCode: error.errorCode }]);
    }
  };

  const setUp = setUpEndpoint({
    objects,
    user: INTEGRATION_USER,
    url: () => standIn.url,
    isRefused: (fullName) => standIn.refuse.has(fullName),
  });
  const tokens = tokenEndpoint(options.app, () => standIn.url);
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    records,
    objects,
    calls: [],
    requests: [],
    created: 0,
    failNext: [],
    refuse: new Set(),
    delayMs: 0,
    rights: setUp.rights,
    setUp: setUp.tables,
    settings: setUp.settings,
    logins: tokens.logins,
    endSessions: tokens.end,
    addAccounts: (ids) => {
      const accounts = records.get('Account');
      for (const id of ids)
        if (!accounts?.has(id))
          accounts?.set(id, { Id: id, Name: `Fictional ${id}`, Tenure_Needs_Review__c: false });
    },
    find: (object, field, value) =>
      [...(records.get(object)?.values() ?? [])].find(
        (record) => record[field] === value && !deleted.has(String(record.Id)),
      ),
    change: (object, id, fields) => {
      const before = records.get(object)?.get(id);
      records.get(object)?.set(id, completed(object, { ...before, ...fields }));
    },
    delete: (_object, id) => {
      deleted.add(id);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  standIn.addAccounts(options.accounts ?? []);
  for (const Id of options.opportunities ?? [])
    records.get('Opportunity')?.set(Id, {
      ...{ Id, Name: `Fictional ${Id}`, StageName: 'Qualification', CloseDate: '2026-07-31' },
      ...Object.fromEntries(
        [...(objects.get('Opportunity')?.fields.keys() ?? [])]
          .filter((name) => name.startsWith('Tenure_'))
          .map((name) => [name, null]),
      ),
    });
  return standIn;
}
