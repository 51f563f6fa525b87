-- One row per cohort of accounts by the quarter of their first ARR, and quarter end since: what is left of their ARR.
select
    strftime(cohort_end_date, '%Y') || ' Q' || quarter(cohort_end_date) as cohort,
    quarters_since,
    account_count,
    cast(arr_start as double) as arr_start,
    cast(arr_kept as double) / nullif(cast(arr_start as double), 0) as kept_share,
    cast(arr_end as double) / nullif(cast(arr_start as double), 0) as end_share
from marts.fct_arr_cohorts
order by cohort_end_date, quarters_since
