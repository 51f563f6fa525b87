import type { Column } from '../../../warehouse/index.ts';
import type { FaultGroup } from '../../source.ts';
import type { Vocabulary } from '../../vocabularies.ts';

/** Why a row, or a whole file, was not taken. */
export type Reason = FaultGroup['reason'];

/** One value that cannot stand; `column` is null when the line as a whole is at fault. */
export interface Fault {
  readonly column: string | null;
  readonly reason: Reason;
  /** What the file says in its place. */
  readonly given?: string;
}

export interface FileColumn extends Column {
  /** Without it a row says nothing: one that has no value here, or none that can stand, does not land. */
  readonly isRequired?: boolean;
  /** Required of the file, not of each row: no value means something (a contract without an end). */
  readonly mayBeEmpty?: boolean;
  /** The closed vocabulary of its values: whatever the case, with space, `-` or `_`; of a boolean `yes` and `no`. */
  readonly vocabulary?: Vocabulary;
  readonly min?: number;
  readonly max?: number;
}

/** A row as it lands: text, numbers, booleans, days and instants as the warehouse takes them; null is no value. */
export type FileRow = Record<string, unknown>;

/** One file of canonical input. */
export interface FileTable {
  readonly name: string;
  readonly columns: readonly FileColumn[];
  /** What names a record in reports. */
  readonly key: readonly string[];
  /** Whether two rows of one key and one version are one record, of which the later line lands. */
  readonly isKeyUnique: boolean;
  /** The column that dates versions: rows with one key that differ in it are versions. Without it a key has one row. */
  readonly versionedBy?: string;
  /** What must hold between the values of a row. */
  readonly check?: (row: FileRow) => Fault | undefined;
}

type Limits = Omit<FileColumn, 'name' | 'type'>;

const columnOf =
  (type: Column['type']) =>
  (name: string, limits: Limits = {}): FileColumn => ({ name, type, ...limits });

const text = columnOf('string');
const day = columnOf('date');
const instant = columnOf('timestamp');
const decimal = columnOf('decimal');
const integer = columnOf('integer');
const number = columnOf('number');
const boolean = columnOf('boolean');
const list = columnOf('json');

const required = { isRequired: true } as const;
const words = (vocabulary: Vocabulary) => ({ vocabulary });

function table(
  name: string,
  key: readonly string[],
  columns: readonly FileColumn[],
  more: Partial<FileTable> = {},
): FileTable {
  const versionedBy = columns.some((column) => column.name === 'updated_at')
    ? { versionedBy: 'updated_at' }
    : {};
  return {
    name,
    key,
    isKeyUnique: true,
    ...versionedBy,
    columns: [...columns, instant('known_at')],
    ...more,
  };
}

/** Facts without a key: two alike are two facts. */
const keyless = { isKeyUnique: false } as const;

function termEndsAfterItBegins(row: FileRow): Fault | undefined {
  const { term_start_date: start, term_end_date: end } = row;
  return end !== null && String(end) < String(start)
    ? { column: 'term_end_date', reason: 'bad_range', given: `${end}, before it begins on ${start}` }
    : undefined;
}

const SURVEY_SCALES: Readonly<Record<string, readonly [number, number]>> = { nps: [0, 10], csat: [1, 5] };

function scoreIsOnItsScale(row: FileRow): Fault | undefined {
  const [lowest, highest] = SURVEY_SCALES[String(row.type)] ?? [0, 0];
  const score = Number(row.score);
  return score < lowest || score > highest
    ? { column: 'score', reason: 'bad_range', given: String(row.score) }
    : undefined;
}

/**
 * The canonical files with their columns; users rely on the names. They land in this order: accounts and rates come
 * first, because contracts are held against them.
 */
