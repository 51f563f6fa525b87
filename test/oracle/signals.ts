import { addDays, type Company, dayOf, daysBetween, inForce } from './company.ts';

/**
 * The signals of a preset for one account on one day, computed the slow and obvious way from the definitions
 * alone (section 2): no windows kept, no intervals, each day from all rows. The models must agree with it.
 */
export interface OracleSignal {
  readonly signal: string;
  readonly measure: number | null;
  readonly value: number | null;
}

const before = (instant: string | null | undefined, day: string): string | null =>
  instant && dayOf(instant) <= day ? instant : null;

/** Whether a day lies in the window of n days that ends on D. */
const within = (candidate: string, day: string, days: number) =>
  candidate <= day && candidate >= addDays(day, 1 - days);

export type Preset = 'standard_10' | 'lean_6';

export function oracleSignals(
  company: Company,
  accountId: string,
  day: string,
  preset: Preset = 'standard_10',
): OracleSignal[] {
  const mine = <Row extends { account_id: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.account_id === accountId);

  const usage = mine(company.usage_events).filter(
    (row) => dayOf(row.event_at) <= day && dayOf(row.known_at ?? row.event_at) <= day,
  );
  const isKnown = usage.length > 0;
  const events = usage.filter((row) => (row.event_count ?? 1) > 0);

  const activeDays = new Set(events.map((row) => dayOf(row.event_at)).filter((each) => within(each, day, 30)))
    .size;
  const login: OracleSignal = {
    signal: 'login_frequency',
    measure: isKnown ? activeDays : null,
    value: !isKnown ? null : activeDays >= 20 ? 100 : activeDays >= 4 ? 70 : activeDays >= 1 ? 40 : 0,
  };

  const licensed = new Set(
    mine(company.licensed_features)
      .filter((row) => (row.valid_from ?? '') <= day && (row.valid_to === null || day < row.valid_to))
      .map((row) => row.feature),
  );
  const used = new Set(
    events
      .filter(
        (row) => row.feature !== null && licensed.has(row.feature) && within(dayOf(row.event_at), day, 90),
      )
      .map((row) => row.feature),
  );
  const adoptionPercent = isKnown && licensed.size > 0 ? (100 * used.size) / licensed.size : null;
  const adoption: OracleSignal = {
    signal: 'feature_adoption',
    measure: adoptionPercent,
    value: adoptionPercent,
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
  const qbr: OracleSignal = {
    signal: 'qbr_attendance',
    measure: qbrs.length > 0 ? misses : null,
    value:
      lastQbr === undefined
        ? null
        : lastQbr === 'attended'
          ? 100
          : lastQbr === 'recap'
            ? 50
            : misses >= 2
              ? 0
              : 50,
  };

  const emails = inForce(
    mine(company.emails),
    (row) => row.email_id,
    day,
    (row) => row.sent_at,
  ).filter((row) => dayOf(row.sent_at) <= day);
  const sent = emails.filter((row) => row.direction === 'out' && within(dayOf(row.sent_at), day, 90));
  const hours = sent.flatMap((row) => {
    const reply = before(row.replied_at, day);
    return reply === null ? [] : [(Date.parse(reply) - Date.parse(row.sent_at)) / 3_600_000];
  });
  const meanHours = hours.length > 0 ? hours.reduce((sum, each) => sum + each, 0) / hours.length : null;
  const email: OracleSignal = {
    signal: 'email_response',
    measure: meanHours,
    value:
      sent.length === 0 ? null : meanHours === null ? 20 : meanHours < 24 ? 100 : meanHours <= 72 ? 60 : 20,
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
  const sponsor: OracleSignal = {
    signal: 'exec_sponsor',
    measure: null,
    value: engagement((row) => row.is_exec_sponsor),
  };

  const tickets = inForce(
    mine(company.tickets),
    (row) => row.ticket_id,
    day,
    (row) => row.created_at,
  ).filter((row) => dayOf(row.created_at) <= day);
  const t30 = tickets.filter((row) => within(dayOf(row.created_at), day, 30)).length;
  const t90 = tickets.filter((row) => within(dayOf(row.created_at), day, 90)).length;
  const ratio = t90 > 0 ? t30 / (t90 / 3) : null;
  const trend: OracleSignal = {
    signal: 'ticket_trend',
    measure: ratio,
    value: ratio === null ? 70 : ratio < 0.85 ? 100 : ratio > 1.15 ? 30 : 70,
  };
  const escalated = tickets.filter((row) => {
    const at = before(row.escalated_at, day);
    return at !== null && within(dayOf(at), day, 90);
  }).length;
  const escalations: OracleSignal = {
    signal: 'escalations',
    measure: escalated,
    value: escalated === 0 ? 100 : escalated === 1 ? 60 : 20,
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
    const days = daysBetween(row.due_date, paid === null ? day : dayOf(paid));
    return { days, value: row.status === 'uncollectible' ? 10 : days <= 0 ? 100 : days <= 30 ? 50 : 10 };
  });
  const payment: OracleSignal = {
    signal: 'payment_timeliness',
    measure: lateness.length > 0 ? Math.max(...lateness.map((row) => row.days)) : null,
    value: lateness.length > 0 ? Math.min(...lateness.map((row) => row.value)) : null,
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
    },
    {
      signal: 'support_sentiment',
      measure: null,
      value: meanOf([trend.value, escalations.value, satisfaction(meanOf(ratings))]),
    },
    { signal: 'champion_engagement', measure: null, value: engagement((row) => row.is_champion) },
    { signal: 'account_fit', measure: null, value: account?.is_acquired ? 0 : 100 },
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
    },
    { signal: 'business_outcomes', measure: survey?.score ?? null, value: outcome },
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
