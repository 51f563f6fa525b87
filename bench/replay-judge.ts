import { isWithin, localTime } from '../orchestration/activation/people/hours.ts';
import {
  type AlertInputs,
  AlertOracle,
  gravityOf,
  type HealthDay,
  nameOf,
  type OracleAlert,
} from '../test/oracle/alerts.ts';
import { type Company, dayOf, daysBetween } from '../test/oracle/company.ts';
import { CLOCKS, QUIET, type ReplayedDay, versionOf } from './replay-company.ts';

export interface TaskVersion {
  readonly task_key: string;
  readonly known_date: string;
  readonly status: string;
  readonly close_reason: string | null;
  readonly event_date: string | null;
  readonly completed_date: string | null;
}

export interface Exclusion {
  readonly account_id: string | null;
  readonly rule: string | null;
  readonly from_date: string | null;
  readonly until_date: string | null;
}

/** What the judge knows of the company beside what was seen on each day. */
export interface JudgeInputs extends AlertInputs {
  /** The daily history as it was in the end, for the days of an account before those that were recorded. */
  readonly health: readonly HealthDay[];
  readonly tasks: readonly TaskVersion[];
  readonly exclusions: readonly Exclusion[];
  /** The time zones of people who do not live by UTC. */
  readonly zones: ReadonlyMap<string, string>;
}

export interface ReplayReport {
  readonly days: number;
  readonly alerts: number;
  readonly messages: Readonly<Record<string, number>>;
  readonly tasks: number;
  /** A day after others that were missed: how many, and what was sent and refused on it and the two after it. */
  readonly gaps: readonly {
    readonly missed: number;
    readonly on: string;
    readonly sent: number;
    readonly refused: string[];
  }[];
  /** Days on which an object of the CRM was refused, by object and why. */
  readonly refused: Readonly<Record<string, number>>;
  readonly doubles: readonly string[];
  readonly missed: readonly string[];
  /** Alerts and messages that nothing in the definitions calls for. */
  readonly unasked: readonly string[];
  /** Told of, or a task made of, an account or rule that is excluded or paused, or a contact without consent. */
  readonly onExcluded: readonly string[];
  /** Due or told on a wrong day or at a wrong hour. */
  readonly wrongTimes: readonly string[];
}

const BACKLOG_DAYS = 14;
const isOurs = ({ status, close_reason }: TaskVersion) =>
  status === 'completed' && close_reason?.startsWith('Tenure: ') === true;

/** The run on which each account was first there; what is said of the time before came with it. */
function firstSeen(days: readonly ReplayedDay[]): Map<string, string> {
  const seenOn = new Map<string, string>();
  for (const { day, health } of days)
    for (const { account_id } of health as unknown as HealthDay[])
      if (!seenOn.has(account_id)) seenOn.set(account_id, day);
  return seenOn;
}

/**
 * The company with what the CRM told late of accounts that were there: a version that was not there on a run after its own
 * day is known from the day on which it was.
 */
function asTold(
  company: Company,
  days: readonly ReplayedDay[],
  accountsSeenOn: ReadonlyMap<string, string>,
): Company {
  const seenOn = new Map<string, { on: string; before: string }>();
  days.forEach(({ day, landed = [] }, index) => {
    const before = days[index - 1]?.day ?? '';
    for (const version of landed) if (!seenOn.has(version)) seenOn.set(version, { on: day, before });
  });
  const told = <T extends { account_id: string; updated_at?: string | null }>(row: T, id: string): T => {
    const { account_id, updated_at } = row;
    const seen = seenOn.get(versionOf({ id, updated_at: updated_at ?? null }));
    if (!updated_at || seen === undefined || dayOf(updated_at) > seen.before) return row;
    if (seen.on === accountsSeenOn.get(account_id)) return row;
    return { ...row, known_at: `${seen.on}T00:00:00Z` };
  };
  return {
    ...company,
    contracts: company.contracts.map((row) => told(row, row.contract_id)),
    opportunities: company.opportunities.map((row) => told(row, row.opportunity_id)),
  };
}

