import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Properties = Record<string, string>;
type Type = 'string' | 'number' | 'date' | 'datetime' | 'bool' | 'enumeration';

/** A property as HubSpot's reference describes it. */
interface Property {
  readonly type: Type;
  readonly groupName?: string;
  hasUniqueValue?: boolean;
  readOnlyValue?: boolean;
  options?: string[];
}

interface Stored {
  readonly id: string;
  readonly createdAt: string;
  updatedAt: string;
  properties: Properties;
  /** The company of a task. */
  company?: string;
}

/** How a call is answered instead of being done. */
export interface Failure {
  readonly status?: number;
  readonly retryAfter?: number;
  readonly location?: string;
  readonly policyName?: 'DAILY' | 'TEN_SECONDLY_ROLLING';
  /** A page of the edge network. */
  readonly html?: boolean;
  /** No answer at all. */
  readonly hang?: boolean;
  /** The work is done, but the answer is lost. */
  readonly dropAfter?: boolean;
  /** The work is done, but nothing is ever said. */
  readonly hangAfter?: boolean;
}

export interface HubSpotStandIn {
  readonly url: string;
  /** object → property → how it is. */
  readonly properties: Map<string, Map<string, Property>>;
  readonly groups: Map<string, Set<string>>;
  /** object → id → the record as it stands. */
  readonly records: Map<string, Map<string, Stored>>;
  /** Every batch that was done: the object, what, and how many inputs it brought. */
  readonly calls: { object: string; verb: string; count: number }[];
  readonly requests: { method: string; path: string; authorization: string | undefined }[];
  /** How many records were made by calls: more than the keys means a duplicate. */
  created: number;
  failNext: Failure[];
  /** Companies that are away for a while: nobody finds them by their ids. */
  readonly away: Set<string>;
  /** Calls that are left today; undefined: no end. */
  callsLeft: number | undefined;
  addCompanies(ids: readonly string[]): void;
  find(object: string, property: string, value: string): Stored | undefined;
  /** What a user does by hand. */
  change(object: string, id: string, properties: Properties): void;
  archive(object: string, id: string): void;
  merge(object: string, id: string, into: string): void;
  close(): Promise<void>;
}

/** What refuses a whole call. */
class Refused extends Error {
  readonly status: number;
  readonly category: string;
  constructor(status: number, category: string, message: string) {
    super(message);
    this.status = status;
    this.category = category;
  }
}

const own = (type: Type, more: Partial<Property> = {}): Property => ({ type, groupName: 'tenure', ...more });
const select = (...options: string[]) => own('enumeration', { options });

