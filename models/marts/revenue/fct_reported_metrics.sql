-- One row per metric, period end, segment (`all` too) and day on which another value was said than before: the value as
-- it was said then, and the one that is said now.
with

said as (
    select * from {{ ref('fct_metrics_said') }}
),

now_said as (
    select * from {{ ref('fct_metrics_now') }}
),

final as (
    select
        said.metric,
        said.period_end,
        said.segment,
        said.reported_on,
        said.value_reported,
        now_said.value as value_now,
        row_number() over (
            partition by said.metric, said.period_end, said.segment order by said.reported_on
        ) = 1 as is_first
    from said
    left join now_said
        on
            said.metric = now_said.metric
            and said.period_end = now_said.period_end
            and said.segment = now_said.segment
)

select * from final