export const TABLES: readonly FileTable[] = [
  table(
    'accounts',
    ['account_id'],
    [
      text('account_id', required),
      text('name', required),
      text('owner_id'),
      text('owner_email'),
      text('parent_account_id'),
      instant('created_at'),
      text('industry'),
      text('region'),
      text('territory'),
      text('segment'),
      instant('onboarded_at'),
      boolean('is_acquired'),
      boolean('is_customer', words('is_customer')),
      text('domain'),
      text('crm_url'),
      instant('updated_at'),
    ],
  ),
  table(
    'rates',
    ['currency_code', 'valid_from'],
    [
      text('currency_code', required),
      day('valid_from', required),
      decimal('rate', { ...required, min: Number.MIN_VALUE }), // more than nothing
    ],
  ),
  table(
    'contracts',
    ['contract_id'],
    [
      text('contract_id', required),
      text('account_id', required),
      day('term_start_date', required),
      day('term_end_date', { ...required, mayBeEmpty: true }),
      decimal('arr', { ...required, min: 0 }),
      text('currency_code'),
      integer('seats', { min: 0 }),
      text('product'),
      boolean('auto_renew'),
      integer('notice_days', { min: 0 }),
      text('renewal_owner_id'),
      text('previous_contract_id'),
      instant('cancelled_at'),
      day('cancel_effective_date'),
      text('cancel_reason'),
      instant('updated_at'),
    ],
    { check: termEndsAfterItBegins },
  ),
  table(
    'users',
    ['user_id'],
    [
      text('user_id', required),
      text('email', required),
      text('name'),
      text('role', words('user_role')),
      text('manager_id'),
      boolean('is_active'),
    ],
  ),
  table(
    'contacts',
    ['contact_id'],
    [
      text('contact_id', required),
      text('account_id', required),
      text('email'),
      text('name'),
      text('title'),
      text('role'),
      boolean('is_exec_sponsor'),
      boolean('is_champion'),
      boolean('has_consent'),
      instant('left_at'),
      instant('updated_at'),
    ],
  ),
  table(
    'usage_events',
    ['account_id'],
    [
      text('account_id', required),
      text('user_id', required),
      instant('event_at', required),
      text('feature'),
      integer('event_count'),
    ],
    keyless,
  ),
  table(
    'licensed_features',
    ['account_id', 'feature', 'valid_from'],
    [text('account_id', required), text('feature', required), day('valid_from'), day('valid_to')],
    { versionedBy: 'known_at' },
  ),
  table(
    'meetings',
    ['meeting_id'],
    [
      text('meeting_id', required),
      text('account_id', required),
      text('type', { ...required, ...words('meeting_type') }),
      instant('scheduled_at', required),
      text('status', { ...required, ...words('meeting_status') }),
      list('contact_ids'),
      text('notes'),
      instant('updated_at'),
    ],
  ),
  table(
    'emails',
    ['email_id'],
    [
      text('email_id', required),
      text('account_id', required),
      text('contact_id'),
      instant('sent_at', required),
      text('direction', { ...required, ...words('email_direction') }),
      instant('replied_at'),
      instant('updated_at'),
    ],
  ),
  table(
    'tickets',
    ['ticket_id'],
    [
      text('ticket_id', required),
      text('account_id', required),
      instant('created_at', required),
      instant('solved_at'),
      instant('escalated_at'),
      instant('merged_at'),
      text('priority'),
      number('csat', { min: 1, max: 5 }),
      instant('updated_at'),
    ],
  ),
  table(
    'invoices',
    ['invoice_id'],
    [
      text('invoice_id', required),
      text('account_id', required),
      day('due_date', required),
      instant('issued_at'),
      instant('paid_at'),
      decimal('amount'),
      text('status', words('invoice_status')),
      boolean('is_auto_charged'),
      instant('first_failed_at'),
      instant('updated_at'),
    ],
  ),
  table(
    'sentiments',
    ['account_id'],
    [
      text('account_id', required),
      text('sentiment', { ...required, ...words('sentiment') }),
      instant('set_at', required),
      text('set_by'),
      text('note'),
    ],
    keyless,
  ),
  table(
    'overrides',
    ['account_id'],
    [
      text('account_id', required),
      text('direction', { ...required, ...words('override_direction') }),
      text('reason', required),
      text('author', required),
      instant('set_at', required),
      instant('expires_at'),
    ],
    keyless,
  ),
  table(
    'opportunities',
    ['opportunity_id'],
    [
      text('opportunity_id', required),
      text('account_id', required),
      text('contract_id'),
      text('type', words('opportunity_type')),
      text('stage'),
      decimal('amount'),
      day('close_date'),
      boolean('is_closed'),
      boolean('is_won'),
      text('loss_reason'),
      text('forecast_category', words('forecast_category')),
      instant('created_at'),
      instant('updated_at'),
    ],
  ),
  table(
    'tasks',
    ['task_key'],
    [
      text('task_key', required),
      text('account_id', required),
      text('status', { ...required, ...words('task_status') }),
      text('owner_id'),
      instant('completed_at'),
      text('close_reason'),
      instant('updated_at'),
    ],
  ),
  table(
    'surveys',
    ['survey_id'],
    [
      text('survey_id', required),
      text('account_id', required),
      instant('answered_at', required),
      text('type', { ...required, ...words('survey_type') }),
      number('score', required),
    ],
    { check: scoreIsOnItsScale },
  ),
  table(
    'documents',
    ['document_id'],
    [
      text('document_id', required),
      text('account_id', required),
      text('title', required),
      text('url'),
      text('kind'),
      instant('made_at', required),
      instant('updated_at'),
    ],
  ),
  table(
    'notes',
    ['note_id'],
    [
      text('note_id', required),
      text('account_id', required),
      text('text', required),
      text('author'),
      instant('made_at', required),
      text('opportunity_id'),
      instant('updated_at'),
    ],
  ),
  table(
    'engagements',
    ['engagement_id'],
    [
      text('engagement_id', required),
      text('account_id', required),
      text('contact_id'),
      text('type', { ...required, ...words('engagement_type') }),
      instant('happened_at', required),
      text('status', words('engagement_status')),
      instant('updated_at'),
    ],
  ),
  table(
    'outcomes',
    ['outcome_id'],
    [
      text('outcome_id', required),
      text('account_id', required),
      text('goal', required),
      number('target'),
      number('value'),
      text('unit'),
      day('due_date'),
      instant('measured_at', required),
    ],
    { versionedBy: 'measured_at' },
  ),
  table(
    'identities',
    ['source', 'customer_id'],
    [text('source', required), text('customer_id', required), text('account_id', required)],
    { versionedBy: 'known_at' },
  ),
  table(
    'external_scores',
    ['account_id', 'system', 'scored_on'],
    [
      text('account_id', required),
      day('scored_on', required),
      number('score', { ...required, min: 0, max: 100 }),
      text('category'),
      text('system', required),
    ],
    { versionedBy: 'known_at' },
  ),
];
