-- One row per quarter (All of them too) and category of reason why customers left or shrank at a renewal.
select
    case quarter when 'all' then 'All' else replace(quarter, '-', ' ') end as quarter,
    in_words(reason_category) as category,
    loss_count,
    account_count,
    cast(arr_lost as double) as arr_lost,
    arr_share
from marts.fct_loss_reasons
where slice = 'all'
order by quarter, category
