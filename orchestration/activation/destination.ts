import type { Change, Payload } from './plan.ts';

/** A relation of the schema `activation` whose rows are wanted in an object of a destination. */
export interface SyncModel {
  readonly model: string;
  /** The columns that are fields of the object; all others of the relation are for Tenure. */
  readonly fields: readonly string[];
  /** Fields without which a row of the model means nothing: unless all are allowed, it is not read. */
  readonly required: readonly string[];
  /** Whether a row closes what is there, and so never makes a record. */
  readonly isClosing: boolean;
}

/** What may be written of one object of a destination. */
export interface DestinationObject {
  /** Its name there, and in the ledger. */
  readonly object: string;
  readonly models: readonly SyncModel[];
  /** Fields that never become null: a null in the payload is left out. */
  readonly neverNull: readonly string[];
}

/** How one record of a batch fared. */
export interface Outcome {
  readonly change: Change;
  readonly ok: boolean;
  readonly remoteId: string | null;
  readonly reason: string | null;
}

/** What a destination lacked for the fields that may be written there. */
export interface SetupResult {
  /** What was made or, without `apply`, would be. */
  readonly made: readonly string[];
  /** What only a person can do, each with what to do. */
  readonly byHand: readonly string[];
}

/**
 * The seam to a system that Tenure writes to: a folder each. The general code reads sync models, compares with the
 * ledger, guards and notes what was taken; a destination knows its objects and how to send a batch of changes to one.
 */
export interface Destination {
  readonly objects: readonly DestinationObject[];
  /** The most changes that one `upsert` takes. */
  readonly batchSize: number;
  /**
   * Sends changes in such a way that sending them again makes no second record; one outcome for each, in any order. A
   * change whose `remote_id` nobody was told is found by its key, also one that closes a record. Throws a `TenureError`
   * when the whole batch could not be sent.
   */
  upsert(object: DestinationObject, changes: readonly Change[]): Promise<Outcome[]>;
  /**
   * What stands in records now, by their ids: the fields asked for that can be read. A record that was deleted is not
   * among them.
   */
  read(
    object: DestinationObject,
    ids: readonly string[],
    fields: readonly string[],
  ): Promise<ReadonlyMap<string, Payload>>;
  /** Logs in and says what `allowFields` need that is not there, each with what to do. Nothing is written. */
  findProblems(allowFields: readonly string[]): Promise<string[]>;
  /** Makes what `allowFields` need, as far as the system's interface goes; without `apply` nothing is written. */
  setUp(allowFields: readonly string[], apply: boolean): Promise<SetupResult>;
}

/** A field may be allowed by its name, or for one object as `Account.Tenure_Score__c`. */
export const isAllowed = (allowed: readonly string[], object: string, field: string): boolean =>
  allowed.includes(field) || allowed.includes(`${object}.${field}`);

/** Whether any field of an object may be written; of one of which none may, the system is not asked, for which it may have no right. */
export const isWritten = (
  { object, models }: Pick<DestinationObject, 'object' | 'models'>,
  allowed: readonly string[],
): boolean => models.some(({ fields }) => fields.some((field) => isAllowed(allowed, object, field)));

/** A record to close whose id nobody was told: the run that made it was ended before it could note it. */
export const isUntoldClosing = ({ kind, remote_id }: Change): boolean =>
  kind === 'close' && remote_id === null;

export const NOT_FOUND_BY_KEY = 'no record has its key any more: it was deleted, and is not made anew';
