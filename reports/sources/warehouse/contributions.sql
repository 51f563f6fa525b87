-- One row per account and signal on the account's last scored day.
with last_rows as (
    select *
    from marts.fct_signal_contributions_daily
    qualify dense_rank() over (
        partition by account_id
        order by as_of_date desc, model_version desc
    ) = 1
)

select
    last_rows.account_id,
    last_rows.as_of_date,
    last_rows.signal,
    replace(last_rows.signal, '_', ' ') as signal_name,
    last_rows.measure,
    last_rows.signal_value,
    last_rows.weight,
    last_rows.contribution
from last_rows
order by last_rows.account_id, last_rows.weight desc, last_rows.signal
