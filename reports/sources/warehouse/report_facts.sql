-- One row: what every page says about itself.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
),

cuts as (
    select
        max(case when category = 'red' then max_score end) as red_up_to,
        max(case when category = 'yellow' then max_score end) as yellow_up_to
    from intermediate.category_cuts
    where segment is null
),

connected as (
    select
        count(case when signal in ('ticket_trend', 'escalations') then signal_value end) > 0 as has_tickets
    from marts.fct_signal_contributions_daily
    where as_of_date = (select max(as_of_date) from marts.fct_signal_contributions_daily)
),

history as (
    select min(from_date) as first_date
    from intermediate.int_accounts__account_spans
),

-- A site for one alone says for whom it is, and of how many accounts; one for all says nothing.
audience as (
    select
        nullif('${audience}', 'all') as audience_text,
        (
            select count(distinct account_id)
            from marts.fct_account_health_daily
            where as_of_date = (select last_day.as_of_date from last_day)
        ) as account_count
)

select
    last_day.as_of_date,
    strftime(last_day.as_of_date, '%-d %B %Y') as as_of_text,
    strftime(history.first_date, '%-d %B %Y') as history_start_text,
    '${currency}' as currency_code,
    cuts.red_up_to,
    cuts.yellow_up_to,
    connected.has_tickets,
    audience.audience_text is null as is_company_wide,
    case split_part(audience.audience_text, ': ', 1)
        when 'csm' then 'the accounts, renewals and tasks of '
        when 'manager' then 'the accounts of all who answer to '
        else 'the accounts of the team '
    end || isolated(split_part(audience.audience_text, ': ', 2)) || ': ' || counted(audience.account_count, 'customer')
        as audience_text
from last_day
cross join cuts
cross join connected
cross join history
cross join audience
