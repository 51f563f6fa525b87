-- One row per check on its last day.
select
    check_id,
    title as check_name,
    unit,
    cadence,
    as_of_date,
    cast(value as double) as value,
    plain_number(cast(value as double)) as value_text,
    plain_number(cast(red_line as double)) as red_line_text,
    case
        when value is null then 'no data'
        when is_red then 'red'
        else 'within'
    end as finding,
    is_red,
    n
from marts.fct_checks
qualify row_number() over (partition by check_id order by as_of_date desc) = 1
order by is_red desc, check_id
