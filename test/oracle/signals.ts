import {
  ALWAYS,
  addDays,
  type Company,
  dayOf,
  daysBetween,
  inForce,
  inForceOrder,
  type Versioned,
} from './company.ts';

/**
 * The signals of a preset for one account on one day, computed the slow and obvious way from the definitions
 * alone (section 2): no windows kept, no intervals, each day from all rows. The models must agree with it.
 */
export interface OracleSignal {
  readonly signal: string;
  readonly measure: number | null;
  readonly value: number | null;
  /** the seed row that gives the value; null without one */
  readonly cut: string | null;
}

export const before = (instant: string | null | undefined, day: string): string | null =>
  instant && dayOf(instant) <= day ? instant : null;

/** The first day on which one of the rows that count was in force, of those that `startsOn` gives a day; null without any. */
export function firstDayOf<Row extends Versioned>(
  rows: readonly Row[],
  key: (row: Row) => string,
  startsOn: (row: Row) => string | null,
  firstInstant?: (row: Row) => string,
): string | null {
  const days: string[] = [];
  for (const versions of Map.groupBy(rows, key).values()) {
    for (const row of versions) {
      const known = knownDay(row, versions, firstInstant);
      const start = known === null ? null : startsOn(row);
      if (known === null || start === null) continue;
      const day = known > start ? known : start;
      if (inForce(versions, key, day, firstInstant).includes(row)) days.push(day);
    }
  }
  return days.sort()[0] ?? null;
}

/** The first day on which a version is known; null for one without a date beside others. */
function knownDay<Row extends Versioned>(
  row: Row,
  versions: readonly Row[],
  firstInstant?: (row: Row) => string,
): string | null {
  const first = inForceOrder(versions)[0];
  if (row.known_at) return dayOf(row.known_at);
  if (row === first) return firstInstant ? dayOf(firstInstant(row)) : ALWAYS;
  return row.updated_at ? dayOf(row.updated_at) : ALWAYS;
}

const remembered = new WeakMap<Company, Map<string, string | null>>();
/** What holds for a company as a whole is found once. */
export function once(company: Company, what: string, find: () => string | null): string | null {
  const known = remembered.get(company) ?? new Map<string, string | null>();
  remembered.set(company, known);
  if (!known.has(what)) known.set(what, find());
  return known.get(what) ?? null;
}

const firstMarked = (company: Company, mark: 'is_exec_sponsor' | 'is_champion') =>
  once(company, mark, () =>
    firstDayOf(
      company.contacts,
      (row) => row.contact_id,
      (row) => (row[mark] ? ALWAYS : null),
    ),
  );

const firstAnswered = (company: Company) =>
  once(company, 'answers', () =>
    firstDayOf(
      company.emails,
      (row) => row.email_id,
      (row) => {
        const at = row.direction === 'in' ? row.sent_at : row.replied_at;
        return at ? [dayOf(row.sent_at), dayOf(at)].sort()[1]! : null;
      },
      (row) => row.sent_at,
    ),
  );

/** Whether a day lies in the window of n days that ends on D. */
export const within = (candidate: string, day: string, days: number) =>
  candidate <= day && candidate >= addDays(day, 1 - days);

/** What was known by the day of an account's use of the product: whether it is known at all, and its events. */
export function usageOf(company: Company, accountId: string, day: string) {
  const usage = company.usage_events.filter(
    (row) =>
      row.account_id === accountId &&
      dayOf(row.event_at) <= day &&
      dayOf(row.known_at ?? row.event_at) <= day,
  );
  return { isKnown: usage.length > 0, events: usage.filter((row) => (row.event_count ?? 1) > 0) };
}