/** An account with the properties that docs/hubspot.md says to make. */
const account = () =>
  new Map<string, Map<string, Property>>([
    [
      'companies',
      new Map<string, Property>([
        ['name', { type: 'string' }],
        ['hs_object_id', { type: 'number', readOnlyValue: true }],
        ['tenure_score', own('number')],
        ['tenure_category', select('red', 'yellow', 'green')],
        ['tenure_flag', select('watch', 'at_risk_sustained', 'at_risk_renewal', 'critical')],
        ['tenure_trend', select('declining', 'stable', 'improving')],
        ['tenure_stage', select('onboarding', 'adoption', 'growth', 'renewal', 'at_risk')],
        ['tenure_next_renewal', own('date')],
        ['tenure_renewal_stage', own('string')],
        ['tenure_weakest_signal', own('string')],
        ['tenure_second_weakest_signal', own('string')],
        ['tenure_needs_review', own('bool', { options: ['true', 'false'] })],
      ]),
    ],
    [
      'deals',
      new Map<string, Property>([
        ['dealname', { type: 'string' }],
        ['hs_object_id', { type: 'number', readOnlyValue: true }],
        ['tenure_deal_renewal', own('date')],
        ['tenure_deal_stage', own('string')],
        ['tenure_deal_likelihood', own('number')],
        ['tenure_deal_expected_arr', own('number')],
        ['tenure_deal_next_step', own('string')],
        ['tenure_deal_score_180', own('number')],
        ['tenure_deal_score_90', own('number')],
        ['tenure_deal_score_60', own('number')],
        ['tenure_deal_score_30', own('number')],
        ['tenure_deal_last_review', own('date')],
        ['tenure_deal_review_notes', own('string')],
      ]),
    ],
    [
      'tasks',
      new Map<string, Property>([
        ['hs_object_id', { type: 'number', readOnlyValue: true }],
        ['hs_task_subject', { type: 'string' }],
        ['hs_task_body', { type: 'string' }],
        [
          'hs_task_status',
          {
            type: 'enumeration',
            options: ['NOT_STARTED', 'IN_PROGRESS', 'WAITING', 'DEFERRED', 'COMPLETED'],
          },
        ],
        ['hs_task_priority', { type: 'enumeration', options: ['NONE', 'LOW', 'MEDIUM', 'HIGH'] }],
        ['hs_task_type', { type: 'enumeration', options: ['EMAIL', 'CALL', 'TODO'] }],
        ['hs_task_completion_date', { type: 'datetime', readOnlyValue: true }],
        ['hs_timestamp', { type: 'datetime' }],
        ['hubspot_owner_id', { type: 'enumeration' }],
        ['tenure_rule', own('string')],
        ['tenure_severity', own('string')],
        ['tenure_close_reason', own('string')],
        ['tenure_task_key', own('string', { hasUniqueValue: true })],
      ]),
    ],
  ]);

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;

const readBody = async (request: IncomingMessage) => {
  let body = '';
  for await (const part of request) body += part;
  return body;
};

interface Input {
  readonly id?: string;
  readonly idProperty?: string;
  readonly properties?: Record<string, unknown>;
  readonly objectWriteTraceId?: string;
  readonly associations?: readonly {
    readonly to: { readonly id: string };
    readonly types: readonly { readonly associationCategory: string; readonly associationTypeId: number }[];
  }[];
}

interface Validation {
  readonly isValid: false;
  readonly message: string;
  readonly error: string;
  readonly name: string;
}

export interface AccountOptions {
  readonly companies?: readonly string[];
  /** Deals that are there, by id. */
  readonly deals?: readonly string[];
  /** Owners that are there, by id. */
  readonly owners?: readonly string[];
  readonly now?: () => string;
  /** How each call fails that `failNext` says nothing of; undefined when it does not. */
  readonly failing?: () => Failure | undefined;
}

/**
 * A local stand-in for the parts of HubSpot's interface that Tenure uses: properties and their groups, batches of records
 * (read by id or unique property, update, create). It refuses what the reference says is refused: more than 100 inputs, a
 * property that does not exist or may not be written, a value of the wrong type or no option, a task without a day, an
 * `idProperty` that is not unique, a second record with a unique value, an association with what is not there. A batch
 * fails as a whole for a value that is not valid, unless it makes records and each has a trace id; records that are not
 * there are told by 207. One that was merged is left out of the answer without an error.
 */
