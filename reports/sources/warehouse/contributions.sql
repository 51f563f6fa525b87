-- One row per account and signal on the account's last scored day.
with last_rows as (
    select *
    from marts.fct_signal_contributions_daily
    qualify dense_rank() over (
        partition by account_id
        order by as_of_date desc, in_force(model_version) desc, model_version desc
    ) = 1
),

-- Since when a value is frozen because its source is stale: the first of the days on end.
frozen_days as (
    select
        facts.account_id,
        facts.signal,
        facts.as_of_date,
        max(case when not facts.is_frozen then facts.as_of_date end) over (
            partition by facts.account_id, facts.signal
        ) as thawed_date,
        facts.is_frozen
    from marts.fct_signal_contributions_daily as facts
    inner join last_rows
        on
            facts.account_id = last_rows.account_id
            and facts.signal = last_rows.signal
            and facts.model_version = last_rows.model_version
            and facts.as_of_date <= last_rows.as_of_date
    where last_rows.is_frozen
),

frozen as (
    select
        account_id,
        signal,
        min(as_of_date) as frozen_since
    from frozen_days
    where is_frozen and as_of_date > coalesce(thawed_date, date '1900-01-01')
    group by account_id, signal
),

definitions as (
    select
        signal,
        any_value(dimension) as dimension,
        case when bool_and(status = 'confirmed') then 'confirmed' else 'assumed' end as weight_status
    from intermediate.signal_definitions
    group by signal
)

select
    page_of(last_rows.account_id) as account_page,
    replace(last_rows.signal, '_', ' ') as signal_name,
    definitions.dimension,
    coalesce(printf('%.0f', last_rows.signal_value), 'no data')
    || coalesce(strftime(frozen.frozen_since, ', frozen since %d %b'), '') as value_text,
    plain_number(last_rows.measure) as measure_text,
    cast(last_rows.weight as double) as weight,
    coalesce(definitions.weight_status, 'assumed') as weight_status,
    last_rows.contribution
from last_rows
left join definitions
    on last_rows.signal = definitions.signal
left join frozen
    on last_rows.account_id = frozen.account_id and last_rows.signal = frozen.signal
order by last_rows.account_id, last_rows.contribution desc, last_rows.weight desc, last_rows.signal
