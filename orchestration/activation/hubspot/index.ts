import { z } from 'zod';
import type { DestinationOf } from '../../config/schema.ts';
import {
  type Destination,
  type DestinationObject,
  isUntoldClosing,
  isWritten,
  NOT_FOUND_BY_KEY,
  type Outcome,
} from '../destination.ts';
import { fieldRefused, requestFailed } from '../errors.ts';
import type { Patience } from '../persist.ts';
import type { Change, FieldValue } from '../plan.ts';
import { connectHubSpot, type HubSpotConnection, HubSpotError } from './connection.ts';
import { HUBSPOT_OBJECTS, type HubSpotObject, TASK_KEY_PROPERTY, TASK_TO_COMPANY } from './fields.ts';
import { parseProperties, problemsOf } from './problems.ts';
import { setUpHubSpot } from './set-up.ts';

export { HUBSPOT_OBJECTS, TASK_KEY_PROPERTY } from './fields.ts';

/** HubSpot takes at most 100 records in one batch. */
const BATCH_SIZE = 100;

/** The answer to a batch: 200 when all went well, 207 when a part did. */
const batchReply = z.looseObject({
  results: z.array(
    z.looseObject({ id: z.string(), properties: z.record(z.string(), z.unknown()).catch({}) }),
  ),
  errors: z
    .array(
      z.looseObject({
        message: z.string().catch(''),
        category: z.string().catch(''),
        context: z.record(z.string(), z.array(z.string())).catch({}),
      }),
    )
    .default([]),
});
type BatchReply = z.infer<typeof batchReply>;

/** What HubSpot says of a property that cannot be written at all, whatever the record. */
const PROPERTY_CODES = /"error":"(PROPERTY_DOESNT_EXIST|READ_ONLY_VALUE)"/;

const textOf = (value: FieldValue): string => (value === null ? '' : String(value));

/**
 * HubSpot. A record that is there is updated by its record id: a company by the id that it came with, a task by the one
 * that it got. A new task is looked for by its unique key first and only made when it is not there, so that sending it
 * again makes no second one; one that is to be closed before anybody was told its id is found by it, too. No company is
 * made. `sourceFields` are the mapped fields of the source that reads HubSpot
 * back: a task is written by the key property by which it is read.
 */