/** The share of the features licensed on the day that were used in so many days, in percent. */
export function adoptedPercent(
  company: Company,
  accountId: string,
  day: string,
  days: number,
): number | null {
  const { isKnown, events } = usageOf(company, accountId, day);
  // A licence is known from its `known_at`, else from the day from which it is valid; the latest known row counts.
  const licences = Map.groupBy(
    company.licensed_features.filter(
      (row) =>
        row.account_id === accountId && (row.known_at ? dayOf(row.known_at) : (row.valid_from ?? '')) <= day,
    ),
    (row) => `${row.feature} ${row.valid_from}`,
  );
  const licenceKnownAt = (row: Company['licensed_features'][number]) => row.known_at ?? row.valid_from ?? '';
  const licensed = new Set(
    [...licences.values()]
      .map((rows) => [...rows].sort((a, b) => (licenceKnownAt(a) < licenceKnownAt(b) ? -1 : 1)).at(-1)!)
      .filter((row) => (row.valid_from ?? '') <= day && (row.valid_to === null || day < row.valid_to))
      .map((row) => row.feature),
  );
  const used = new Set(
    events
      .filter(
        (row) => row.feature !== null && licensed.has(row.feature) && within(dayOf(row.event_at), day, days),
      )
      .map((row) => row.feature),
  );
  return isKnown && licensed.size > 0 ? (100 * used.size) / licensed.size : null;
}

export type Preset = 'standard_10' | 'lean_6';

