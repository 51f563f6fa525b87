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
        when is_by_hand then 'by hand'
        when value is null or n = 0 then 'no data'
        when n < min_n then 'too few cases'
        when is_red then 'red'
        else 'within'
    end as finding,
    is_red,
    coalesce(is_by_hand, false) as is_by_hand,
    n
from marts.fct_checks
where as_of_date = (select max(as_of_date) from marts.fct_checks)
order by is_red desc, check_id
