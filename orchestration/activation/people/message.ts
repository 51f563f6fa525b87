import { TenureError } from '../../errors.ts';
import { isWorkday } from './hours.ts';

/**
 * Why somebody is told something: their alert, a step of an escalation that names them, their open alerts of a day, what is
 * new in a week for who leads.
 */
export const KINDS = ['alert', 'escalation', 'digest', 'weekly'] as const;
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
  /** Of a weekly message: how many accounts there are of this news, named or not. */
  readonly list_total?: number;
  /** Of a weekly message: 1 is the largest of its news. */
  readonly list_place?: number;
}

/** A row of `activation.sync_people__figures`: a headline figure of a leader's accounts, with its change in a week. */
export interface Figure {
  readonly as_of_date: string;
  readonly recipient_id: string;
  readonly recipient_name: string;
  readonly recipient_email: string | null;
  readonly position: number;
  readonly label: string;
  readonly unit: 'money' | 'count';
  readonly value: number;
  readonly change: number | null;
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
  /** Of a weekly message. */
  readonly figures: readonly Figure[];
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
  /** The headline figures of leaders, for weekly messages. */
  readonly figures?: readonly Figure[];
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
  return `${alerts.length} to do in ${plural(accounts, 'account')}${overdue > 0 ? `, ${overdue} overdue` : ''}`;
}

/** How far from the message's day an alert is due, in days. */
const distance = ({ due_date, as_of_date }: ToldAlert) =>
  Math.abs(Date.parse(due_date) - Date.parse(as_of_date)) / 86_400_000;

/** News of a week stand by kind, the largest of each first. */
const byNews = (a: ToldAlert, b: ToldAlert) =>
  a.list_place === undefined || b.list_place === undefined
    ? 0
    : a.rule.localeCompare(b.rule) || Number(a.list_place) - Number(b.list_place);

/** The gravest first, then what is due nearest to the day: what was left undone for a year does not hide today's. */
const inOrder = (alerts: readonly ToldAlert[]) =>
  [...alerts].sort(
    (a, b) =>
      gravity(b.severity) - gravity(a.severity) ||
      byNews(a, b) ||
      distance(a) - distance(b) ||
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
    figures: [],
    isBacklog,
  };
}

/** The Monday of a day's week. */
function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

const NEWS: Readonly<Record<string, string>> = {
  newly_at_risk: 'newly at risk',
  fell: 'fell',
  rose: 'rose',
  renews: 'renewing soon',
};

/** One message a leader and week, by the first run on a workday of it: the figures, and what is new of which account. */
function weeklyMessages(
  rows: readonly ToldAlert[],
  figures: readonly Figure[],
  holidays: ReadonlySet<string> | undefined,
): Message[] {
  const byPerson = Map.groupBy(rows, ({ recipient_id }) => recipient_id);
  return [...Map.groupBy(figures, ({ recipient_id }) => recipient_id)].flatMap(([id, own]): Message[] => {
    const [{ as_of_date, recipient_name, recipient_email }] = own as [Figure];
    if (!isWorkday(as_of_date, holidays)) return [];
    const alerts = inOrder(byPerson.get(id) ?? []);
    const news = Object.entries(NEWS).flatMap(([list, words]) => {
      const total = alerts.find(({ rule }) => rule === list)?.list_total;
      return total === undefined ? [] : [`${Number(total)} ${words}`];
    });
    return [
      {
        key: `weekly:${mondayOf(as_of_date)}:${id}`,
        kind: 'weekly',
        as_of_date,
        to: { id, name: recipient_name, email: recipient_email },
        severity: 'info',
        title: `Your week: ${news.length === 0 ? 'nothing new' : news.join(', ')}`,
        alerts,
        figures: [...own].sort((a, b) => a.position - b.position),
        isBacklog: false,
      },
    ];
  });
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
    .filter(
      ({ kind, severity }) =>
        (kind === 'alert' || kind === 'escalation') && gravity(severity) >= gravity(minSeverity),
    )
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
    ...(tells.includes('weekly')
      ? weeklyMessages(
          wanted.filter(({ kind }) => kind === 'weekly'),
          options.figures ?? [],
          holidays,
        )
      : []),
  ];
}
