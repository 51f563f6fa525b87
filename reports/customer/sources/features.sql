-- One row per feature of the contract: when it was last used.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.dim_accounts
),

licensed as (
    select distinct licences.feature
    from intermediate.int_canonical__licensed_features as licences
    cross join last_day
    where
        licences.known_until_date = date '9999-12-31'
        and coalesce(licences.valid_from, last_day.as_of_date) <= last_day.as_of_date
        and coalesce(licences.valid_to, date '9999-12-31') > last_day.as_of_date
),

used as (
    select
        uses.feature,
        max(uses.event_date) as last_used_date,
        count(distinct case when uses.event_date > last_day.as_of_date - 90 then lower(uses.user_id) end) as people
    from intermediate.int_canonical__usage_events as uses
    cross join last_day
    where uses.event_count > 0 and uses.event_date <= last_day.as_of_date
    group by uses.feature
)

select
    in_words(licensed.feature) as feature,
    used.last_used_date,
    coalesce(used.people, 0) as people,
    case
        when used.last_used_date > last_day.as_of_date - 90 then 'in use'
        when used.last_used_date is not null then 'not in the last 90 days'
        else 'not in the last year'
    end as state
from licensed
cross join last_day
left join used
    on licensed.feature = used.feature
order by people desc, licensed.feature
