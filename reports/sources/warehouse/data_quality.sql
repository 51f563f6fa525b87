-- One row per aspect of the audit and `all` with the score.
select
    aspect,
    title,
    cast(weight as double) as weight,
    complete_count,
    n - complete_count as missing_count,
    known_count,
    n,
    cast(complete_share as double) as complete_share,
    case when aspect = 'all' then 100.0 * complete_share end as score,
    advice
from marts.fct_data_quality
order by aspect
