import type { IsoDate, IsoInstant, Warehouse } from '../../warehouse/index.ts';
import type { Config, DestinationConfig } from '../config/schema.ts';
import { TenureError } from '../errors.ts';
import { type Destination, type DestinationObject, isWritten, type SetupResult } from './destination.ts';
import { openDestination, sourceOfDestination } from './destinations.ts';
import { unknownFields } from './errors.ts';
import { type Refusal, refuseChanges, refuseDay, repeatedKeysRefusal } from './guards.ts';
import {
  ensureLedger,
  readHistory,
  readLedger,
  readPayloads,
  readRejectedKeys,
  writeApply,
  writeOutcomes,
  writeUnderWay,
} from './ledger.ts';
import { readPause } from './pause.ts';
import { type Change, type Plan, Planner, planText } from './plan.ts';
import { readWanted, type Wanted } from './sync-models.ts';

export { notAllSent } from './errors.ts';
export { type VerifyResult, verifyDestination, verifyText } from './verify.ts';
export { ensureLedger };

export interface ObjectResult {
  readonly object: string;
  readonly to_create: number;
  readonly to_update: number;
  readonly to_close: number;
  readonly unchanged: number;
  /** Records of accounts that did not come from the destination's source. */
  readonly left_out: number;
  /** What came up too late for a new record. */
  readonly backlog: number;
  /** Messages that wait for the end of their recipient's quiet hours. */
  readonly waiting?: number;
  readonly sent: number;
  readonly rejected: number;
  /** The reasons for which records were rejected, each with its number. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  /** Why nothing of it was, or would be, sent, or not all of it. */
  readonly refused: Refusal | null;
  readonly changes: readonly Change[];
}

export interface ActivationResult {
  readonly destination: string;
  readonly applied: boolean;
  readonly objects: readonly ObjectResult[];
  readonly diff_text: string;
}

export interface ActivationOptions {
  readonly config: Pick<Config, 'file' | 'sources'>;
  readonly destination: DestinationConfig;
  readonly warehouse: Warehouse;
  readonly apply: boolean;
  readonly asOfDate: IsoDate;
  /** Whether a first sync, or one whose ledger is lost, is meant. */
  readonly isFirst?: boolean;
  /** Whether so many changes are meant. */
  readonly acceptsChanges?: boolean;
  readonly now: () => IsoInstant;
  readonly onProgress?: (howFar: string, what: string) => void;
  /** Where to write to; tests give one of their own. */
  readonly client?: Destination;
}

interface PlannedObject extends Wanted, Plan {
  readonly at: DestinationObject;
  readonly rejectedBefore: ReadonlySet<string>;
  readonly refused: Refusal | null;
}

function refuseUnknownFields(destination: DestinationConfig, objects: readonly DestinationObject[]): void {
  const known = objects.flatMap(({ object, models }) =>
    models.flatMap(({ fields }) => fields.map((field) => `${object}.${field}`)),
  );
  const unknown = destination.allow_fields.filter(
    (name) => !known.includes(name) && !known.some((field) => field.endsWith(`.${name}`)),
  );
  if (unknown.length > 0) throw unknownFields(destination, unknown, known);
}

async function planObject(
  { destination, warehouse, config, ...options }: ActivationOptions,
  at: DestinationObject,
  pause: Refusal | null,
): Promise<PlannedObject> {
  const { object } = at;
  const source = sourceOfDestination(config, destination).name;
  const rejectedBefore = await readRejectedKeys(warehouse, destination.name, object);
  const history = await readHistory(warehouse, destination.name, object);
  const planner = new Planner(rejectedBefore);
  for await (const written of readLedger(warehouse, destination.name, object)) planner.know(written);
  const wanted = await readWanted(warehouse, at, source, destination.allow_fields, (record) =>
    planner.add(record),
  );
  const planned = planner.plan(await readPayloads(warehouse, destination.name, object, planner.changed));
  const rules = {
    asOfDate: options.asOfDate,
    maxChangeShare: destination.max_change_share,
    minChanges: destination.min_changes,
    isFirst: options.isFirst === true,
    acceptsChanges: options.acceptsChanges === true,
  };
  const refused =
    planned.repeated.length > 0
      ? repeatedKeysRefusal(object, planned.repeated)
      : (refuseDay(object, wanted.days, rules, history) ??
        (planned.changes.length > 0 ? pause : null) ??
        refuseChanges(object, planned, rules, history));
  return { ...wanted, ...planned, at, rejectedBefore, refused };
}

export const countReasons = (reasons: readonly string[]) =>
  [...new Set(reasons)].map((reason) => ({
    reason,
    count: reasons.filter((each) => each === reason).length,
  }));

function objectText(destination: DestinationConfig, each: PlannedObject, isDry: boolean): string {
  const { object } = each.at;
  if (each.fields.length === 0)
    return `${object}: nothing, because allow_fields of ${destination.name} names none of its fields`;
  const leftOut =
    each.leftOut === 0
      ? []
      : [
          `  ${each.leftOut} left out: their accounts did not come from the CRM that ${destination.name} writes to`,
        ];
  const refused = each.refused && isDry ? [`  Would be refused: ${each.refused.message}`] : [];
  return [planText(object, each), ...leftOut, ...refused].join('\n');
}

