-- One row per account and month in which its ARR fell: how much, why, and what its score had said.
select
    losses.account_id,
    '/accounts/' || page_of(losses.account_id) as account_link,
    coalesce(accounts.name, losses.account_id) as account_name,
    owner_label(accounts.owner_name, accounts.owner_id) as owner_name,
    segment_words(accounts.segment) as segment,
    accounts.region,
    accounts.industry,
    cast(losses."month" as date) as month_start,
    in_words(losses.movement) as movement,
    cast(losses.arr_change as double) as arr_change,
    cast(losses.arr_start as double) as arr_start,
    in_words(losses.reason) as reason,
    round(losses.score, 6) as score,
    in_words(losses.category_effective) as health,
    case when losses.was_flagged then 'yes' when not losses.was_flagged then 'no' end as was_flagged
from marts.fct_arr_losses as losses
left join marts.dim_accounts as accounts
    on losses.account_id = accounts.account_id
order by losses."month" desc, losses.arr_change, losses.account_id
