-- One row per ticket opened in the last 180 days or still open.
select
    page_of(tickets.account_id) as account_page,
    tickets.ticket_id,
    tickets.event_date as created_date,
    tickets.priority,
    tickets.escalated_date,
    tickets.solved_date,
    tickets.csat
from intermediate.int_canonical__tickets as tickets
cross join (select max(as_of_date) as as_of_date from marts.fct_account_health_daily) as last_day
where
    tickets.known_until_date = date '9999-12-31'
    and tickets.event_date <= last_day.as_of_date
    and (tickets.event_date > last_day.as_of_date - 180 or tickets.solved_date is null)
order by tickets.account_id, tickets.event_date desc, tickets.ticket_id