export function oracleSignals(
  company: Company,
  accountId: string,
  day: string,
  preset: Preset = 'standard_10',
): OracleSignal[] {
  const mine = <Row extends { account_id: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.account_id === accountId);

  const { isKnown, events } = usageOf(company, accountId, day);

  const activeDays = new Set(events.map((row) => dayOf(row.event_at)).filter((each) => within(each, day, 30)))
    .size;
  const login: OracleSignal = {
    signal: 'login_frequency',
    measure: isKnown ? activeDays : null,
    value: !isKnown ? null : activeDays >= 20 ? 100 : activeDays >= 4 ? 70 : activeDays >= 1 ? 40 : 0,
    cut: !isKnown
      ? null
      : activeDays >= 20
        ? 'high'
        : activeDays >= 4
          ? 'medium'
          : activeDays >= 1
            ? 'low'
            : 'silent',
  };

  const adoptionPercent = adoptedPercent(company, accountId, day, 90);
  const adoption: OracleSignal = {
    signal: 'feature_adoption',
    measure: adoptionPercent,
    value: adoptionPercent,
    cut: null,
  };

  const seats = mine(company.contracts)
    .filter((row) => row.term_start_date <= day && day < (row.term_end_date ?? '9999-12-31'))
    .reduce((sum, row) => sum + (row.seats ?? 0), 0);
  const users = new Set(
    events.filter((row) => within(dayOf(row.event_at), day, 30)).map((row) => row.user_id),
  ).size;
  const utilization = isKnown && seats > 0 ? (100 * users) / seats : null;
  const license: OracleSignal = {
    signal: 'license_utilization',
    measure: utilization,
    value: utilization === null ? null : Math.min(100, utilization),
    cut: utilization === null ? null : 'full',
  };

  const meetings = inForce(
    mine(company.meetings),
    (row) => row.meeting_id,
    day,
    (row) => row.scheduled_at,
  ).filter((row) => dayOf(row.scheduled_at) <= day);
  const qbrs = meetings
    .filter(
      (row) => row.type === 'qbr' && row.status !== 'cancelled' && within(dayOf(row.scheduled_at), day, 180),
    )
    .sort((a, b) =>
      a.scheduled_at < b.scheduled_at
        ? -1
        : a.scheduled_at > b.scheduled_at
          ? 1
          : a.meeting_id < b.meeting_id
            ? -1
            : 1,
    );
  const misses = qbrs.filter((row) => row.status === 'missed').length;
  const lastQbr = qbrs.at(-1)?.status;
  const qbrCut =
    lastQbr === undefined
      ? null
      : lastQbr !== 'missed'
        ? lastQbr
        : misses >= 2
          ? 'missed_more'
          : 'missed_one';
  const qbr: OracleSignal = {
    signal: 'qbr_attendance',
    measure: qbrs.length > 0 ? misses : null,
    value:
      qbrCut === null
        ? null
        : { attended: 100, recap: 50, missed_one: 50, missed_more: 0, cancelled: null }[qbrCut],
    cut: qbrCut,
  };

  const emails = inForce(
    mine(company.emails),
    (row) => row.email_id,
    day,
    (row) => row.sent_at,
  ).filter((row) => dayOf(row.sent_at) <= day);
  const sent = emails.filter((row) => row.direction === 'out' && within(dayOf(row.sent_at), day, 90));
  // Without a date of reply the first mail that came after ours: from the same contact, else from anybody there.
  const firstMailAfter = (ours: Company['emails'][number]) => {
    const later = emails.filter((row) => row.direction === 'in' && row.sent_at > ours.sent_at);
    const same = later.filter((row) => ours.contact_id !== null && row.contact_id === ours.contact_id);
    return (same.length > 0 ? same : later).map((row) => row.sent_at).sort()[0] ?? null;
  };
  const hours = sent.flatMap((row) => {
    const reply = before(row.replied_at, day) ?? firstMailAfter(row);
    return reply === null ? [] : [(Date.parse(reply) - Date.parse(row.sent_at)) / 3_600_000];
  });
  const meanHours = hours.length > 0 ? hours.reduce((sum, each) => sum + each, 0) / hours.length : null;
  const answersFrom = firstAnswered(company);
  const emailCut =
    sent.length === 0 || answersFrom === null || day < answersFrom
      ? null
      : meanHours === null
        ? 'unanswered'
        : meanHours < 24
          ? 'fast'
          : meanHours <= 72
            ? 'fair'
            : 'slow';
  const email: OracleSignal = {
    signal: 'email_response',
    measure: meanHours,
    value: emailCut === null ? null : { unanswered: 20, fast: 100, fair: 60, slow: 20 }[emailCut],
    cut: emailCut,
  };

  const engagement = (counts: (row: Company['contacts'][number]) => boolean | null | undefined) =>
    Math.max(
      0,
      ...inForce(mine(company.contacts), (row) => row.contact_id, day)
        .filter((row) => counts(row) && row.has_consent !== false && before(row.left_at, day) === null)
        .map((sponsor) => {
          const met = meetings.some(
            (row) =>
              row.status === 'attended' &&
              row.contact_ids.includes(sponsor.contact_id) &&
              within(dayOf(row.scheduled_at), day, 90),
          );
          if (met) return 100;
          const replied = emails.some((row) => {
            if (row.contact_id !== sponsor.contact_id) return false;
            const at = row.direction === 'in' ? row.sent_at : before(row.replied_at, day);
            return at !== null && within(dayOf(at), day, 90);
          });
          const names = [sponsor.contact_id, sponsor.email ?? sponsor.contact_id].map((name) =>
            name.toLowerCase(),
          );
          const loggedIn = events.some(
            (row) => names.includes(row.user_id.toLowerCase()) && within(dayOf(row.event_at), day, 90),
          );
          return replied || loggedIn ? 50 : 0;
        }),
    );
  /** Null for all as long as no contact of anybody was ever marked. */
  const engagementOf = (signal: string, mark: 'is_exec_sponsor' | 'is_champion'): OracleSignal => {
    const markedFrom = firstMarked(company, mark);
    const value = markedFrom === null || day < markedFrom ? null : engagement((row) => row[mark]);
    const cut = value === null ? null : value === 100 ? 'met' : value === 50 ? 'responded' : 'absent';
    return { signal, measure: null, value, cut };
  };
  const sponsor = engagementOf('exec_sponsor', 'is_exec_sponsor');

  const tickets = inForce(
    mine(company.tickets),
    (row) => row.ticket_id,
    day,
    (row) => row.created_at,
  ).filter((row) => dayOf(row.created_at) <= day && before(row.merged_at, day) === null);
  const t30 = tickets.filter((row) => within(dayOf(row.created_at), day, 30)).length;
  const t90 = tickets.filter((row) => within(dayOf(row.created_at), day, 90)).length;
  const ratio = t90 > 0 ? t30 / (t90 / 3) : null;
  const trend: OracleSignal = {
    signal: 'ticket_trend',
    measure: ratio,
    value: ratio === null ? 70 : ratio < 0.85 ? 100 : ratio > 1.15 ? 30 : 70,
    cut: ratio === null ? 'no_ticket' : ratio < 0.85 ? 'falling' : ratio > 1.15 ? 'rising' : 'steady',
  };
  const escalated = tickets.filter((row) => {
    const at = before(row.escalated_at, day);
    return at !== null && within(dayOf(at), day, 90);
  }).length;
  const escalations: OracleSignal = {
    signal: 'escalations',
    measure: escalated,
    value: escalated === 0 ? 100 : escalated === 1 ? 60 : 20,
    cut: escalated === 0 ? 'none' : escalated === 1 ? 'one' : 'several',
  };

  const invoices = inForce(
    mine(company.invoices),
    (row) => row.invoice_id,
    day,
    (row) => row.issued_at ?? `${row.due_date}T00:00:00Z`,
  ).filter(
    (row) =>
      row.status !== 'void' && within(row.due_date, day, 180) && dayOf(row.issued_at ?? row.due_date) <= day,
  );
  const lateness = invoices.map((row) => {
    const paid = before(row.paid_at, day);
    const until = paid === null ? day : dayOf(paid);
    const sinceDue = daysBetween(row.due_date, until);
    // What the billing system charges by itself is late from its first failed attempt on; before that the bank settles,
    // for two weeks at most.
    const failed = before(row.first_failed_at, day);
    const lateFrom =
      failed === null
        ? addDays(row.due_date, 14)
        : dayOf(failed) > row.due_date
          ? dayOf(failed)
          : row.due_date;
    const days = !row.is_auto_charged
      ? sinceDue
      : until <= lateFrom
        ? Math.min(0, sinceDue)
        : daysBetween(lateFrom, until);
    return { days, value: row.status === 'uncollectible' ? 10 : days <= 0 ? 100 : days <= 30 ? 50 : 10 };
  });
  const worst = lateness.length > 0 ? Math.max(...lateness.map((row) => row.days)) : null;
  const isWrittenOff = invoices.some((row) => row.status === 'uncollectible');
  const payment: OracleSignal = {
    signal: 'payment_timeliness',
    measure: worst,
    value: lateness.length > 0 ? Math.min(...lateness.map((row) => row.value)) : null,
    cut:
      worst === null
        ? null
        : worst > 30
          ? 'very_late'
          : isWrittenOff
            ? 'uncollectible'
            : worst <= 0
              ? 'on_time'
              : 'late',
  };

  const rank = { red: 0, yellow: 1, green: 2 };
  const latest = mine(company.sentiments)
    .filter((row) => dayOf(row.set_at) <= day && dayOf(row.known_at ?? row.set_at) <= day)
    .sort((a, b) =>
      a.set_at < b.set_at ? -1 : a.set_at > b.set_at ? 1 : rank[b.sentiment] - rank[a.sentiment],
    )
    .at(-1);
  const sentiment: OracleSignal = {
    signal: 'csm_sentiment',
    measure: null,
    value: latest === undefined ? null : { green: 100, yellow: 50, red: 0 }[latest.sentiment],
    cut: latest?.sentiment ?? null,
  };

  const standard = [login, adoption, license, qbr, email, sponsor, trend, escalations, payment, sentiment];
  if (preset === 'standard_10') return standard;

  const meanOf = (values: readonly (number | null)[]) => {
    const present = values.filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
  };
  const satisfaction = (csat: number | null) => (csat === null ? null : ((csat - 1) / 4) * 100);
  const ratings = tickets
    .filter((row) => within(dayOf(row.created_at), day, 90))
    .map((row) => row.csat ?? null);

  const account = inForce(mine(company.accounts), (row) => row.account_id, day)[0];
  const firstTerm = mine(company.contracts)
    .map((row) => row.term_start_date)
    .sort()[0];
  const onboarded = before(account?.onboarded_at, day);
  const sinceStart =
    firstTerm === undefined ? null : daysBetween(firstTerm, onboarded === null ? day : dayOf(onboarded));
  const onboarding = sinceStart !== null && onboarded === null && sinceStart < 30 ? null : sinceStart;

  const survey = mine(company.surveys)
    .filter(
      (row) => within(dayOf(row.answered_at), day, 180) && dayOf(row.known_at ?? row.answered_at) <= day,
    )
    .sort((a, b) => (`${a.answered_at} ${a.survey_id}` < `${b.answered_at} ${b.survey_id}` ? -1 : 1))
    .at(-1);
  const outcome =
    survey === undefined
      ? null
      : survey.type === 'csat'
        ? satisfaction(survey.score)
        : survey.score >= 9
          ? 100
          : survey.score >= 7
            ? 50
            : 0;
  return [
    {
      signal: 'product_usage',
      measure: null,
      value: meanOf([login, adoption, license].map((each) => each.value)),
      cut: null,
    },
    {
      signal: 'support_sentiment',
      measure: null,
      value: meanOf([trend.value, escalations.value, satisfaction(meanOf(ratings))]),
      cut: null,
    },
    engagementOf('champion_engagement', 'is_champion'),
    {
      signal: 'account_fit',
      measure: null,
      value: account?.is_acquired ? 0 : 100,
      cut: account?.is_acquired ? 'acquired' : 'independent',
    },
    {
      signal: 'onboarding_time',
      measure: onboarding,
      value:
        onboarding === null
          ? null
          : onboarding <= 30
            ? 100
            : onboarding <= 60
              ? 70
              : onboarding <= 90
                ? 40
                : 0,
      cut:
        onboarding === null
          ? null
          : onboarding <= 30
            ? 'quick'
            : onboarding <= 60
              ? 'fair'
              : onboarding <= 90
                ? 'slow'
                : 'very_slow',
    },
    {
      signal: 'business_outcomes',
      measure: survey?.score ?? null,
      value: outcome,
      cut:
        survey === undefined
          ? null
          : survey.type === 'csat'
            ? 'csat_most'
            : survey.score >= 9
              ? 'promoter'
              : survey.score >= 7
                ? 'passive'
                : 'detractor',
    },
  ];
}

