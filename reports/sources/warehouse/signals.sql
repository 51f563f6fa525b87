-- One row per signal of the preset in use: its weight, whether that is assumed, and how many accounts have data for it.
with last_day as (
    select
        max(as_of_date) as as_of_date,
        arg_max(model_version, as_of_date) as model_version
    from marts.fct_signal_contributions_daily
),

used as (
    select
        contributions.signal,
        cast(max(contributions.weight) as double) as weight,
        count(*) as account_count,
        count(contributions.signal_value) as accounts_with_data,
        round(avg(contributions.signal_value), 6) as mean_value
    from marts.fct_signal_contributions_daily as contributions
    inner join last_day
        on
            contributions.as_of_date = last_day.as_of_date
            and contributions.model_version = last_day.model_version
    group by contributions.signal
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
    in_words(signal_words(used.signal)) as signal_name,
    in_words(definitions.dimension) as dimension,
    used.weight,
    coalesce(definitions.weight_status, 'assumed') as weight_status,
    used.account_count,
    used.accounts_with_data,
    used.mean_value
from used
left join definitions
    on used.signal = definitions.signal
order by used.weight desc, used.signal
