/**
 * The limit of the model benchmark: SQL for DuckDB alone, written by hand for the default preset, cuts and weights, that
 * fills the same thirteen tables as the signal and score models from the same inputs (canonical tables, account days).
 * All signals that add up share one cumulative sum, and the tables are written from its one wide result.
 */

export interface LimitRun {
  /** First and last day to compute (ISO dates). */
  readonly from: string;
  readonly to: string;
  /** A condition on account_id, such as one bucket of accounts. */
  readonly accounts: string;
}

const WEIGHTS: Readonly<Record<string, readonly [weight: number, dimension: string]>> = {
  login_frequency: [15, 'product'],
  feature_adoption: [15, 'product'],
  license_utilization: [10, 'product'],
  qbr_attendance: [10, 'engagement'],
  email_response: [8, 'engagement'],
  exec_sponsor: [7, 'engagement'],
  ticket_trend: [10, 'support'],
  escalations: [5, 'support'],
  payment_timeliness: [10, 'financial'],
  csm_sentiment: [10, 'qualitative'],
};
export const SIGNALS = Object.keys(WEIGHTS);

const AMOUNTS = [
  'login', 'users', 'licensed', 'used', 'undated_licences', 'sent', 'answered', 'response', 'met', 'responded',
  'undated_sponsors', 'tickets', 'recent_tickets', 'escalated',
] as const; // biome-ignore format: a list reads as one
type Amounts = Partial<Record<(typeof AMOUNTS)[number], string>>;

/** The two edges of each interval (account_id, from_date, until_date), with what begins and ends there. */
const edges = (intervals: string, amounts: Amounts, to: string) => {
  const columns = (sign: string) =>
    AMOUNTS.map((name) => (amounts[name] === undefined ? '0' : `${sign}${amounts[name]}`)).join(', ');
  const held = '(from_date is null or until_date is null or from_date < until_date)';
  return `select account_id, from_date, 0, ${columns('')} from ${intervals} where from_date <= date '${to}' and ${held}
    union all select account_id, until_date, 0, ${columns('-')} from ${intervals} where until_date <= date '${to}' and ${held}`;
};

/** Overlapping intervals of one key of an account merged. */
const merged = (intervals: string, key: string) => `
  select account_id,
    case when covered is null or from_date > covered then from_date end as from_date,
    case when following is null or following > greatest(until_date, coalesce(covered, until_date))
      then greatest(until_date, coalesce(covered, until_date)) end as until_date
  from (
    select account_id, from_date, until_date,
      max(until_date) over (partition by account_id, ${key} order by from_date, until_date rows between unbounded preceding and 1 preceding) as covered,
      lead(from_date) over (partition by account_id, ${key} order by from_date, until_date) as following
    from ${intervals} where from_date < until_date
  ) where covered is null or from_date > covered or following is null or following > greatest(until_date, coalesce(covered, until_date))`;

/** Uses of one key (user or feature) in blocks of the lookback, whose intervals are one; late rows by day. */
const blocks = (key: string, days: number, { from, accounts }: LimitRun) => `
  select account_id, ${key}, min(greatest(event_date, known_date)) as from_date, max(event_date + ${days}) as until_date
  from intermediate.int_canonical__usage_events
  where event_count > 0 and ${key} is not null and event_date > date '${from}' - ${days} and ${accounts}
  group by account_id, ${key}, case when known_date > event_date then date '1900-01-01' - event_date
    else (event_date - date '1900-01-01') // ${days} end`;

