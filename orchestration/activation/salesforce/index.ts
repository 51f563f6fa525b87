import { AbortError } from 'p-retry';
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
import type { Patience } from '../persist.ts';
import type { Change, FieldValue, Payload } from '../plan.ts';
import {
  codeOf,
  connectSalesforce,
  isRefusal,
  parseSaveResults,
  type SalesforceConnection,
  type SaveResult,
} from './connection.ts';
import { SALESFORCE_OBJECTS, type SalesforceObject, TASK_KEY_FIELD } from './fields.ts';
import { findingsOf, parseDescribed } from './problems.ts';
import { setUpSalesforce } from './set-up.ts';

export { SALESFORCE_OBJECTS, TASK_KEY_FIELD } from './fields.ts';

/** Salesforce takes at most 200 records in one collection call. */
const BATCH_SIZE = 200;

/** Salesforce could not read a record, and so none of its batch. */
const UNREADABLE_CODES = new Set(['JSON_PARSER_ERROR', 'MALFORMED_ID']);
const isUnreadable = (error: unknown) => UNREADABLE_CODES.has(codeOf(error));

const HINTS: Readonly<Record<string, string>> = {
  ENTITY_IS_DELETED: 'it was deleted there and is not made anew',
};

type Send = (records: readonly Payload[]) => Promise<unknown>;

/**
 * Salesforce. A record that is there is updated by its Id: an account by the id that it came with, a task by the one that
 * it got. A new task is upserted by its external id, so that sending it again makes no second one, and one that is to be
 * closed before anybody was told its Id is found by it; no account is made.
 * `sourceFields` are the mapped fields of the source that reads the org back: a task is written by the key field by which
 * it is read.
 */
export function salesforceDestination(
  destination: DestinationOf<'salesforce'>,
  sourceFields: Readonly<Record<string, string>>,
  patience: Partial<Patience> = {},
): Destination {
  const taskKeyField = sourceFields.task_key ?? TASK_KEY_FIELD;
  let opened: SalesforceConnection | undefined;
  const connection = () => {
    opened ??= connectSalesforce(destination, patience, isUnreadable);
    return opened;
  };

  const outcomeOf = (change: Change, result: SaveResult | undefined): Outcome => {
    if (result?.success === true)
      return { change, ok: true, remoteId: result.id ?? change.remote_id, reason: null };
    const reason = result?.errors
      .map(({ statusCode = '', message = '' }) => {
        const hint = HINTS[statusCode];
        return `${statusCode} ${message}${hint === undefined ? '' : ` (${hint})`}`.trim();
      })
      .join('; ');
    return {
      change,
      ok: false,
      remoteId: change.remote_id,
      reason: connection().masked(reason || 'refused without a reason'),
    };
  };

  /** Sends one batch; where a record makes it unreadable, the halves, until that record alone is refused. */
  async function sendBatch(
    object: string,
    changes: readonly Change[],
    recordOf: (change: Change) => Payload,
    send: Send,
  ): Promise<Outcome[]> {
    if (changes.length === 0) return [];
    try {
      const results = await connection().call(object, async () => {
        const reply = await send(changes.map(recordOf));
        const parsed = parseSaveResults(Array.isArray(reply) ? reply : [reply]);
        if (parsed.length !== changes.length)
          throw new AbortError(`expected ${changes.length} results, got ${parsed.length}`);
        return parsed;
      });
      return changes.map((change, index) => outcomeOf(change, results[index]));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      const [change] = changes;
      if (change !== undefined && changes.length === 1) {
        const errors = [{ statusCode: codeOf(error), message: (error as Error).message }];
        return [outcomeOf(change, { success: false, errors })];
      }
      const middle = Math.ceil(changes.length / 2);
      return [
        ...(await sendBatch(object, changes.slice(0, middle), recordOf, send)),
        ...(await sendBatch(object, changes.slice(middle), recordOf, send)),
      ];
    }
  }

  async function findProblems(allowFields: readonly string[]): Promise<string[]> {
    const problems: string[] = [];
    for (const at of SALESFORCE_OBJECTS.filter((each) => isWritten(each, allowFields))) {
      const reply = await connection().call(at.object, () => connection().jsforce.describe(at.object));
      const keyField = at.isCreated ? taskKeyField : null;
      problems.push(...findingsOf(at, keyField, allowFields, parseDescribed(reply)).map(({ text }) => text));
    }
    return [...connection().loginProblems, ...problems];
  }

  const isCreated = (object: DestinationObject) => (object as SalesforceObject).isCreated;

  /** The Ids of the records that have these keys. */
  async function idsByKey(object: string, keys: readonly string[]): Promise<Map<string, string>> {
    if (keys.length === 0) return new Map();
    const found = await connection().call(object, async () => {
      const { jsforce } = connection();
      return jsforce.sobject(object).find({ [taskKeyField]: { $in: [...keys] } }, ['Id', taskKeyField]);
    });
    const rows = z.array(z.looseObject({ Id: z.string() })).parse(found);
    return new Map(rows.map((row) => [String(row[taskKeyField]), row.Id]));
  }

  return {
    objects: SALESFORCE_OBJECTS,
    batchSize: BATCH_SIZE,
    async upsert(at, changes) {
      const { object, neverNull } = at;
      const payloadOf = ({ payload }: Change): Payload =>
        Object.fromEntries(
          Object.entries(payload).filter(([field, value]) => value !== null || !neverNull.includes(field)),
        );
      const ids = await idsByKey(
        object,
        isCreated(at) ? changes.filter(isUntoldClosing).map(({ record_key }) => record_key) : [],
      );
      const idOf = (change: Change) =>
        isCreated(at) ? (change.remote_id ?? ids.get(change.record_key) ?? null) : change.record_key;
      const known = changes.filter((change) => idOf(change) !== null);
      const unknown = changes.filter((change) => idOf(change) === null);
      const sobject = () => connection().jsforce.sobject(object);
      const options = { allOrNone: false };
      return [
        ...(await sendBatch(
          object,
          known,
          (change) => ({ ...payloadOf(change), Id: idOf(change) }),
          (records) => sobject().update(records as { Id: string }[], options),
        )),
        ...(await sendBatch(
          object,
          unknown.filter(({ kind }) => kind !== 'close'),
          (change) => ({ ...payloadOf(change), [taskKeyField]: change.record_key }),
          (records) => sobject().upsert([...records], taskKeyField, options),
        )),
        ...unknown
          .filter(({ kind }) => kind === 'close')
          .map((change) => outcomeOf(change, { success: false, errors: [{ message: NOT_FOUND_BY_KEY }] })),
      ];
    },
    async read({ object }, ids, fields) {
      const reply = await connection().call(object, () =>
        connection().jsforce.retrieve(object, [...ids], { fields: ['Id', ...fields] }),
      );
      // a record that was deleted comes as null
      const there = z.array(z.record(z.string(), z.unknown()).nullable()).parse(reply);
      return new Map(
        ids.flatMap((id, index): [string, Payload][] => {
          const record = there[index];
          return record
            ? [[id, Object.fromEntries(fields.map((name) => [name, (record[name] ?? null) as FieldValue]))]]
            : [];
        }),
      );
    },
    findProblems,
    setUp: (allowFields, apply) =>
      setUpSalesforce(connectSalesforce(destination, patience, isRefusal), taskKeyField, allowFields, apply),
  };
}
