-- One row per account that is a customer.
select
    name,
    segment,
    cast(arr as double) as arr
from marts.dim_accounts
where not is_churned