const wide = (run: LimitRun) => {
  const { from, to, accounts } = run;
  const since = (column: string, days: number) => `${column} > date '${from}' - ${days} and ${accounts}`;
  return `create or replace temp table wide as
  with spine as (
    select account_id, as_of_date, segment, seats, arr, days_to_renewal, is_leak_proof
    from intermediate.int_accounts__account_days
    where as_of_date between date '${from}' and date '${to}' and ${accounts}
  ),
  login as (
    select account_id, min(greatest(event_date, known_date)) as from_date, event_date + 30 as until_date
    from intermediate.int_canonical__usage_events where event_count > 0 and ${since('event_date', 30)}
    group by account_id, event_date
  ),
  user_blocks as (${blocks('user_id', 30, run)}),
  users as (${merged('user_blocks', 'user_id')}),
  licences as (
    select account_id, feature, greatest(known_date, coalesce(valid_from, known_date)) as from_date,
      least(known_until_date, coalesce(valid_to, known_until_date)) as until_date,
      case when known_at is null then coalesce(valid_from, dated_from_date) else dated_from_date end as dated_from_date
    from intermediate.int_canonical__licensed_features where ${accounts}
  ),
  licensed as (${merged('licences', 'feature')}),
  undated_licences as (select account_id, from_date, least(until_date, dated_from_date) as until_date from licences),
  feature_blocks as (${blocks('feature', 90, run)}),
  licensed_blocks as (
    select l.account_id, l.feature, greatest(l.from_date, f.from_date) as from_date, least(l.until_date, f.until_date) as until_date
    from licences l join feature_blocks f on l.account_id = f.account_id and l.feature = f.feature
  ),
  used as (${merged('licensed_blocks', 'feature')}),
  mails as (
    select account_id, contact_id, direction, event_date, known_date, known_until_date, replied_date, sent_at,
      greatest(event_date, known_date) as from_date, least(known_until_date, event_date + 90) as until_date,
      cast(round(date_diff('second', sent_at, replied_at) * 1000000) as bigint) as micros
    from intermediate.int_canonical__emails where ${accounts}
  ),
  sent as (select account_id, from_date, until_date from mails where direction = 'out' and event_date > date '${from}' - 90),
  received as (
    select account_id, contact_id, sent_at, from_date from mails
    where direction = 'in' and event_date > date '${from}' - 90
  ),
  received_once as (select account_id, sent_at, min(from_date) as from_date from received group by account_id, sent_at),
  guessed as (
    select s.account_id, s.from_date, least(s.until_date, coalesce(s.replied_date, s.until_date)) as until_date, s.sent_at,
      c.sent_at as contact_at, c.from_date as contact_from, a.sent_at as account_at, a.from_date as account_from
    from (select * from mails where direction = 'out' and event_date > date '${from}' - 90) s
    asof left join received c on s.account_id = c.account_id and s.contact_id = c.contact_id and s.sent_at < c.sent_at
    asof left join received_once a on s.account_id = a.account_id and s.sent_at < a.sent_at
  ),
  answered as (
    select account_id, greatest(from_date, replied_date) as from_date, until_date, micros from mails
    where direction = 'out' and event_date > date '${from}' - 90 and replied_date is not null
    union all
    select account_id, greatest(from_date, contact_from), until_date, cast(round(date_diff('second', sent_at, contact_at) * 1000000) as bigint)
    from guessed where contact_at is not null
    union all
    select account_id, greatest(from_date, account_from), least(until_date, coalesce(contact_from, until_date)),
      cast(round(date_diff('second', sent_at, account_at) * 1000000) as bigint)
    from guessed where account_at is not null
  ),
  sponsors as (
    select account_id, contact_id, lower(contact_id) as contact_key, lower(email) as email_key, known_date as from_date,
      least(known_until_date, coalesce(left_date, known_until_date)) as until_date, dated_from_date
    from intermediate.int_canonical__contacts where is_exec_sponsor and has_consent and ${accounts}
  ),
  undated_sponsors as (select account_id, from_date, least(until_date, dated_from_date) as until_date from sponsors),
  met as (
    select s.account_id, greatest(s.from_date, m.event_date, m.known_date) as from_date,
      least(s.until_date, m.known_until_date, m.event_date + 90) as until_date
    from intermediate.int_canonical__meetings m
    join intermediate.int_canonical__meeting_contacts c on m.meeting_id = c.meeting_id and m.known_date = c.known_date
    join sponsors s on s.account_id = m.account_id and s.contact_id = c.contact_id
    where m.status = 'attended' and m.event_date > date '${from}' - 90
  ),
  wrote as (
    select s.account_id, greatest(s.from_date, m.event_date, m.written_date, m.known_date) as from_date,
      least(s.until_date, m.known_until_date, m.written_date + 90) as until_date
    from (select *, case when direction = 'out' then replied_date else event_date end as written_date from mails) m
    join sponsors s on s.account_id = m.account_id and s.contact_id = m.contact_id
    where m.written_date > date '${from}' - 90
  ),
  user_logins as (
    select u.account_id, lower(u.user_id) as user_key, min(greatest(event_date, known_date)) as from_date, max(event_date + 90) as until_date
    from intermediate.int_canonical__usage_events u
    semi join (select account_id, contact_key as k from sponsors union select account_id, email_key from sponsors) s
      on s.account_id = u.account_id and s.k = lower(u.user_id)
    where event_count > 0 and ${since('event_date', 90).replaceAll('account_id', 'u.account_id')}
    group by u.account_id, lower(u.user_id), case when known_date > event_date then date '1900-01-01' - event_date
      else (event_date - date '1900-01-01') // 90 end
  ),
  logged_in as (
    select s.account_id, greatest(s.from_date, u.from_date) as from_date, least(s.until_date, u.until_date) as until_date
    from user_logins u join sponsors s on s.account_id = u.account_id and u.user_key in (s.contact_key, s.email_key)
  ),
  ticket_rows as (
    select account_id, event_date, escalated_date, known_date, least(known_until_date, coalesce(merged_date, known_until_date)) as known_until_date,
      greatest(event_date, known_date) as from_date
    from intermediate.int_canonical__tickets where ${accounts}
  ),
  tickets as (
    select account_id, from_date, least(known_until_date, event_date + 90) as until_date from ticket_rows
    where event_date > date '${from}' - 90
  ),
  recent_tickets as (
    select account_id, from_date, least(known_until_date, event_date + 30) as until_date from ticket_rows
    where event_date > date '${from}' - 90
  ),
  escalated as (
    select account_id, greatest(from_date, escalated_date) as from_date, least(known_until_date, escalated_date + 90) as until_date
    from ticket_rows where escalated_date > date '${from}' - 90
  ),
  edges as (
    select account_id, as_of_date, 1 as is_spine, ${AMOUNTS.map((name) => `0 as ${name}`).join(', ')} from spine
    union all ${edges('login', { login: '1' }, to)}
    union all ${edges('users', { users: '1' }, to)}
    union all ${edges('licensed', { licensed: '1' }, to)}
    union all ${edges('used', { used: '1' }, to)}
    union all ${edges('undated_licences', { undated_licences: '1' }, to)}
    union all ${edges('sent', { sent: '1' }, to)}
    union all ${edges('answered', { answered: '1', response: 'micros' }, to)}
    union all ${edges('met', { met: '1' }, to)}
    union all ${edges('wrote', { responded: '1' }, to)}
    union all ${edges('logged_in', { responded: '1' }, to)}
    union all ${edges('undated_sponsors', { undated_sponsors: '1' }, to)}
    union all ${edges('tickets', { tickets: '1' }, to)}
    union all ${edges('recent_tickets', { recent_tickets: '1' }, to)}
    union all ${edges('escalated', { escalated: '1' }, to)}
  ),
  totals as (
    select * from (
      select account_id, as_of_date, is_spine, ${AMOUNTS.map((name) => `sum(${name}) over w as ${name}`).join(', ')}
      from edges
      window w as (partition by account_id order by as_of_date, is_spine rows between unbounded preceding and current row)
    ) where is_spine = 1
  ),
  reviews as (
    select s.account_id, s.as_of_date, count(case when m.status = 'missed' then 1 end) as misses,
      max_by(m.status, (m.event_at, m.meeting_id)) as last_status
    from spine s join intermediate.int_canonical__meetings m on s.account_id = m.account_id
      and s.as_of_date >= greatest(m.event_date, m.known_date) and s.as_of_date < least(m.known_until_date, m.event_date + 180)
    where m.type = 'qbr' and m.status in ('attended', 'missed', 'recap') and m.event_date > date '${from}' - 180
    group by s.account_id, s.as_of_date
  ),
  dues as (
    select s.account_id, s.as_of_date,
      max(case when i.is_auto_charged and least(i.paid_date, s.as_of_date) <= (case when not i.is_auto_charged then i.due_date when i.first_failed_date <= s.as_of_date then greatest(i.due_date, i.first_failed_date) else i.due_date + 14 end)
        then least(least(i.paid_date, s.as_of_date) - i.due_date, 0)
        else least(i.paid_date, s.as_of_date) - (case when not i.is_auto_charged then i.due_date when i.first_failed_date <= s.as_of_date then greatest(i.due_date, i.first_failed_date) else i.due_date + 14 end) end) as days_late,
      max(case when i.status = 'uncollectible' then 1 else 0 end) as uncollectible
    from spine s join intermediate.int_canonical__invoices i on s.account_id = i.account_id
      and s.as_of_date >= greatest(i.event_date, i.due_date, i.known_date) and s.as_of_date < least(i.known_until_date, i.due_date + 180)
    where coalesce(i.status, 'open') <> 'void' and i.due_date > date '${from}' - 180
    group by s.account_id, s.as_of_date
  ),
  sentiments as (
    select account_id, from_date, value, coalesce(min(from_date) over (
      partition by account_id order by event_at, value desc, from_date desc rows between 1 following and unbounded following), date '9999-12-31') as until_date
    from (select account_id, event_at, greatest(event_date, known_date) as from_date,
      case sentiment when 'green' then 100.0 when 'yellow' then 50.0 else 0.0 end as value
      from intermediate.int_canonical__sentiments where ${accounts})
  ),
  measured as (
    select s.account_id, s.as_of_date, s.segment, s.arr, s.days_to_renewal, s.is_leak_proof,
      coalesce(a.known_from_date <= s.as_of_date, false) as has_usage,
      case when has_usage then t.login::double end as m_login_frequency,
      case when has_usage and t.licensed > 0 then 100.0 * t.used / t.licensed end::double as m_feature_adoption,
      case when has_usage and s.seats > 0 then 100.0 * t.users / s.seats end::double as m_license_utilization,
      r.misses::double as m_qbr_attendance,
      case when t.answered > 0 then t.response::double / t.answered / 3600000000 end as m_email_response,
      null::double as m_exec_sponsor,
      case when t.tickets > 0 then 3.0 * t.recent_tickets / t.tickets end::double as m_ticket_trend,
      t.escalated::double as m_escalations, d.days_late::double as m_payment_timeliness, null::double as m_csm_sentiment,
      r.last_status, d.uncollectible, t.sent, t.met, t.responded, n.value as sentiment,
      true as l_login_frequency, t.undated_licences = 0 as l_feature_adoption, s.is_leak_proof as l_license_utilization,
      true as l_qbr_attendance, true as l_email_response, t.undated_sponsors = 0 as l_exec_sponsor, true as l_ticket_trend,
      true as l_escalations, true as l_payment_timeliness, true as l_csm_sentiment
    from spine s
    join totals t on s.account_id = t.account_id and s.as_of_date = t.as_of_date
    left join intermediate.int_usage__account_starts a on s.account_id = a.account_id
    left join reviews r on s.account_id = r.account_id and s.as_of_date = r.as_of_date
    left join dues d on s.account_id = d.account_id and s.as_of_date = d.as_of_date
    left join sentiments n on s.account_id = n.account_id and s.as_of_date >= n.from_date and s.as_of_date < n.until_date
  ),
  valued as (
    select *,
      case when m_login_frequency >= 20 then 100.0 when m_login_frequency >= 4 then 70 when m_login_frequency >= 1 then 40 when m_login_frequency is not null then 0 end::double as v_login_frequency,
      m_feature_adoption as v_feature_adoption, case when m_license_utilization >= 100 then 100.0 else m_license_utilization end as v_license_utilization,
      case when last_status = 'attended' then 100.0 when last_status = 'recap' then 50 when m_qbr_attendance <= 1 then 50 when m_qbr_attendance >= 2 then 0 end::double as v_qbr_attendance,
      case when m_email_response < 24 then 100.0 when m_email_response <= 72 then 60 when m_email_response > 72 then 20 when sent > 0 then 20 end::double /* the demo has sponsors and answers from its first day on */ as v_email_response,
      case when met > 0 then 100.0 when responded > 0 then 50 else 0 end::double as v_exec_sponsor,
      case when m_ticket_trend < 0.85 then 100.0 when m_ticket_trend > 1.15 then 30 else 70 end::double as v_ticket_trend,
      case when m_escalations <= 0 then 100.0 when m_escalations <= 1 then 60 else 20 end::double as v_escalations,
      case when m_payment_timeliness > 30 then 10.0 when uncollectible = 1 then 10 when m_payment_timeliness <= 0 then 100 when m_payment_timeliness <= 30 then 50 end::double as v_payment_timeliness,
      sentiment::double as v_csm_sentiment
    from measured
  )
  , overridden as (
    select s.account_id, s.as_of_date, max_by(struct_pack(direction := o.direction, reason := o.reason, author := o.author), (o.set_at, coalesce(o.line_number, 0), o.direction)) as o
    from spine s join intermediate.int_canonical__overrides o on s.account_id = o.account_id
      and s.as_of_date >= greatest(o.event_date, o.known_date)
      and s.as_of_date < case when o.direction = 'none' then date '9999-12-31' else coalesce(o.expires_date, o.event_date + 30) end
    group by s.account_id, s.as_of_date
  )
  select valued.*, nullif(o.direction, 'none') as direction, case when o.direction <> 'none' then o.reason end as reason,
    case when o.direction <> 'none' then o.author end as author, (${SIGNALS.map((s) => `case when v_${s} is not null then ${WEIGHTS[s]?.[0]}.0 else 0 end`).join(' + ')})::double as present
  from valued left join overridden on valued.account_id = overridden.account_id and valued.as_of_date = overridden.as_of_date`;
};

