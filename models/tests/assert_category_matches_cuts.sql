-- A score's category is that of the cuts, after rounding half up; only an override moves category_effective.
with

health as (
    select
        *,
        floor(round(score, 9) + 0.5) as points
    from {{ ref('fct_account_health_daily') }}
    where
        model_version = {{ model_version() }}
        and as_of_date >= {{ tested_from_date('int_scores__scores') }}
),

cuts as (
    select
        category,
        max_score,
        coalesce(
            lag(max_score) over (partition by segment order by max_score), -1
        ) as below
    from {{ ref('category_cuts') }}
    where segment is null
),

own_segments as (
    select distinct segment from {{ ref('category_cuts') }}
    where segment is not null
)

select
    health.account_id,
    health.as_of_date,
    health.score,
    health.category,
    health.category_effective
from health
left join own_segments
    on health.segment = own_segments.segment
left join cuts
    on health.category = cuts.category
where
    own_segments.segment is null
    and (
        (health.category is null) <> (health.score is null)
        or health.points > cuts.max_score
        or health.points <= cuts.below
        or (health.category <> health.category_effective and health.override_direction is null)
    )
