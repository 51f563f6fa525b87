-- One row per thing that happened with an account in the last year, or is arranged: meetings, what it was asked to
-- (webinars, betas, references), invoices, opportunities, renewals, tickets, escalations, and what its owner said of it.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
),

users as (
    select
        user_id,
        arg_max(name, known_date) as name
    from intermediate.int_canonical__users
    group by user_id
),

events as (
    select
        account_id,
        event_date,
        case type when 'qbr' then 'Business review' when 'sponsor' then 'Sponsor meeting' else 'Meeting' end as what,
        status as outcome,
        type = 'qbr' as is_marked
    from intermediate.int_canonical__meetings
    where known_until_date = date '9999-12-31' and (type in ('qbr', 'sponsor') or status <> 'cancelled')
    union all
    select
        account_id,
        event_date,
        case type
            when 'webinar' then 'Webinar'
            when 'beta' then 'Beta'
            when 'reference' then 'Asked for a reference'
            when 'community' then 'Community'
            else 'Asked to take part'
        end,
        case status
            when 'attended' then 'took part' when 'declined' then 'said no' when 'silent' then 'no answer'
        end,
        false
    from intermediate.int_canonical__engagements
    where known_until_date = date '9999-12-31'
    union all
    select
        account_id,
        due_date,
        'Invoice due' || coalesce(', ' || whole(amount), ''),
        case
            when status in ('void', 'uncollectible') then status
            when paid_date is null then 'open'
            when paid_date > due_date then 'paid ' || counted(datediff('day', due_date, paid_date), 'day') || ' late'
            else 'paid in time'
        end,
        false
    from intermediate.int_canonical__invoices
    where known_until_date = date '9999-12-31' and due_date is not null
    union all
    select
        account_id,
        close_date,
        in_words(coalesce(type, 'opportunity')) || coalesce(', ' || whole(amount), ''),
        case when is_won then 'won' when is_closed then 'lost' || coalesce(': ' || loss_reason, '') else stage end,
        false
    from intermediate.int_canonical__opportunities
    where known_until_date = date '9999-12-31' and close_date is not null
    union all
    select
        account_id,
        renewal_date,
        'Renewal, ' || whole(arr),
        renewal_outcome,
        renewal_outcome is not null
    from marts.fct_renewals
    where renewal_outcome is not null
    union all
    select
        account_id,
        escalated_date,
        'Escalation',
        case when solved_date is null then 'open' else 'solved' end,
        true
    from intermediate.int_canonical__tickets
    where known_until_date = date '9999-12-31' and escalated_date is not null
    union all
    select
        account_id,
        event_date,
        'Ticket ' || ticket_id || coalesce(', ' || priority, ''),
        coalesce('solved in ' || counted(datediff('day', event_date, solved_date), 'day'), 'open')
        || coalesce(', CSAT ' || plain_number(csat), ''),
        false
    from intermediate.int_canonical__tickets
    where known_until_date = date '9999-12-31'
    union all
    select
        sentiments.account_id,
        sentiments.event_date,
        'Sentiment of ' || coalesce(users.name, sentiments.set_by, 'the owner'),
        sentiments.sentiment || coalesce(': ' || sentiments.note, ''),
        false
    from intermediate.int_canonical__sentiments as sentiments
    left join users
        on sentiments.set_by = users.user_id
    where sentiments.known_until_date = date '9999-12-31'
)

select
    page_of(events.account_id) as account_page,
    events.event_date,
    events.what,
    events.outcome,
    coalesce(events.is_marked, false) and events.event_date <= last_day.as_of_date as is_marked,
    events.event_date > last_day.as_of_date as is_ahead
from events
cross join last_day
where
    events.event_date > last_day.as_of_date - 365
    and events.event_date <= last_day.as_of_date + 90
order by events.account_id, events.event_date desc, events.what, events.outcome, events.is_marked
