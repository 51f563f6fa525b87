-- One row per check on its last day.
select
    check_id,
    replace(check_id, '_', ' ') as check_name,
    as_of_date,
    cast(value as double) as value,
    cast(red_line as double) as red_line,
    is_red,
    n
from marts.fct_checks
qualify row_number() over (partition by check_id order by as_of_date desc) = 1
order by is_red desc, check_id
