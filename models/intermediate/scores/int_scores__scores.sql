-- One row per account, day and model version: the score with all that other days say about it (changes, trend, runs of
-- days) and the gravest flag. Only days in scope count.
{{ config(
    materialized='history',
    history_key='model_version',
    history_key_from='int_scores__model_version',
) }}

with

spine as (
    {{ signal_spine(['arr', 'days_to_renewal']) }}
),

rules as (
    {{ rule_values('score_rules', [
        'min_weight_coverage',
        'short_change_days',
        'medium_change_days',
        'long_change_days',
        'declining_points',
        'improving_points',
        'sudden_drop_points',
        'line_days',
        'line_min_points',
        'line_ahead_days',
        'watch_score',
        'at_risk_score',
        'at_risk_rows',
        'at_risk_renewal_days',
    ]) }}
),

composites as (
    select * from {{ ref('int_scores__composites') }}
    where
        as_of_date <= {{ as_of_date() }}
        and model_version = {{ model_version() }}
        and {{ in_bucket('account_id') }}
),

-- Rows since the last one that was not at risk; of an account that came back they reach beyond the gap.
numbered as (
    select
        composites.account_id,
        composites.as_of_date,
        coalesce(round(composites.score, 9) < rules.at_risk_score, false) as is_low,
        row_number() over (
            partition by composites.account_id order by composites.as_of_date
        ) as position
    from composites
    cross join rules
),

runs as (
    select
        account_id,
        as_of_date,
        position - coalesce(
            max(case when not is_low then position end) over (
                partition by account_id
                order by as_of_date
                rows between unbounded preceding and current row
            ),
            0
        ) as at_risk_rows
    from numbered
),

present_days as (
    select * from composites
    where as_of_date >= {{ history_from_date() }}
),

earlier_days as (
    select
        composites.account_id,
        composites.as_of_date,
        composites.score,
        composites.category
    from composites
    cross join rules
    where
        composites.as_of_date
        >= {{ date_add_days(history_from_date(), '-rules.long_change_days') }}
),

-- The least-squares line through the scores of the days before a yellow one, which is day 0.
yellow_days as (
    select
        present_days.account_id,
        present_days.as_of_date,
        {{ date_add_days('present_days.as_of_date', '(1 - rules.line_days)') }} as line_from_date
    from present_days
    cross join rules
    where present_days.category = 'yellow'
),

line_days as (
    select
        yellow_days.account_id,
        yellow_days.as_of_date,
        days.line_date,
        {{ days_between('yellow_days.as_of_date', 'days.line_date') }} as x
    from yellow_days
    cross join {{ date_series(
        'yellow_days.line_from_date', 'yellow_days.as_of_date', 'line_date'
    ) }} as days
),

line_sums as (
    select
        line_days.account_id,
        line_days.as_of_date,
        count(*) as n,
        cast(sum(line_days.x) as {{ dbt.type_float() }}) as sum_x,
        cast(sum(line_days.x * line_days.x) as {{ dbt.type_float() }}) as sum_xx,
        sum(earlier_days.score) as sum_y,
        sum(line_days.x * earlier_days.score) as sum_xy
    from line_days
    inner join earlier_days
        on
            line_days.account_id = earlier_days.account_id
            and line_days.line_date = earlier_days.as_of_date
    where earlier_days.score is not null
    group by line_days.account_id, line_days.as_of_date
),

lines as (
    select
        line_sums.account_id,
        line_sums.as_of_date,
        (line_sums.n * line_sums.sum_xy - line_sums.sum_x * line_sums.sum_y)
        / (line_sums.n * line_sums.sum_xx - line_sums.sum_x * line_sums.sum_x) as slope,
        line_sums.sum_x / line_sums.n as mean_x,
        line_sums.sum_y / line_sums.n as mean_y
    from line_sums
    cross join rules
    where line_sums.n >= rules.line_min_points
),

-- A line is lowest at one of its ends.
lowest as (
    select
        lines.account_id,
        lines.as_of_date,
        least(
            lines.mean_y + lines.slope * (1 - lines.mean_x),
            lines.mean_y + lines.slope * (rules.line_ahead_days - lines.mean_x)
        ) as lowest_score
    from lines
    cross join rules
),

compared as (
    select
        present_days.*,
        spine.arr,
        spine.days_to_renewal,
        short_ago.category as category_short_ago,
        present_days.score - short_ago.score as score_delta_7d,
        present_days.score - medium_ago.score as score_delta_30d,
        present_days.score - long_ago.score as score_delta_90d,
        runs.at_risk_rows,
        coalesce(round(lowest.lowest_score, 9) <= present_days.red_max_score, false)
            as is_trending_to_red
    from present_days
    cross join rules
    inner join spine
        on
            present_days.account_id = spine.account_id
            and present_days.as_of_date = spine.as_of_date
    inner join runs
        on
            present_days.account_id = runs.account_id
            and present_days.as_of_date = runs.as_of_date
    left join earlier_days as short_ago
        on
            present_days.account_id = short_ago.account_id
            and {{ date_add_days('present_days.as_of_date', '-rules.short_change_days') }}
            = short_ago.as_of_date
    left join earlier_days as medium_ago
        on
            present_days.account_id = medium_ago.account_id
            and {{ date_add_days('present_days.as_of_date', '-rules.medium_change_days') }}
            = medium_ago.as_of_date
    left join earlier_days as long_ago
        on
            present_days.account_id = long_ago.account_id
            and {{ date_add_days('present_days.as_of_date', '-rules.long_change_days') }}
            = long_ago.as_of_date
    left join lowest
        on
            present_days.account_id = lowest.account_id
            and present_days.as_of_date = lowest.as_of_date
),

final as (
    select
        compared.account_id,
        compared.as_of_date,
        compared.model_version,
        compared.segment,
        compared.score,
        compared.weight_coverage,
        compared.category,
        compared.category_effective,
        compared.override_direction,
        compared.override_reason,
        compared.override_author,
        compared.needs_review,
        compared.is_frozen,
        compared.is_leak_proof,
        compared.score_delta_7d,
        compared.score_delta_30d,
        compared.score_delta_90d,
        case
            when round(compared.score_delta_30d, 9) <= rules.declining_points then 'declining'
            when round(compared.score_delta_30d, 9) >= rules.improving_points then 'improving'
            else 'stable'
        end as trend,
        compared.is_trending_to_red,
        coalesce(round(compared.score_delta_7d, 9) <= -rules.sudden_drop_points, false)
        or coalesce(compared.category_short_ago = 'green' and compared.category = 'red', false)
            as is_sudden_drop,
        case
            when round(compared.weight_coverage, 9) < rules.min_weight_coverage
                then case when round(compared.score, 9) < rules.watch_score then 'watch' end
            when compared.category = 'red' then 'critical'
            when
                (
                    round(compared.score, 9) < rules.at_risk_score
                    or compared.category_effective = 'red'
                )
                and compared.days_to_renewal between 0 and rules.at_risk_renewal_days
                then 'at_risk_renewal'
            when compared.at_risk_rows >= rules.at_risk_rows then 'at_risk_sustained'
            when round(compared.score, 9) < rules.watch_score then 'watch'
        end as flag,
        compared.days_to_renewal,
        compared.arr,
        model_version.config_hash
    from compared
    cross join rules
    cross join {{ ref('int_scores__model_version') }} as model_version
)

select * from final