export function hubspotDestination(
  destination: DestinationOf<'hubspot'>,
  sourceFields: Readonly<Record<string, string>>,
  patience: Partial<Patience> = {},
): Destination {
  const keyProperty = sourceFields.task_key ?? TASK_KEY_PROPERTY;
  let opened: HubSpotConnection | undefined;
  const connection = () => {
    opened ??= connectHubSpot(destination, patience);
    return opened;
  };

  const refused = (change: Change, reason: string): Outcome => ({
    change,
    ok: false,
    remoteId: change.remote_id,
    reason: connection().masked(reason),
  });

  const batch = async (object: string, verb: string, body: unknown): Promise<BatchReply> =>
    batchReply.parse(await connection().request('POST', `/crm/v3/objects/${object}/batch/${verb}`, body));

  const errorsOf = ({ errors }: BatchReply, id: string): string | undefined => {
    const own = errors.filter(({ context }) =>
      [...(context.ids ?? []), ...(context.objectWriteTraceId ?? [])].includes(id),
    );
    if (own.length === 0) return undefined;
    return own
      .map(({ category, message }) =>
        category === 'OBJECT_NOT_FOUND'
          ? `${category} it is not there, and is not made anew: it was deleted or merged into another`
          : `${category} ${message}`.trim(),
      )
      .join('; ');
  };

  /** The properties of a record, as texts; a company to associate with is none of them. */
  const propertiesOf = ({ neverNull }: DestinationObject, { payload }: Change) =>
    Object.fromEntries(
      Object.entries(payload)
        .filter(
          ([field, value]) =>
            field !== 'associated_company' && (value !== null || !neverNull.includes(field)),
        )
        .map(([field, value]) => [field, textOf(value)]),
    );

  /** Updates records by their ids; what the reply does not name was not written, whatever its status says. */
  async function update(at: DestinationObject, changes: readonly Change[], idOf: (change: Change) => string) {
    if (changes.length === 0) return [];
    const reply = await batch(at.object, 'update', {
      inputs: changes.map((change) => ({
        id: idOf(change),
        properties: propertiesOf(at, change),
        objectWriteTraceId: idOf(change),
      })),
    });
    const written = new Set(reply.results.map(({ id }) => id));
    return changes.map((change): Outcome => {
      const id = idOf(change);
      if (written.has(id)) return { change, ok: true, remoteId: id, reason: null };
      return refused(
        change,
        errorsOf(reply, id) ??
          'HubSpot left it out of its answer: it may have been merged into another record',
      );
    });
  }

  /** The ids of the tasks that have these keys. */
  async function idsByKey(object: string, keys: readonly string[]): Promise<Map<string, string>> {
    const reply = await batch(object, 'read', {
      idProperty: keyProperty,
      properties: [keyProperty],
      inputs: keys.map((id) => ({ id })),
    });
    return new Map(reply.results.map(({ id, properties }) => [String(properties[keyProperty]), id]));
  }

  /** Makes tasks that are not there, and updates those that a call before made without being answered. */
  async function create(at: DestinationObject, changes: readonly Change[]): Promise<Outcome[]> {
    if (changes.length === 0) return [];
    const ids = await idsByKey(
      at.object,
      changes.map(({ record_key }) => record_key),
    );
    const idOf = ({ record_key }: Change) => ids.get(record_key) ?? '';
    const there = changes.filter(({ record_key }) => ids.has(record_key));
    const missing = changes.filter(({ record_key }) => !ids.has(record_key));
    const updated = await update(at, there, idOf);
    if (missing.length === 0) return updated;
    const reply = await batch(at.object, 'create', {
      inputs: missing.map((change) => ({
        properties: {
          hs_task_status: 'NOT_STARTED',
          hs_task_type: 'TODO',
          ...propertiesOf(at, change),
          [keyProperty]: change.record_key,
        },
        associations: [
          {
            to: { id: textOf(change.payload.associated_company ?? null) },
            types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: TASK_TO_COMPANY }],
          },
        ],
        objectWriteTraceId: change.record_key,
      })),
    });
    const unknownProperty = reply.errors.find(({ message }) => PROPERTY_CODES.test(message));
    if (reply.results.length === 0 && unknownProperty !== undefined)
      throw fieldRefused(destination.name, at.object, connection().masked(unknownProperty.message));
    const made = new Map(reply.results.map(({ id, properties }) => [String(properties[keyProperty]), id]));
    return [
      ...updated,
      ...missing.map((change): Outcome => {
        const id = made.get(change.record_key);
        if (id !== undefined) return { change, ok: true, remoteId: id, reason: null };
        return refused(change, errorsOf(reply, change.record_key) ?? 'HubSpot left it out of its answer');
      }),
    ];
  }

  /** Sends one batch; where a record makes HubSpot refuse it as a whole, the halves, until that record alone is refused. */
  async function send(
    at: DestinationObject,
    changes: readonly Change[],
    work: (part: readonly Change[]) => Promise<Outcome[]>,
  ): Promise<Outcome[]> {
    if (changes.length === 0) return [];
    try {
      return await connection().call(at.object, () => work(changes));
    } catch (error) {
      if (!(error instanceof HubSpotError)) throw error;
      const reason = connection().masked(error.message);
      if (PROPERTY_CODES.test(error.message)) throw fieldRefused(destination.name, at.object, reason, error);
      // a record, or the company of a task, that is not there is that record's fault alone
      if (error.status === 404 && error.category !== 'OBJECT_NOT_FOUND')
        throw requestFailed(destination.name, reason, error);
      const [change] = changes;
      if (change !== undefined && changes.length === 1)
        return [refused(change, `${error.category} ${error.message}`.trim())];
      const middle = Math.ceil(changes.length / 2);
      return [
        ...(await send(at, changes.slice(0, middle), work)),
        ...(await send(at, changes.slice(middle), work)),
      ];
    }
  }

  const isCreated = (at: DestinationObject) => (at as HubSpotObject).isCreated;

  return {
    objects: HUBSPOT_OBJECTS,
    batchSize: BATCH_SIZE,
    async upsert(at, changes) {
      const untold = isCreated(at) ? changes.filter(isUntoldClosing).map(({ record_key }) => record_key) : [];
      const ids =
        untold.length === 0
          ? new Map<string, string>()
          : await connection().call(at.object, () => idsByKey(at.object, untold));
      const idOf = (change: Change) =>
        isCreated(at) ? (change.remote_id ?? ids.get(change.record_key) ?? null) : change.record_key;
      const known = changes.filter((change) => idOf(change) !== null);
      const unknown = changes.filter((change) => idOf(change) === null);
      return [
        ...(await send(at, known, (part) => update(at, part, (change) => String(idOf(change))))),
        ...(await send(
          at,
          unknown.filter(({ kind }) => kind !== 'close'),
          (part) => create(at, part),
        )),
        ...unknown.filter(({ kind }) => kind === 'close').map((change) => refused(change, NOT_FOUND_BY_KEY)),
      ];
    },
    async read({ object }, ids, fields) {
      const properties = fields.filter((field) => field !== 'associated_company');
      const reply = await connection().call(object, () =>
        batch(object, 'read', { properties, inputs: ids.map((id) => ({ id })) }),
      );
      return new Map(
        reply.results.map(({ id, properties: there }) => [
          id,
          Object.fromEntries(properties.map((name) => [name, (there[name] ?? null) as FieldValue])),
        ]),
      );
    },
    async findProblems(allowFields) {
      const problems: string[] = [];
      for (const at of HUBSPOT_OBJECTS.filter((each) => isWritten(each, allowFields))) {
        const reply = await connection().call(at.object, () =>
          connection().request('GET', `/crm/v3/properties/${at.object}`),
        );
        problems.push(
          ...problemsOf(at, at.isCreated ? keyProperty : null, allowFields, parseProperties(reply)),
        );
      }
      return problems;
    },
    setUp: (allowFields, apply) => setUpHubSpot(connection(), keyProperty, allowFields, apply),
  };
}
