import { TenureError } from '../../errors.ts';
import { isWorkday } from './hours.ts';

/** Why somebody is told something: their alert, a step of an escalation that names them, their open alerts of a day. */
export const KINDS = ['alert', 'escalation', 'digest'] as const;
export type MessageKind = (typeof KINDS)[number];

/** From the least to the gravest. */
export const SEVERITIES = ['info', 'notice', 'warning', 'urgent', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A row of `activation.sync_people__alerts`: a person, an open alert, and a way in which they are told of it. */
export interface ToldAlert {
  readonly record_key: string;
  readonly as_of_date: string;
  readonly kind: MessageKind;
  readonly event_date: string;
  readonly is_backlog: boolean;
  readonly recipient_id: string;
  readonly recipient_name: string;
  readonly recipient_email: string | null;
  readonly level: string | null;
  readonly alert_key: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly state: string;
  readonly owner_name: string | null;
  readonly created_date: string;
  readonly due_date: string;
  readonly account_id: string;
  readonly account_name: string;
  readonly segment: string | null;
  readonly arr: number | null;
  readonly score: number | null;
  readonly category: string | null;
  readonly flag: string | null;
  readonly renewal_date: string | null;
}

/** What one person is told at once. `key` is the same whenever it is told: nobody is told it twice. */
export interface Message {
  readonly key: string;
  readonly kind: MessageKind;
  readonly as_of_date: string;
  readonly to: { readonly id: string; readonly name: string; readonly email: string | null };
  /** The gravest of its alerts. */
  readonly severity: Severity;
  readonly title: string;
  readonly alerts: readonly ToldAlert[];
  /** It came up too late, or before the channel told anything: it stands in the digest alone. */
  readonly isBacklog: boolean;
}

export interface MessageOptions {
  readonly tells: readonly MessageKind[];
  readonly minSeverity: Severity;
  /** Whether the channel has told nothing yet: then of the past it tells in the digest alone. */
  readonly isFirstTime: boolean;
  /** Days on which nobody works, beside weekends. */
  readonly holidays?: ReadonlySet<string>;
}

const gravity = (severity: Severity) => SEVERITIES.indexOf(severity);

export const isOverdue = (alert: ToldAlert): boolean => alert.due_date < alert.as_of_date;

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

function titleOf(kind: MessageKind, alerts: readonly ToldAlert[]): string {
  const [first] = alerts as readonly [ToldAlert];
  if (kind === 'alert') return `${first.account_name}: ${first.subject}`;
  if (kind === 'escalation') {
    const level = { manager: 'manager', vp_cs: 'VP CS', executive_sponsor: 'executive sponsor' }[
      first.level ?? ''
    ];
    return `Escalated to you as ${level ?? first.level}: ${first.account_name}: ${first.subject}`;
  }
  const overdue = alerts.filter(isOverdue).length;
  const accounts = new Set(alerts.map(({ account_id }) => account_id)).size;
  return `${plural(alerts.length, 'open alert')} of ${plural(accounts, 'account')}${overdue > 0 ? `, ${overdue} overdue` : ''}`;
}

/** The gravest first, then what is due first. */
const inOrder = (alerts: readonly ToldAlert[]) =>
  [...alerts].sort(
    (a, b) =>
      gravity(b.severity) - gravity(a.severity) ||
      a.due_date.localeCompare(b.due_date) ||
      a.record_key.localeCompare(b.record_key),
  );

function message(kind: MessageKind, key: string, given: readonly ToldAlert[], isBacklog: boolean): Message {
  const alerts = inOrder(given);
  const [first] = alerts as [ToldAlert];
  return {
    key,
    kind,
    as_of_date: first.as_of_date,
    to: { id: first.recipient_id, name: first.recipient_name, email: first.recipient_email },
    severity: first.severity,
    title: titleOf(kind, alerts),
    alerts,
    isBacklog,
  };
}

/**
 * What people are to be told by a channel: a message an alert and an escalation that are grave enough, and one a person
 * with all their open alerts, on workdays. Each has a key of its own. Throws `ACTIVATION_KEY_REPEATED` for rows that do
 * not.
 */
export function messagesOf(rows: readonly ToldAlert[], options: MessageOptions): Message[] {
  const { tells, minSeverity, isFirstTime, holidays } = options;
  const keys = new Set(rows.map(({ record_key }) => record_key));
  if (keys.size !== rows.length)
    throw new TenureError(
      'ACTIVATION_KEY_REPEATED',
      'Expected each row of activation.sync_people__alerts to have a record_key of its own. Mend the model, build, and run ' +
        'activate again.',
    );
  const wanted = rows.filter(({ kind }) => tells.includes(kind));
  const single = wanted
    .filter(({ kind, severity }) => kind !== 'digest' && gravity(severity) >= gravity(minSeverity))
    .map((row) =>
      message(
        row.kind,
        row.record_key,
        [row],
        row.is_backlog || (isFirstTime && row.event_date < row.as_of_date),
      ),
    );
  const digests = Map.groupBy(
    wanted.filter(({ kind, as_of_date }) => kind === 'digest' && isWorkday(as_of_date, holidays)),
    ({ recipient_id }) => recipient_id,
  );
  return [
    ...single,
    ...[...digests].map(([person, alerts]) =>
      message('digest', `digest:${alerts[0]?.as_of_date}:${person}`, alerts, false),
    ),
  ];
}
