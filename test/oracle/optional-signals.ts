import { addDays, type Company, dayOf, daysBetween, inForce, type Versioned } from './company.ts';
import {
  adoptedPercent,
  before,
  firstDayOf,
  type OracleSignal,
  once,
  oracleSignals,
  usageOf,
  within,
} from './signals.ts';

/** The first day on which a contact by name was known to have written or met us. */
const firstActed = (company: Company) =>
  once(company, 'acts', () => {
    const wrote = firstDayOf(
      company.emails,
      (row) => row.email_id,
      (row) => {
        const at = row.direction === 'in' ? row.sent_at : row.replied_at;
        return row.contact_id && at ? [dayOf(row.sent_at), dayOf(at)].sort()[1]! : null;
      },
      (row) => row.sent_at,
    );
    const met = firstDayOf(
      company.meetings,
      (row) => row.meeting_id,
      (row) => (row.status === 'attended' && row.contact_ids.length > 0 ? dayOf(row.scheduled_at) : null),
      (row) => row.scheduled_at,
    );
    return [wrote, met].filter((each) => each !== null).sort()[0] ?? null;
  });

const reopened = new WeakMap<Company, Map<string, string[]>>();

/** The days on which a ticket was known to be open again: solved the day before, and no longer. */
function reopenedDays(company: Company, ticketId: string): readonly string[] {
  const found = reopened.get(company) ?? new Map<string, string[]>();
  reopened.set(company, found);
  const known = found.get(ticketId);
  if (known !== undefined) return known;
  const versions: (Company['tickets'][number] & Versioned)[] = company.tickets.filter(
    (row) => row.ticket_id === ticketId,
  );
  const on = (day: string) =>
    inForce(
      versions,
      (row) => row.ticket_id,
      day,
      (row) => row.created_at,
    )[0];
  const days = [
    ...new Set(versions.flatMap((row) => row.known_at ?? row.updated_at ?? row.created_at).map(dayOf)),
  ].filter((day) => {
    const solved = before(on(addDays(day, -1))?.solved_at, day);
    const now = on(day);
    return solved !== null && now !== undefined && !now.solved_at;
  });
  found.set(ticketId, days);
  return days;
}

const firstReopened = (company: Company) =>
  once(
    company,
    'reopenings',
    () =>
      [...new Set(company.tickets.map((row) => row.ticket_id))]
        .flatMap((ticketId) => reopenedDays(company, ticketId))
        .sort()[0] ?? null,
  );