export async function startHubSpot(options: AccountOptions = {}): Promise<HubSpotStandIn> {
  const now = options.now ?? (() => '2026-06-30T12:00:00.000Z');
  const properties = account();
  const records: HubSpotStandIn['records'] = new Map([...properties.keys()].map((name) => [name, new Map()]));
  const groups = new Map([...properties.keys()].map((name) => [name, new Set(['tenure'])]));
  const archived = new Map([...properties.keys()].map((name) => [name, new Set<string>()]));
  const merged = new Map<string, string>();
  let made = 1000;

  const propertiesOf = (object: string) => {
    const found = properties.get(object);
    if (found === undefined)
      throw new Refused(404, 'OBJECT_TYPE_NOT_FOUND', `Unable to infer object type from: ${object}`);
    return found;
  };
  const away = new Set<string>();
  const isThere = (object: string, id: string) =>
    records.get(object)?.has(id) === true && archived.get(object)?.has(id) !== true && !away.has(id);
  const live = (object: string) =>
    [...(records.get(object)?.values() ?? [])].filter(({ id }) => isThere(object, id));

  /** What is wrong with the values of one record. */
  const faultsOf = (object: string, sent: Record<string, unknown>, id: string | undefined): Validation[] => {
    const faults: Validation[] = [];
    for (const [name, value] of Object.entries(sent)) {
      const property = propertiesOf(object).get(name);
      const fault = (error: string, message: string) => faults.push({ isValid: false, message, error, name });
      if (property === undefined) {
        fault('PROPERTY_DOESNT_EXIST', `Property "${name}" does not exist`);
        continue;
      }
      if (property.readOnlyValue) {
        fault('READ_ONLY_VALUE', `"${name}" is a read only property; its value cannot be set.`);
        continue;
      }
      if (typeof value !== 'string')
        throw new Refused(400, 'VALIDATION_ERROR', `Invalid input JSON: ${name} must be a string`);
      if (value === '') continue; // clears it
      if (property.type === 'number' && !Number.isFinite(Number(value)))
        fault('INVALID_LONG', `${value} was not a valid number.`);
      if (property.type === 'date' && !DATE.test(value))
        fault('INVALID_DATE', `${value} was not a valid date.`);
      if (property.type === 'datetime' && !DATETIME.test(value) && !/^\d+$/.test(value))
        fault('INVALID_DATE', `${value} was not a valid long.`);
      if (property.options !== undefined && !property.options.includes(value))
        fault(
          'INVALID_OPTION',
          `${value} was not one of the allowed options: [${property.options.join(', ')}]`,
        );
      if (name === 'hubspot_owner_id' && !(options.owners ?? []).includes(value))
        fault('INVALID_OWNER_ID', `Owner ${value} does not exist`);
      if (value.length > 65_536) fault('INVALID_STRING', `${name} is too long`);
      const holder = property.hasUniqueValue
        ? live(object).find((each) => each.properties[name] === value && each.id !== id)
        : undefined;
      if (holder !== undefined)
        fault('CONFLICTING_UNIQUE_VALUE', `${holder.id} already has that value for propertyName=${name}`);
    }
    return faults;
  };
  const notValid = (faults: readonly Validation[]) =>
    `Property values were not valid: ${JSON.stringify(faults)}`;

  /** What HubSpot fills in by itself. */
  const store = (object: string, before: Stored | undefined, id: string, sent: Properties): Stored => {
    const values = { ...before?.properties, ...sent };
    for (const [name, value] of Object.entries(values)) if (value === '') delete values[name];
    if (object === 'tasks') {
      if (values.hs_task_status === 'COMPLETED') values.hs_task_completion_date ??= now();
      else delete values.hs_task_completion_date;
    }
    const stored: Stored = {
      id,
      createdAt: before?.createdAt ?? now(),
      updatedAt: now(),
      properties: { ...values, hs_object_id: id },
      ...(before?.company === undefined ? {} : { company: before.company }),
    };
    records.get(object)?.set(id, stored);
    return stored;
  };

  const shown = ({ id, createdAt, updatedAt, properties: all }: Stored, asked?: readonly string[]) => ({
    id,
    createdAt,
    updatedAt,
    archived: false,
    properties: Object.fromEntries(
      Object.entries(all).filter(
        ([name]) => asked === undefined || asked.includes(name) || name === 'hs_object_id',
      ),
    ),
  });

  const missing = (object: string, ids: readonly string[]) => ({
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message: `Could not get some ${object.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids },
  });

  const read = (
    object: string,
    inputs: readonly Input[],
    body: { idProperty?: string; properties?: string[] },
  ) => {
    const { idProperty } = body;
    if (idProperty !== undefined && propertiesOf(object).get(idProperty)?.hasUniqueValue !== true)
      throw new Refused(400, 'VALIDATION_ERROR', `${idProperty} is not a unique property`);
    const found = inputs.map(({ id = '' }) =>
      idProperty === undefined
        ? live(object).find((each) => each.id === id)
        : live(object).find((each) => each.properties[idProperty] === id),
    );
    const gone = inputs.flatMap(({ id = '' }, index) => (found[index] === undefined ? [id] : []));
    return {
      results: found.flatMap((each) => (each === undefined ? [] : [shown(each, body.properties ?? [])])),
      errors: gone.length > 0 ? [missing(object, gone)] : [],
    };
  };

  const update = (object: string, inputs: readonly Input[]) => {
    if (inputs.some(({ idProperty }) => idProperty !== undefined))
      throw new Refused(
        400,
        'VALIDATION_ERROR',
        `Unable to perform update/upsert by non-unique property ${inputs[0]?.idProperty}`,
      );
    const ids = inputs.map(({ id = '' }) => id);
    if (new Set(ids).size < ids.length)
      throw new Refused(400, 'VALIDATION_ERROR', 'Duplicate IDs found in batch input');
    const malformed = ids.find((id) => !/^\d+$/.test(id));
    if (malformed !== undefined)
      throw new Refused(400, 'VALIDATION_ERROR', `Invalid object id: ${malformed}`);
    const faults = inputs.flatMap(({ id, properties: sent = {} }) => faultsOf(object, sent, id));
    if (faults.length > 0) throw new Refused(400, 'VALIDATION_ERROR', notValid(faults));
    const results: ReturnType<typeof shown>[] = [];
    const errors: unknown[] = [];
    for (const { id = '', properties: sent, objectWriteTraceId } of inputs) {
      const into = merged.get(id);
      if (into !== undefined) continue;
      if (!isThere(object, id)) {
        const { context, ...rest } = missing(object, [id]);
        errors.push({
          ...rest,
          context: {
            ...context,
            ...(objectWriteTraceId === undefined ? {} : { objectWriteTraceId: [objectWriteTraceId] }),
          },
        });
        continue;
      }
      results.push(shown(store(object, records.get(object)?.get(id), id, sent as Properties)));
    }
    return { results, errors };
  };

  const create = (object: string, inputs: readonly Input[]) => {
    const isTraced = inputs.every(({ objectWriteTraceId }) => objectWriteTraceId !== undefined);
    const results: ReturnType<typeof shown>[] = [];
    const errors: unknown[] = [];
    const problemOf = ({ properties: sent = {}, associations = [] }: Input): string | undefined => {
      const faults = faultsOf(object, sent, undefined);
      if (object === 'tasks' && !sent.hs_timestamp)
        faults.push({
          isValid: false,
          message: 'hs_timestamp is required',
          error: 'REQUIRED_FIELD',
          name: 'hs_timestamp',
        });
      if (faults.length > 0) return notValid(faults);
      for (const { to, types } of associations) {
        if (
          types.some(
            (type) => type.associationCategory !== 'HUBSPOT_DEFINED' || type.associationTypeId !== 192,
          )
        )
          return `One or more associations are not valid: ${JSON.stringify(types)}`;
        if (!isThere('companies', to.id)) return `No COMPANY with ID ${to.id} exists`;
      }
      return undefined;
    };
    if (!isTraced) {
      const problem = inputs.map(problemOf).find((each) => each !== undefined);
      if (problem !== undefined) throw new Refused(400, 'VALIDATION_ERROR', problem);
    }
    for (const input of inputs) {
      const message = problemOf(input);
      if (message !== undefined) {
        errors.push({
          status: 'error',
          category: 'VALIDATION_ERROR',
          message,
          context: { objectWriteTraceId: [input.objectWriteTraceId] },
        });
        continue;
      }
      made += 1;
      standIn.created += 1;
      const id = String(made);
      const stored = store(object, undefined, id, input.properties as Properties);
      const company = input.associations?.[0]?.to.id;
      if (company !== undefined) stored.company = company;
      results.push(shown(stored));
    }
    return { results, errors };
  };

  const BATCH = /^\/crm\/v3\/objects\/(\w+)\/batch\/(read|update|create)$/;
  const PROPERTIES = /^\/crm\/v3\/properties\/(\w+)(\/groups|\/batch\/create)?$/;

  const makeProperties = (object: string, inputs: readonly Record<string, unknown>[]) => {
    const results: unknown[] = [];
    const errors: unknown[] = [];
    for (const input of inputs) {
      const {
        name,
        label,
        type,
        fieldType,
        groupName,
        hasUniqueValue,
        options: choices,
      } = input as {
        name: string;
        label?: string;
        type: Type;
        fieldType?: string;
        groupName: string;
        hasUniqueValue?: boolean;
        options?: { value: string; label?: string }[];
      };
      const fieldTypes: Readonly<Record<Type, readonly string[]>> = {
        string: ['text', 'textarea'],
        number: ['number'],
        date: ['date'],
        datetime: ['date'],
        bool: ['booleancheckbox'],
        enumeration: ['select', 'radio', 'checkbox'],
      };
      if (!/^[a-z][a-z0-9_]*$/.test(name) || !label || !fieldTypes[type]?.includes(fieldType ?? ''))
        throw new Refused(400, 'VALIDATION_ERROR', `Invalid property ${name}`);
      if ((type === 'enumeration' || type === 'bool') && !choices?.every((each) => each.value && each.label))
        throw new Refused(400, 'VALIDATION_ERROR', `${name} needs options with label and value`);
      if (!groups.get(object)?.has(groupName))
        throw new Refused(400, 'VALIDATION_ERROR', `Property group ${groupName} does not exist`);
      if (propertiesOf(object).has(name)) {
        errors.push({
          status: 'error',
          category: 'OBJECT_ALREADY_EXISTS',
          message: `A property named '${name}' already exists.`,
          context: { name: [name] },
        });
        continue;
      }
      propertiesOf(object).set(name, {
        type,
        groupName,
        ...(hasUniqueValue === undefined ? {} : { hasUniqueValue }),
        ...(choices === undefined ? {} : { options: choices.map(({ value }) => value) }),
      });
      results.push(input);
    }
    return { results, errors };
  };

  const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', ...headers });
    response.end(JSON.stringify(body));
  };
  const error = (response: ServerResponse, { status, category, message }: Refused, more = {}, headers = {}) =>
    answer(
      response,
      status,
      { status: 'error', message, category, correlationId: 'c0ffee', ...more },
      headers,
    );

  /** Answers as a failure says; true when that was all. */
  const failed = (response: ServerResponse, failure: Failure): boolean => {
    if (failure.hang) return true;
    if (failure.html) {
      response.writeHead(failure.status ?? 200, { 'content-type': 'text/html' });
      response.end('<html><body>One moment</body></html>');
      return true;
    }
    if (failure.dropAfter || failure.hangAfter || failure.status === undefined) return false;
    const category = failure.status === 429 ? 'RATE_LIMITS' : 'INTERNAL_ERROR';
    error(
      response,
      new Refused(failure.status, category, `You have reached your ${failure.policyName ?? 'own'} limit.`),
      failure.policyName === undefined ? {} : { policyName: failure.policyName, errorType: 'RATE_LIMIT' },
      {
        ...(failure.retryAfter === undefined ? {} : { 'retry-after': String(failure.retryAfter) }),
        ...(failure.location === undefined ? {} : { location: failure.location }),
      },
    );
    return true;
  };

  const done = (method: string, pathname: string, body: string): { status: number; body: unknown } => {
    const batch = BATCH.exec(pathname);
    if (method === 'POST' && batch) {
      const [, object = '', verb = ''] = batch;
      propertiesOf(object);
      const sent = JSON.parse(body) as { inputs?: Input[]; idProperty?: string; properties?: string[] };
      const { inputs = [] } = sent;
      if (inputs.length === 0 || inputs.length > 100)
        throw new Refused(400, 'VALIDATION_ERROR', `Batch size must be from 1 to 100, got ${inputs.length}`);
      standIn.calls.push({ object, verb, count: inputs.length });
      const { results, errors } =
        verb === 'read'
          ? read(object, inputs, sent)
          : verb === 'update'
            ? update(object, inputs)
            : create(object, inputs);
      const times = { startedAt: now(), completedAt: now() };
      return errors.length > 0
        ? { status: 207, body: { status: 'COMPLETE', results, numErrors: errors.length, errors, ...times } }
        : { status: verb === 'create' ? 201 : 200, body: { status: 'COMPLETE', results, ...times } };
    }
    const described = PROPERTIES.exec(pathname);
    if (described) {
      const [, object = '', what] = described;
      if (method === 'GET' && what === undefined)
        return {
          status: 200,
          body: {
            results: [...propertiesOf(object)].map(
              ([name, { options: choices, readOnlyValue, ...rest }]) => ({
                name,
                label: name,
                hasUniqueValue: false,
                ...rest,
                options: (choices ?? []).map((value) => ({ value, label: value })),
                modificationMetadata: { readOnlyValue: readOnlyValue === true },
              }),
            ),
          },
        };
      if (method === 'POST' && what === '/groups') {
        const { name } = JSON.parse(body) as { name: string };
        if (groups.get(object)?.has(name))
          throw new Refused(409, 'OBJECT_ALREADY_EXISTS', `A group named '${name}' already exists.`);
        groups.get(object)?.add(name);
        return { status: 201, body: { name } };
      }
      if (method === 'POST' && what === '/batch/create') {
        const { inputs } = JSON.parse(body) as { inputs: Record<string, unknown>[] };
        const { results, errors } = makeProperties(object, inputs);
        return { status: errors.length > 0 ? 207 : 201, body: { status: 'COMPLETE', results, errors } };
      }
    }
    throw new Refused(404, '', 'No such endpoint');
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request);
    const { pathname } = new URL(request.url ?? '/', 'http://stand-in');
    const { authorization } = request.headers;
    standIn.requests.push({ method: request.method ?? '', path: pathname, authorization });
    const failure = standIn.failNext.shift() ?? options.failing?.();
    if (failure && failed(response, failure)) return;
    if (standIn.callsLeft === 0) return void failed(response, { status: 429, policyName: 'DAILY' });
    if (standIn.callsLeft !== undefined) standIn.callsLeft -= 1;
    try {
      if (authorization !== 'Bearer good')
        throw new Refused(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.');
      const { status, body: said } = done(request.method ?? '', pathname, body);
      if (failure?.dropAfter) return void request.socket.destroy();
      if (failure?.hangAfter) return;
      answer(response, status, said);
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      error(response, thrown);
    }
  };

  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: HubSpotStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    properties,
    groups,
    records,
    calls: [],
    requests: [],
    created: 0,
    failNext: [],
    away,
    callsLeft: undefined,
    addCompanies: (ids) => {
      for (const id of ids)
        if (!isThere('companies', id)) store('companies', undefined, id, { name: `Fictional ${id}` });
    },
    find: (object, property, value) => live(object).find((each) => each.properties[property] === value),
    change: (object, id, values) => {
      store(object, records.get(object)?.get(id), id, values);
    },
    archive: (object, id) => {
      archived.get(object)?.add(id);
    },
    merge: (object, id, into) => {
      archived.get(object)?.add(id);
      merged.set(id, into);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  standIn.addCompanies(options.companies ?? []);
  for (const id of options.deals ?? []) store('deals', undefined, id, { dealname: `Fictional ${id}` });
  return standIn;
}
