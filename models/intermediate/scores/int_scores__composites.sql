-- One row per account, day and model version: the score, how much of the weight spoke, the category, and the category
-- after an override. What looks at other days than this one is in int_scores__scores.
{{ config(
    materialized='history',
    history_key='model_version',
    history_key_from='int_scores__model_version',
) }}

with

spine as (
    {{ signal_spine(['segment', 'is_leak_proof']) }}
),

contributions as (
    select * from {{ ref('int_scores__contributions') }}
    where
        as_of_date >= {{ history_from_date() }}
        and as_of_date <= {{ as_of_date() }}
        and model_version = {{ model_version() }}
        and {{ in_bucket('account_id') }}
),

rules as (
    {{ rule_values('score_rules', ['min_weight_coverage', 'override_days']) }}
),

account_starts as (
    select * from {{ ref('int_usage__account_starts') }}
),

category_cuts as (
    select
        segment,
        max(case when category = 'red' then max_score end) as red_max_score,
        max(case when category = 'yellow' then max_score end) as yellow_max_score
    from {{ ref('category_cuts') }}
    group by segment
),

default_cuts as (
    select * from category_cuts
    where segment is null
),

-- A shadow signal (weight 0) is kept apart: neither its leaks nor its frozen values are the score's.
summed as (
    select
        account_id,
        as_of_date,
        max(model_version) as model_version,
        {{ exact_sum('case when signal_value is not null then weight * signal_value end') }} as weighted_value,
        {{ exact_sum('case when signal_value is not null then weight else 0 end') }} as present_weight,
        {{ exact_sum('weight') }} as total_weight,
        max(case when weight > 0 and is_frozen then 1 else 0 end) as frozen,
        max(case when weight > 0 and not is_leak_proof then 1 else 0 end) as leaks
    from contributions
    group by account_id, as_of_date
),

-- Of overrides set at one instant the later line counts.
overrides as (
    select
        overrides.account_id,
        overrides.direction,
        overrides.reason,
        overrides.author,
        greatest(overrides.event_date, overrides.known_date) as from_date,
        case
            when overrides.direction = 'none' then {{ end_of_time() }}
            else coalesce(
                overrides.expires_date,
                {{ date_add_days('overrides.event_date', 'rules.override_days') }}
            )
        end as until_date,
        row_number() over (
            partition by overrides.account_id
            order by overrides.set_at, coalesce(overrides.line_number, 0), overrides.direction
        ) as position
    from {{ ref('int_canonical__overrides') }} as overrides
    cross join rules
    where {{ in_bucket('overrides.account_id') }}
),

override_days as (
    select
        spine.account_id,
        spine.as_of_date,
        max(overrides.position) as position
    from spine
    inner join overrides
        on
            spine.account_id = overrides.account_id
            and spine.as_of_date >= overrides.from_date
            and spine.as_of_date < overrides.until_date
    group by spine.account_id, spine.as_of_date
),

scored as (
    select
        spine.account_id,
        spine.as_of_date,
        summed.model_version,
        spine.segment,
        case
            when summed.present_weight > 0 then summed.weighted_value / summed.present_weight
        end as score,
        case
            when summed.total_weight > 0 then summed.present_weight / summed.total_weight
        end as weight_coverage,
        coalesce(account_starts.known_from_date <= spine.as_of_date, false) as has_usage,
        summed.frozen = 1 as is_frozen,
        spine.is_leak_proof and summed.leaks = 0 as is_leak_proof
    from spine
    inner join summed
        on spine.account_id = summed.account_id and spine.as_of_date = summed.as_of_date
    left join account_starts
        on spine.account_id = account_starts.account_id
),

-- Rounded first, so that 40.5 that a computer holds as 40.4999… is 41 like any other.
pointed as (
    select
        scored.*,
        floor(round(scored.score, 9) + 0.5) as points,
        coalesce(own_cuts.red_max_score, default_cuts.red_max_score) as red_max_score,
        coalesce(own_cuts.yellow_max_score, default_cuts.yellow_max_score) as yellow_max_score
    from scored
    cross join default_cuts
    left join category_cuts as own_cuts
        on scored.segment = own_cuts.segment
),

categorised as (
    select
        pointed.*,
        case
            when points <= red_max_score then 'red'
            when points <= yellow_max_score then 'yellow'
            when points is not null then 'green'
        end as category
    from pointed
),

final as (
    select
        categorised.account_id,
        categorised.as_of_date,
        categorised.model_version,
        categorised.segment,
        categorised.score,
        categorised.weight_coverage,
        categorised.category,
        case
            when overrides.direction = 'up' and categorised.category = 'red' then 'yellow'
            when overrides.direction = 'up' and categorised.category = 'yellow' then 'green'
            when overrides.direction = 'down' and categorised.category = 'green' then 'yellow'
            when overrides.direction = 'down' and categorised.category = 'yellow' then 'red'
            else categorised.category
        end as category_effective,
        nullif(overrides.direction, 'none') as override_direction,
        case when overrides.direction <> 'none' then overrides.reason end as override_reason,
        case when overrides.direction <> 'none' then overrides.author end as override_author,
        categorised.red_max_score,
        not categorised.has_usage
        or coalesce(round(categorised.weight_coverage, 9) < rules.min_weight_coverage, true)
            as needs_review,
        categorised.is_frozen,
        categorised.is_leak_proof
    from categorised
    cross join rules
    left join override_days
        on
            categorised.account_id = override_days.account_id
            and categorised.as_of_date = override_days.as_of_date
    left join overrides
        on
            override_days.account_id = overrides.account_id
            and override_days.position = overrides.position
)

select * from final