const outputs = (): readonly (readonly [table: string, select: string])[] => [
  ...SIGNALS.map(
    (s) =>
      [
        `int_signals__${s}`,
        `select account_id, as_of_date, m_${s} as measure, null::varchar as cut, v_${s} as signal_value, l_${s} as is_leak_proof, 'by hand' as cuts_hash from wide`,
      ] as const,
  ),
  [
    'int_scores__contributions',
    SIGNALS.map((s) => {
      const [weight, dimension] = WEIGHTS[s] ?? [0, ''];
      return `select account_id, as_of_date, 'by hand' as model_version, '${s}' as signal, '${dimension}' as dimension, m_${s} as measure,
        null::varchar as cut, v_${s} as signal_value, ${weight}.0::double as weight,
        case when v_${s} is not null and present > 0 then ${weight} * v_${s} / present else 0.0 end::double as contribution,
        false as is_frozen, l_${s} as is_leak_proof from wide`;
    }).join(' union all '),
  ],
  [
    'int_scores__composites',
    `select account_id, as_of_date, 'by hand' as model_version, segment, score, weight_coverage, category,
       case when direction = 'up' and category = 'red' then 'yellow' when direction = 'up' and category = 'yellow' then 'green'
         when direction = 'down' and category = 'green' then 'yellow' when direction = 'down' and category = 'yellow' then 'red' else category end as category_effective,
       direction as override_direction, reason as override_reason, author as override_author, 40.0::double as red_max_score,
       not has_usage or weight_coverage < 0.6 as needs_review, false as is_frozen, is_leak_proof
     from (select *, case when floor(round(score, 9) + 0.5) <= 40 then 'red' when floor(round(score, 9) + 0.5) <= 70 then 'yellow' when score is not null then 'green' end as category
       from (select account_id, as_of_date, segment, has_usage, direction, reason, author, present / 100 as weight_coverage,
         is_leak_proof and ${SIGNALS.map((s) => `l_${s}`).join(' and ')} as is_leak_proof,
         case when present > 0 then (${SIGNALS.map((s) => `coalesce(${WEIGHTS[s]?.[0]} * v_${s}, 0)`).join(' + ')}) / present end as score from wide))`,
  ],
];

