-- One row per account, window and signal: what moved the score up to the account's last scored day.
select
    account_id,
    as_of_date,
    since_date,
    window_days,
    replace(signal, '_', ' ') as signal_name,
    value_from,
    value_to,
    value_effect,
    weight_effect,
    coverage_effect,
    effect
from marts.fct_score_changes
qualify rank() over (
    partition by account_id, window_days
    order by as_of_date desc, model_version desc
) = 1
order by account_id, window_days, effect