/** Compares what was seen on each day with what the definitions ask for (test/oracle/alerts.ts). */
export function judge(days: readonly ReplayedDay[], given: JudgeInputs): ReplayReport {
  const accountsSeenOn = firstSeen(days);
  const inputs = { ...given, company: asTold(given.company, days, accountsSeenOn) };
  const lastDay = days.at(-1)?.day ?? inputs.historyStart;
  const oracle = new AlertOracle(inputs, lastDay);
  // with an account comes its history, of which a run records the last weeks alone
  const historyOn = Map.groupBy(inputs.health, ({ account_id }) => accountsSeenOn.get(account_id) ?? '');
  const doubles: string[] = [];
  const missed: string[] = [];
  const unasked: string[] = [];
  const onExcluded: string[] = [];
  const wrongTimes: string[] = [];
  const published = new Map<string, OracleAlert>();
  const publishedOver = new Map<string, string>();
  const keyOf = new Map<string, string>();
  const alertOf = new Map<string, OracleAlert>();
  const tasksByKey = Map.groupBy(inputs.tasks, ({ task_key }) => task_key);
  const told = new Map<string, string>();
  const toldKeys = new Set<string>();
  const tasksWanted = new Set<string>();
  const wrongDue = new Set<string>();
  const count: Record<string, number> = {};
  const refused: Record<string, number> = {};
  const gaps: ReplayReport['gaps'][number][] = [];

  const named = (key: string) => {
    const alert = alertOf.get(key);
    return alert === undefined ? key : nameOf(alert);
  };
  /** What became of a task by a day, as the CRM was read. */
  const taskOf = (key: string, day: string) => {
    const versions = (tasksByKey.get(key) ?? []).filter(({ known_date }) => known_date <= day);
    const last = versions.reduce<TaskVersion | undefined>(
      (latest, each) => (latest === undefined || each.known_date >= latest.known_date ? each : latest),
      undefined,
    );
    const acted = versions
      .filter((each) => !isOurs(each) && ['completed', 'in_progress'].includes(each.status))
      .map((each) => each.completed_date ?? each.event_date ?? each.known_date)
      .sort()[0];
    const status = last === undefined ? null : isOurs(last) ? 'open' : last.status;
    return { status, acted: acted ?? null };
  };
  const isExcluded = ({ account_id, rule }: { account_id: string; rule: string }, day: string) =>
    inputs.exclusions.some(
      (each) =>
        (each.account_id === null || each.account_id === account_id) &&
        (each.rule === null || each.rule === rule) &&
        (each.from_date ?? day) <= day &&
        (each.until_date ?? day) >= day,
    );
  const isAwake = (person: string, at: string) => {
    const { day, time } = localTime(at, inputs.zones.get(person) ?? 'UTC');
    return !isWithin(time, QUIET) && oracle.isWorkday(day);
  };

  days.forEach((seen, index) => {
    const { day } = seen;
    const before = days[index - 1]?.day;
    if (before !== undefined && daysBetween(before, day) > 1)
      gaps.push({
        missed: daysBetween(before, day) - 1,
        on: day,
        sent: seen.written.reduce((sum, { sent }) => sum + sent, 0),
        refused: [
          ...new Set(
            days.slice(index, index + 3).flatMap((each) => each.written.flatMap((one) => one.refused ?? [])),
          ),
        ],
      });
    for (const { object, refused: why } of seen.written)
      if (why !== null) refused[`${object}: ${why}`] = (refused[`${object}: ${why}`] ?? 0) + 1;
    oracle.learn((historyOn.get(day) ?? []).filter(({ as_of_date }) => as_of_date <= day));
    oracle.learn(seen.health as unknown as HealthDay[]);

    // the alerts of the day
    const fired = oracle.firedBy(day);
    for (const [name, alert] of fired) if (!published.has(name)) published.set(name, alert);
    for (const name of published.keys())
      if (!fired.has(name) && !publishedOver.has(name)) publishedOver.set(name, day);
    const found = new Map(seen.alerts.map((row) => [nameOf(row as never), row]));
    if (found.size < seen.alerts.length) doubles.push(`${day}: an alert stands twice`);
    for (const [name, alert] of published) {
      const row = found.get(name);
      if (row === undefined) {
        missed.push(`${day} alert ${name}, fired ${alert.created}`);
        continue;
      }
      keyOf.set(name, String(row.alert_key));
      alertOf.set(String(row.alert_key), alert);
      if (row.created_date !== alert.created && !wrongDue.has(name)) {
        wrongDue.add(name);
        wrongTimes.push(`${day} ${name}: fired ${row.created_date}, expected ${alert.created}`);
      } else if (row.due_date !== alert.due && !wrongDue.has(name)) {
        wrongDue.add(name);
        wrongTimes.push(`${day} ${name}: due ${row.due_date}, expected ${alert.due}`);
      }
    }
    for (const name of found.keys()) if (!published.has(name)) unasked.push(`${day} alert ${name}`);

    // of those that may reach people, the gravest of each account and day
    const open = [...published].filter(
      ([name, alert]) =>
        (publishedOver.get(name) ?? '9') > day && keyOf.has(name) && oracle.isOpen(alert, day),
    );
    const free = [...published].filter(
      ([name, alert]) => keyOf.has(name) && !isExcluded(alert, day) && fired.has(name),
    );
    const byDay = Map.groupBy(free, ([, { account_id, created }]) => `${account_id} ${created}`);
    const gravest = new Set(
      [...byDay.values()].map(
        (same) =>
          [...same].sort(
            ([a, one], [b, other]) =>
              gravityOf(one) - gravityOf(other) || String(keyOf.get(a)).localeCompare(String(keyOf.get(b))),
          )[0]?.[0],
      ),
    );
    interface Wanted {
      readonly key: string;
      readonly to: string;
      readonly event: string;
      readonly isLate: boolean;
    }
    const wanted: Wanted[] = [];
    const inDigest = new Map<string, Set<string>>();
    for (const [name, alert] of open) {
      if (alert.rules.is_silent || isExcluded(alert, day)) continue;
      const key = String(keyOf.get(name));
      const task = taskOf(key, day);
      if (task.status === 'completed' || task.status === 'cancelled') continue;
      const owner = oracle.ownerOf(alert, day);
      const isLateTask =
        task.status === null && (daysBetween(alert.created, day) > BACKLOG_DAYS || alert.due < day);
      const isIgnored = task.status === 'ignored' || (task.status === 'open' && alert.due < day);
      if (gravest.has(name) && !isLateTask && !isIgnored) tasksWanted.add(key);
      if (owner !== null) inDigest.set(owner, (inDigest.get(owner) ?? new Set()).add(key));
      if (gravest.has(name) && owner !== null && !isIgnored && task.status !== 'in_progress')
        wanted.push({
          ...{ key: `alert:${key}`, to: owner, event: alert.created },
          isLate: daysBetween(alert.created, day) > BACKLOG_DAYS || alert.due < day,
        });
      if (gravest.has(name))
        for (const { level, after, on } of oracle.escalationsBy(alert, day, {
          over: null,
          acted: task.acted,
        })) {
          const to = oracle.escalatedTo(alert, level, day);
          if (to !== null)
            wanted.push({
              ...{ key: `escalation:${key}:${level}:${after}`, to, event: on },
              isLate: daysBetween(on, day) > BACKLOG_DAYS,
            });
        }
    }

    // what is told at each time of the day
    for (const clock of CLOCKS) {
      const at = `${day}T${clock}:00.000Z`;
      const sentNow = seen.told.filter((each) => each.at === at);
      for (const { key, kind, to, alerts } of sentNow) {
        count[kind] = (count[kind] ?? 0) + 1;
        if (toldKeys.has(key)) doubles.push(`${at} ${key}`);
        toldKeys.add(key);
        if (!isAwake(to, at)) wrongTimes.push(`${at} ${key}: ${to} is left alone then`);
        if (kind === 'weekly') continue;
        for (const each of alerts) {
          const alert = alertOf.get(each);
          if (alert !== undefined && isExcluded(alert, day))
            onExcluded.push(`${at} ${key}: ${nameOf(alert)}`);
        }
      }
      const isFirstTime = index === 0 && clock === CLOCKS[0];
      for (const { key, to, event, isLate } of wanted) {
        if (told.has(key)) continue;
        if (isLate || (isFirstTime && event < day)) {
          told.set(key, 'backlog');
          continue;
        }
        if (!isAwake(to, at)) continue;
        told.set(key, at);
        if (!sentNow.some((each) => each.key === key && each.to === to))
          missed.push(`${at} ${key} to ${to}: ${named(key.split(':')[1] ?? '')}`);
      }
      for (const { key, kind } of sentNow)
        if ((kind === 'alert' || kind === 'escalation') && told.get(key) !== at)
          unasked.push(
            `${at} ${key}, ${told.get(key) ?? 'never called for'}: ${named(key.split(':')[1] ?? '')}`,
          );
      if (!oracle.isWorkday(day)) continue;
      for (const [owner, keys] of inDigest) {
        const key = `digest:${day}:${owner}`;
        if (told.has(key) || !isAwake(owner, at)) continue;
        told.set(key, at);
        const digest = sentNow.find((each) => each.key === key);
        const listed = new Set(digest?.alerts.filter((each) => alertOf.has(each)));
        const differing = [
          ...[...keys].filter((each) => !listed.has(each)).map((each) => `-${named(each)}`),
          ...[...listed].filter((each) => !keys.has(each)).map((each) => `+${named(each)}`),
        ];
        if (digest === undefined) missed.push(`${at} ${key}`);
        else if (differing.length > 0) missed.push(`${at} ${key}: ${differing.join('; ')}`);
      }
    }
  });

  const last = days.at(-1);
  const made = last?.tasks ?? [];
  const keys = made.map(([key]) => key);
  if (new Set(keys).size < keys.length) doubles.push('a task stands twice in the CRM');
  for (const [key] of made) {
    const alert = alertOf.get(key);
    if (alert !== undefined && !tasksWanted.has(key)) unasked.push(`task ${nameOf(alert)}`);
  }
  for (const key of tasksWanted) if (!keys.includes(key)) missed.push(`task ${named(key)}`);
  for (const name of published.keys()) {
    const [rule, account, , contact] = name.split(' ');
    const isMute =
      rule === 'sponsor_left' &&
      inputs.company.contacts.some(
        (row) => row.contact_id === contact && row.account_id === account && row.has_consent === false,
      );
    if (isMute) onExcluded.push(`alert ${name}: without consent`);
  }
  for (const row of last?.alerts ?? []) {
    const isMute = inputs.company.contacts.some(
      (contact) => contact.contact_id === row.milestone && contact.has_consent === false,
    );
    if (row.rule === 'sponsor_left' && isMute) onExcluded.push(`alert of ${row.milestone}, without consent`);
    if (
      row.rule !== 'account_acquired' &&
      oracle.isAcquired(String(row.account_id), String(row.created_date))
    )
      onExcluded.push(`alert ${nameOf(row as never)}: paused`);
  }
  return {
    ...{
      days: days.length,
      alerts: last?.alerts.length ?? 0,
      messages: count,
      tasks: made.length,
      gaps,
      refused,
    },
    ...{ doubles, missed, unasked, onExcluded, wrongTimes },
  };
}
