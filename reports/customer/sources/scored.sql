-- One row per signal that customers are told of (customer_signals): what it is, how much it counts, and what was
-- measured. What the vendor's own people think of the customer is in none of them.
with last_rows as (
    select *
    from marts.fct_signal_contributions_daily
    qualify dense_rank() over (order by as_of_date desc, in_force(model_version) desc, model_version desc) = 1
),

lookbacks as (
    select
        signal,
        any_value(case when cut = 'lookback_days' then threshold end) as lookback_days,
        any_value(case when cut = 'recent_days' then threshold end) as recent_days
    from intermediate.signal_cuts
    group by signal
)

select
    told.title,
    told.how,
    told.better,
    cast(last_rows.weight as double) / sum(cast(last_rows.weight as double)) over () as weight_share,
    round(last_rows.signal_value) as value,
    case
        when last_rows.signal_value is not null
            then in_words(measured_in_words(
                last_rows.signal,
                sentence_of(last_rows.signal, last_rows.cut, last_rows.measure),
                last_rows.measure,
                lookbacks.lookback_days,
                lookbacks.recent_days
            ))
    end as measured
from last_rows
inner join intermediate.customer_signals as told
    on last_rows.signal = told.signal
left join lookbacks
    on last_rows.signal = lookbacks.signal
where last_rows.weight > 0
order by last_rows.weight desc, last_rows.signal
