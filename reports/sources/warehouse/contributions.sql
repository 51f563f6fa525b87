-- One row per account and signal on the account's last scored day.
with last_rows as (
    select *
    from marts.fct_signal_contributions_daily
    qualify dense_rank() over (
        partition by account_id
        order by as_of_date desc, in_force(model_version) desc, model_version desc
    ) = 1
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
    coalesce(printf('%.0f', last_rows.signal_value), 'no data') as value_text,
    plain_number(last_rows.measure) as measure_text,
    cast(last_rows.weight as double) as weight,
    coalesce(definitions.weight_status, 'assumed') as weight_status,
    last_rows.contribution
from last_rows
left join definitions
    on last_rows.signal = definitions.signal
order by last_rows.account_id, last_rows.contribution desc, last_rows.weight desc, last_rows.signal
