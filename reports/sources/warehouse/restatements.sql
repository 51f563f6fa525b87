-- One row per day on which published scores were restated, and cause.
select
    cast(restated_at as date) as restated_on,
    regexp_replace(cause, ' from \d{4}-\d{2}-\d{2}', '', 'g') as cause,
    count(distinct account_id) as account_count,
    count(*) as day_count,
    min(as_of_date) as first_date,
    max(as_of_date) as last_date,
    count(case when value_after is null then 1 end) as lost_count,
    max(round(abs(cast(value_after as double) - cast(value_before as double)), 6)) as most_points
from marts.fct_restatements
where column_name = 'score'
group by 1, 2
order by restated_on desc, day_count desc, cause
