-- One row: what every page says about itself.
select
    cast(max(as_of_date) as date) as as_of_date,
    '${currency}' as currency_code,
    arg_max(model_version, as_of_date) as model_version,
    strftime(max(as_of_date), '%d %B %Y') as as_of_text
from marts.fct_account_health_daily
