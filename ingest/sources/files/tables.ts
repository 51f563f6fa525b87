import type { Column } from '../../../warehouse/index.ts';

/** Why a row, or a whole file, was not taken. */
export type Reason =
  | 'missing_value'
  | 'missing_column'
  | 'bad_date'
  | 'bad_number'
  | 'bad_boolean'
  | 'unknown_value'
  | 'bad_range'
  | 'duplicate_key'
  | 'unknown_account'
  | 'unreadable';

/** One value that cannot stand; `column` is null when the line as a whole is at fault. */
export interface Fault {
  readonly column: string | null;
  readonly reason: Reason;
}

export interface FileColumn extends Column {
  readonly isRequired?: boolean;
  /** The values that it may have, as they are written. */
  readonly oneOf?: readonly string[];
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
  /** Whether two rows with one key and one `updated_at` are one record, of which the later line lands. */
  readonly isKeyUnique: boolean;
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
const oneOf = (...values: string[]) => ({ oneOf: values });

function table(
  name: string,
  key: readonly string[],
  columns: readonly FileColumn[],
  more: Partial<FileTable> = {},
): FileTable {
  return { name, key, isKeyUnique: true, columns: [...columns, instant('known_at')], ...more };
}

/** Facts without a key: two alike are two facts. */
const keyless = { isKeyUnique: false } as const;

function termEndsAfterItBegins(row: FileRow): Fault | undefined {
  return String(row.term_end_date) < String(row.term_start_date)
    ? { column: 'term_end_date', reason: 'bad_range' }
    : undefined;
}

const SURVEY_SCALES: Readonly<Record<string, readonly [number, number]>> = { nps: [0, 10], csat: [1, 5] };

function scoreIsOnItsScale(row: FileRow): Fault | undefined {
  const [lowest, highest] = SURVEY_SCALES[String(row.type)] ?? [0, 0];
  const score = Number(row.score);
  return score < lowest || score > highest ? { column: 'score', reason: 'bad_range' } : undefined;
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
      day('term_end_date'),
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
      text('role', oneOf('csm', 'csm_manager', 'vp_cs', 'ae')),
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
  ),
  table(
    'meetings',
    ['meeting_id'],
    [
      text('meeting_id', required),
      text('account_id', required),
      text('type', { ...required, ...oneOf('qbr', 'sponsor', 'other') }),
      instant('scheduled_at', required),
      text('status', { ...required, ...oneOf('attended', 'missed', 'recap', 'cancelled') }),
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
      text('direction', { ...required, ...oneOf('out', 'in') }),
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
      text('status', oneOf('open', 'paid', 'void', 'uncollectible')),
      instant('updated_at'),
    ],
  ),
  table(
    'sentiments',
    ['account_id'],
    [
      text('account_id', required),
      text('sentiment', { ...required, ...oneOf('green', 'yellow', 'red') }),
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
      text('direction', { ...required, ...oneOf('up', 'down', 'none') }),
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
      text('type', oneOf('renewal', 'expansion')),
      text('stage'),
      decimal('amount'),
      day('close_date'),
      boolean('is_closed'),
      boolean('is_won'),
      text('loss_reason'),
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
      text('status', {
        ...required,
        ...oneOf('open', 'in_progress', 'completed', 'cancelled', 'ignored'),
      }),
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
      text('type', { ...required, ...oneOf('nps', 'csat') }),
      number('score', required),
    ],
    { check: scoreIsOnItsScale },
  ),
];
