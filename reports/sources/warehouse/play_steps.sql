-- One row per step of a running play that is open or to come, in the book of who does it.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
)

select
    steps.step_key,
    page_of(steps.account_id) as account_page,
    '/accounts/' || page_of(steps.account_id) as account_link,
    steps.account_name,
    md5(owner_label(steps.owner_name, steps.owner_id)) as owner_key,
    owner_label(steps.owner_name, steps.owner_id) as owner_name,
    coalesce(plays.title, in_words(steps.play)) as play,
    steps.title,
    steps.text,
    in_words(steps.state) as state,
    steps.due_date,
    case
        when steps.due_date < last_day.as_of_date
            then counted(datediff('day', steps.due_date, last_day.as_of_date), 'day') || ' overdue'
        when steps.due_date = last_day.as_of_date then 'today'
        else 'in ' || counted(datediff('day', last_day.as_of_date, steps.due_date), 'day')
    end as due_text
from marts.fct_play_steps as steps
inner join marts.fct_plays as plays
    on steps.play_key = plays.play_key
cross join last_day
where steps.state in ('open', 'overdue', 'planned') and plays.state in ('running', 'closing')
order by steps.step_key