/** The signals that are there to be chosen, of one account on one day, by the decisions on them alone. */
export function oracleOptionalSignals(company: Company, accountId: string, day: string): OracleSignal[] {
  const mine = <Row extends { account_id: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.account_id === accountId);
  const refuses = new Set(
    inForce(company.contacts, (row) => row.contact_id, day)
      .filter((row) => row.has_consent === false)
      .map((row) => row.contact_id),
  );
  const answers = inForce(
    mine(company.engagements),
    (row) => row.engagement_id,
    day,
    (row) => row.happened_at,
  )
    .filter((row) => within(dayOf(row.happened_at), day, 90) && !refuses.has(row.contact_id ?? ''))
    .flatMap((row) => row.status ?? []);
  const cut = answers.includes('attended')
    ? 'active'
    : answers.includes('declined')
      ? 'declined'
      : answers.includes('silent')
        ? 'silent'
        : null;

  const goals = inForce(
    mine(company.outcomes).map((row) => ({ ...row, updated_at: row.measured_at })),
    (row) => row.outcome_id,
    day,
    (row) => row.measured_at,
  ).flatMap(({ target, value, due_date, measured_at }) => {
    const measured = dayOf(measured_at);
    const last = due_date !== null && due_date > measured ? due_date : measured;
    if (target === null || value === null || measured > day || (!within(last, day, 365) && last <= day))
      return [];
    if (value >= target) return [1];
    return due_date !== null && due_date < day ? [0] : [];
  });
  const reached =
    goals.length === 0 ? null : (100 * goals.filter((each) => each === 1).length) / goals.length;
  const { isKnown, events } = usageOf(company, accountId, day);
  const adopted = adoptedPercent(company, accountId, day, 30);

  const lastDay = events
    .map((row) => dayOf(row.event_at))
    .sort()
    .at(-1);
  const since = lastDay === undefined ? null : daysBetween(lastDay, day);
  const daysSince = isKnown && since !== null && since < 90 ? since : null;
  const recencyCut = !isKnown
    ? null
    : daysSince === null
      ? 'silent'
      : daysSince <= 3
        ? 'recent'
        : daysSince <= 7
          ? 'week'
          : daysSince <= 30
            ? 'month'
            : 'longer';

  const usersOf = (last: string) =>
    new Set(events.filter((row) => within(dayOf(row.event_at), last, 30)).map((row) => row.user_id)).size;
  const [recent, earlier] = [usersOf(day), usersOf(addDays(day, -30))];
  const activity =
    !isKnown || recent + earlier === 0
      ? null
      : recent > 1.15 * earlier
        ? 100
        : recent < 0.85 * earlier
          ? 0
          : 50;
  const standard = oracleSignals(company, accountId, day);
  const parts = [
    ...['license_utilization', 'feature_adoption'].map(
      (name) => standard.find(({ signal }) => signal === name)!.value,
    ),
    activity,
  ].flatMap((value) => value ?? []);

  const reachable = inForce(mine(company.contacts), (row) => row.contact_id, day).filter(
    (row) => row.has_consent !== false && before(row.left_at, day) === null,
  );
  const meetings = inForce(
    mine(company.meetings),
    (row) => row.meeting_id,
    day,
    (row) => row.scheduled_at,
  ).filter((row) => row.status === 'attended' && within(dayOf(row.scheduled_at), day, 90));
  const mails = inForce(
    mine(company.emails),
    (row) => row.email_id,
    day,
    (row) => row.sent_at,
  ).filter((row) => dayOf(row.sent_at) <= day);
  const inTouch = reachable.filter(
    ({ contact_id }) =>
      meetings.some((row) => row.contact_ids.includes(contact_id)) ||
      mails.some((row) => {
        const at = row.direction === 'in' ? row.sent_at : before(row.replied_at, day);
        return row.contact_id === contact_id && at !== null && within(dayOf(at), day, 90);
      }),
  ).length;
  const actsFrom = firstActed(company);
  const engaged = reachable.length === 0 || actsFrom === null || day < actsFrom ? null : inTouch;

  const tickets = inForce(
    mine(company.tickets),
    (row) => row.ticket_id,
    day,
    (row) => row.created_at,
  ).filter((row) => dayOf(row.created_at) <= day && before(row.merged_at, day) === null);
  const hours = tickets.flatMap(({ created_at, solved_at = null }) => {
    const at = before(solved_at, day);
    return at !== null && at >= created_at && within(dayOf(at), day, 90)
      ? [(Date.parse(at) - Date.parse(created_at)) / 3_600_000]
      : [];
  });
  const meanHours = hours.length === 0 ? null : hours.reduce((sum, each) => sum + each, 0) / hours.length;

  const repeated = tickets.filter(({ ticket_id }) =>
    reopenedDays(company, ticket_id).some((each) => within(each, day, 90)),
  );
  const asked = tickets.filter((row) => within(dayOf(row.created_at), day, 90)).length + repeated.length;
  const reopeningsFrom = firstReopened(company);
  const repeats = asked === 0 || reopeningsFrom === null || day < reopeningsFrom ? null : repeated.length;
  const cutBy = (measure: number | null, cuts: readonly (readonly [least: number, cut: string])[]) =>
    measure === null ? null : cuts.find(([least]) => measure >= least)![1];
  const valued = (signal: string, measure: number | null, cut: string | null, values: object) => ({
    signal,
    measure,
    value: cut === null ? null : (values as Record<string, number>)[cut]!,
    cut,
  });

  return [
    {
      signal: 'program_participation',
      measure: cut === null ? null : answers.filter((each) => each === 'attended').length,
      value: cut === null ? null : { active: 100, declined: 50, silent: 0 }[cut],
      cut,
    },
    { signal: 'goals_reached', measure: reached, value: reached, cut: null },
    { signal: 'adoption_30d', measure: adopted, value: adopted, cut: null },
    valued('usage_recency', daysSince, recencyCut, {
      recent: 100,
      week: 70,
      month: 40,
      longer: 0,
      silent: 0,
    }),
    {
      signal: 'expansion_readiness',
      measure: null,
      value: parts.length === 0 ? null : parts.reduce((sum, each) => sum + each, 0) / parts.length,
      cut: null,
    },
    valued(
      'contacts_engaged',
      engaged,
      cutBy(engaged, [
        [4, 'many'],
        [2, 'few'],
        [1, 'single'],
        [0, 'nobody'],
      ]),
      { many: 100, few: 70, single: 40, nobody: 0 },
    ),
    valued(
      'resolution_time',
      meanHours,
      meanHours === null ? null : meanHours < 24 ? 'fast' : meanHours <= 72 ? 'fair' : 'slow',
      { fast: 100, fair: 60, slow: 20 },
    ),
    valued(
      'repeated_issues',
      repeats,
      cutBy(repeats, [
        [2, 'several'],
        [1, 'one'],
        [0, 'none'],
      ]),
      { none: 100, one: 60, several: 20 },
    ),
  ];
}