const WEIGHTS: Readonly<Record<string, number>> = {
  login_frequency: 15,
  feature_adoption: 15,
  license_utilization: 10,
  qbr_attendance: 10,
  email_response: 8,
  exec_sponsor: 7,
  ticket_trend: 10,
  escalations: 5,
  payment_timeliness: 10,
  csm_sentiment: 10,
  product_usage: 30,
  support_sentiment: 15,
  champion_engagement: 15,
  account_fit: 10,
  onboarding_time: 15,
  business_outcomes: 15,
};

/** The composite score and how much of the weight had data. Definitions, section 3. */
export function oracleScore(signals: readonly OracleSignal[]): { score: number | null; coverage: number } {
  let points = 0;
  let weights = 0;
  for (const { signal, value } of signals) {
    if (value === null) continue;
    points += (WEIGHTS[signal] ?? 0) * value;
    weights += WEIGHTS[signal] ?? 0;
  }
  return { score: weights === 0 ? null : points / weights, coverage: weights / 100 };
}

/** red up to 40, yellow up to 70, green above, on the score rounded half up. */
export function oracleCategory(score: number): 'red' | 'yellow' | 'green' {
  const whole = Math.floor(Math.round(score * 1e9) / 1e9 + 0.5);
  return whole <= 40 ? 'red' : whole <= 70 ? 'yellow' : 'green';
}

/** The category after the override in force at the end of the day: one step at most. */
export function oracleEffective(
  company: Company,
  accountId: string,
  day: string,
  category: 'red' | 'yellow' | 'green',
) {
  const latest = company.overrides
    .map((row, line) => ({ ...row, line }))
    .filter((row) => row.account_id === accountId && dayOf(row.set_at) <= day)
    .filter((row) => {
      if (row.direction === 'none') return true;
      const expires = row.expires_at ?? `${addDays(dayOf(row.set_at), 30)}${row.set_at.slice(10)}`;
      return dayOf(expires) > day;
    })
    .sort((a, b) => (a.set_at < b.set_at ? -1 : a.set_at > b.set_at ? 1 : a.line - b.line))
    .at(-1);
  const steps = ['red', 'yellow', 'green'] as const;
  const move = latest === undefined || latest.direction === 'none' ? 0 : latest.direction === 'up' ? 1 : -1;
  return steps[Math.max(0, Math.min(2, steps.indexOf(category) + move))];
}