/**
 * Compares what the sync models want in the destination with what was last written there, and with `apply` sends the
 * difference in batches, each batch's per-record success noted in the ledger before the next is sent. An object that a
 * guard refuses, or of which a batch could not be sent, does not stop the others; after a refused login or a time-out
 * nothing more is sent. Each is in `refused` of its object.
 */
export async function activateDestination(options: ActivationOptions): Promise<ActivationResult> {
  const { config, destination, warehouse, apply, now, onProgress } = options;
  const client = options.client ?? openDestination(config, destination);
  refuseUnknownFields(destination, client.objects);
  if (apply) await ensureLedger(warehouse);
  const planned: PlannedObject[] = [];
  const pause = await readPause(warehouse);
  for (const at of client.objects.filter((each) => isWritten(each, destination.allow_fields)))
    planned.push(await planObject(options, at, pause));

  const objects: ObjectResult[] = [];
  let givenUp: Refusal | null = null;
  for (const each of planned) {
    const { at, changes } = each;
    const { object } = at;
    const target = { destination: destination.name, object };
    const reasons: string[] = [];
    let sent = 0;
    let refused: Refusal | null = each.refused ?? givenUp;
    try {
      if (apply && refused === null)
        await writeUnderWay(
          warehouse,
          target,
          changes.filter(({ kind }) => kind !== 'create').map(({ record_key }) => record_key),
        );
      for (let start = 0; apply && refused === null && start < changes.length; start += client.batchSize) {
        const outcomes = await client.upsert(at, changes.slice(start, start + client.batchSize));
        await writeOutcomes(warehouse, { ...target, at: now() }, outcomes);
        sent += outcomes.filter(({ ok }) => ok).length;
        reasons.push(...outcomes.flatMap(({ ok, reason }) => (ok ? [] : [reason ?? 'no reason given'])));
        onProgress?.(`${start + outcomes.length} of ${changes.length}`, object);
      }
    } catch (error) {
      if (!(error instanceof TenureError)) throw error;
      refused = { code: error.code, message: error.message };
      if (['ACTIVATION_LOGIN_FAILED', 'ACTIVATION_TIMED_OUT', 'ACTIVATION_BUSY'].includes(error.code))
        givenUp = refused;
    }
    if (apply && refused === null && each.fields.length > 0) {
      await writeApply(
        warehouse,
        {
          ...target,
          as_of_date: each.days.at(-1) ?? options.asOfDate,
          applied_at: now(),
          sent,
          rejected: reasons.length,
        },
        [...each.rejectedBefore].filter((key) => !each.keys.has(key)),
      );
    }
    const countOf = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
    objects.push({
      object,
      to_create: countOf('create'),
      to_update: countOf('update'),
      to_close: countOf('close'),
      unchanged: each.unchanged,
      left_out: each.leftOut,
      backlog: each.backlog.length,
      sent,
      rejected: reasons.length,
      reasons: countReasons(reasons),
      refused,
      changes,
    });
  }
  const diff = planned.map((each) => objectText(destination, each, !apply)).join('\n');
  return { destination: destination.name, applied: apply, objects, diff_text: diff };
}

/** How many open alerts make no task and are told to nobody, by why. */
export async function holdTexts(warehouse: Warehouse): Promise<string[]> {
  if ((await warehouse.tableColumns('marts', 'fct_alert_holds')) === undefined) return [];
  const rows = await warehouse.db
    .selectFrom('marts.fct_alert_holds')
    .select(['hold', 'reason', ({ fn }) => fn.countAll<number | bigint>().as('count')])
    .groupBy(['hold', 'reason'])
    .orderBy('hold')
    .orderBy('reason')
    .execute();
  return rows.map(
    ({ hold, reason, count }) =>
      `${count} open alert${Number(count) === 1 ? ' is' : 's are'} held: ${
        hold === 'excluded'
          ? `excluded (${reason})`
          : hold === 'paused'
            ? reason
            : `their rule waits for ${reason}`
      }`,
  );
}

/** Throws when the configuration of a destination says what cannot be: a source or a field that is not there. */
export function checkDestination(
  config: Pick<Config, 'file' | 'sources'>,
  destination: DestinationConfig,
): void {
  refuseUnknownFields(destination, openDestination(config, destination).objects);
}

/** Makes what a destination lacks for the fields that may be written there, as far as it can be made; a dry run without `apply`. */
export async function setUpDestination(
  config: Pick<Config, 'file' | 'sources'>,
  destination: DestinationConfig,
  apply: boolean,
): Promise<SetupResult> {
  checkDestination(config, destination);
  return openDestination(config, destination).setUp(destination.allow_fields, apply);
}

/** What a destination lacks for the fields that may be written there, found by logging in; each with what to do. */
export async function destinationProblems(
  config: Pick<Config, 'file' | 'sources'>,
  destination: DestinationConfig,
): Promise<string[]> {
  checkDestination(config, destination);
  return openDestination(config, destination).findProblems(destination.allow_fields);
}
