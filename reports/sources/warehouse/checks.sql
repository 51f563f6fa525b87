-- One row per check on its last day, its values as people write them: a share as per cent.
with last_checks as (
    select
        *,
        starts_with(unit, 'share') as is_share
    from marts.fct_checks
    where as_of_date = (select max(as_of_date) from marts.fct_checks)
)

select
    check_id,
    title as check_name,
    case
        when is_share then 'of ' || coalesce(nullif(replace(unit, 'share of ', ''), 'share'), 'all')
        else unit
    end as unit,
    cadence,
    as_of_date,
    cast(value as double) as value,
    case when is_share then printf('%.1f %%', 100 * cast(value as double)) else plain_number(cast(value as double)) end
        as value_text,
    case
        when is_share then plain_number(100 * cast(red_line as double)) || ' %'
        else plain_number(cast(red_line as double))
    end as red_line_text,
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
from last_checks
order by is_red desc, check_id