const scores = ({ from, to, accounts }: LimitRun) => {
  const ago = (column: string, days: number) =>
    `max(${column}) over (partition by account_id order by as_of_date range between interval ${days} day preceding and interval ${days} day preceding)`;
  const line =
    'over (partition by account_id order by as_of_date range between interval 29 day preceding and current row)';
  return `with days as (
    select * from (
      select account_id, as_of_date, score, category, ${ago('score', 7)} as score_7, ${ago('category', 7)} as category_7,
        ${ago('score', 30)} as score_30, ${ago('score', 90)} as score_90,
        regr_slope(score, as_of_date - date '${to}') ${line} as slope, regr_intercept(score, as_of_date - date '${to}') ${line} as intercept,
        min(case when score < 60 then 1 else 0 end) over (partition by account_id order by as_of_date rows between 13 preceding and current row) as is_low,
        row_number() over (partition by account_id order by as_of_date) as position
      from hand.int_scores__composites where as_of_date between date '${from}' - 120 and date '${to}' and ${accounts}
    ) where as_of_date >= date '${from}'
  )
  select c.account_id, c.as_of_date, c.model_version, c.segment, c.score, c.weight_coverage, c.category, c.category_effective,
    c.override_direction, c.override_reason, c.override_author, c.needs_review, c.is_frozen, c.is_leak_proof,
    c.score - score_7 as score_delta_7d, c.score - score_30 as score_delta_30d, c.score - score_90 as score_delta_90d,
    case when round(c.score - score_30, 9) <= -5 then 'declining' when round(c.score - score_30, 9) >= 5 then 'improving' else 'stable' end as trend,
    c.category = 'yellow' and coalesce(least(intercept + slope * (c.as_of_date + 1 - date '${to}'), intercept + slope * (c.as_of_date + 30 - date '${to}')) <= 40, false) as is_trending_to_red,
    coalesce(round(c.score - score_7, 9) <= -15 or (category_7 = 'green' and c.category = 'red'), false) as is_sudden_drop,
    case when c.weight_coverage < 0.6 then case when c.score < 70 then 'watch' end when c.category = 'red' then 'critical'
      when (c.score < 60 or c.category_effective = 'red') and w.days_to_renewal between 0 and 90 then 'at_risk_renewal' when is_low = 1 and position >= 14 then 'at_risk_sustained'
      when c.score < 70 then 'watch' end as flag,
    w.days_to_renewal, w.arr, 'by hand' as config_hash
  from hand.int_scores__composites c
  join days on c.account_id = days.account_id and c.as_of_date = days.as_of_date
  join wide w on c.account_id = w.account_id and c.as_of_date = w.as_of_date`;
};

/** The statements of one run, in order; the tables are those of the attached database `hand`. */
export function limitStatements(run: LimitRun, mode: 'create' | 'append' | 'replace'): readonly string[] {
  const write = ([table, select]: readonly [string, string]) => [
    ...(mode === 'replace'
      ? [
          `delete from hand.${table} where as_of_date between date '${run.from}' and date '${run.to}' and ${run.accounts}`,
        ]
      : []),
    mode === 'create'
      ? `create or replace table hand.${table} as ${select}`
      : `insert into hand.${table} ${select}`,
  ];
  return [wide(run), ...outputs().flatMap(write), ...write(['int_scores__scores', scores(run)])];
}
