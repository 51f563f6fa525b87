-- One row per account, day and model version: the score with all that other days say about it (changes, trend, runs of
-- days) and the gravest flag. Only days in scope count.
-- depends_on: {{ ref('int_accounts__account_spans') }}
{{ config(
    materialized='history',
    history_key='model_version',
    history_key_from='int_scores__model_version',
    history_published=[
        'segment', 'score', 'weight_coverage', 'category', 'category_effective', 'override_direction',
        'override_reason', 'override_author', 'needs_review', 'is_frozen', 'is_leak_proof', 'score_delta_7d',
        'score_delta_30d', 'score_delta_90d', 'trend', 'is_trending_to_red', 'is_sudden_drop', 'flag',
        'days_to_renewal', 'arr',
    ],
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

present_days as (
    select * from {{ ref('int_scores__composites') }}
    where
        as_of_date >= {{ history_from_date() }}
        and as_of_date <= {{ as_of_date() }}
        and model_version = {{ model_version() }}
        and {{ in_bucket('account_id') }}
),

-- Of the days before those to compute, as many as they are compared with …
recent as (
    select
        account_id,
        as_of_date,
        score,
        category
    from {{ ref('int_scores__composites') }}
    where
        as_of_date >= {{ lookback_from_date('score') }}
        and as_of_date <= {{ as_of_date() }}
        and model_version = {{ model_version() }}
        and {{ in_bucket('account_id') }}
),

-- … and, of an account that was in scope on too few of them to say whether it was at risk for long, its last ones
-- before.
well_known as (
    select recent.account_id
    from recent
    cross join rules
    where recent.as_of_date < {{ history_from_date() }}
    group by recent.account_id
    having count(*) >= max(rules.at_risk_rows)
),

older as (
    select
        composites.account_id,
        composites.as_of_date,
        composites.score,
        composites.category
    from {{ ref('int_scores__composites') }} as composites
    left join well_known
        on composites.account_id = well_known.account_id
    where
        {{ in_days_before_gaps('composites.as_of_date') }}
        and composites.as_of_date < {{ lookback_from_date('score') }}
        and composites.model_version = {{ model_version() }}
        and {{ in_bucket('composites.account_id') }}
        and well_known.account_id is null
),

read_days as (
    select * from recent
    union all
    select * from older
),

-- Whole billionths of a point, so that sums are exact in whatever order, and days before the as-of day.
pointed as (
    select
        read_days.account_id,
        read_days.as_of_date,
        read_days.category,
        coalesce(round(read_days.score, 9) < rules.at_risk_score, false) as is_low,
        case
            when read_days.score is not null
                then {{ days_between(as_of_date(), 'read_days.as_of_date') }}
        end as x,
        cast(round(read_days.score * 1000000000) as {{ dbt.type_bigint() }}) as y
    from read_days
    cross join rules
),

summed as (
    select
        pointed.*,
        lead(as_of_date) over (partition by account_id order by as_of_date) as next_date,
        row_number() over (partition by account_id order by as_of_date) as position,
        sum(case when x is not null then 1 else 0 end) over (
            partition by account_id
            order by as_of_date
            rows between unbounded preceding and current row
        ) as n,
        sum(coalesce(x, 0)) over (
            partition by account_id
            order by as_of_date
            rows between unbounded preceding and current row
        ) as sum_x,
        sum(coalesce(x * x, 0)) over (
            partition by account_id
            order by as_of_date
            rows between unbounded preceding and current row
        ) as sum_xx,
        sum(coalesce(y, 0)) over (
            partition by account_id
            order by as_of_date
            rows between unbounded preceding and current row
        ) as sum_y,
        sum(coalesce(x * y, 0)) over (
            partition by account_id
            order by as_of_date
            rows between unbounded preceding and current row
        ) as sum_xy
    from pointed
),

-- Rows since the last one that was not at risk; of an account that came back they reach beyond the gap.
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
    from summed
),

-- The sums up to each day, on the days of a gap those up to its beginning.
sums_by_day as (
    select
        account_id,
        as_of_date,
        n,
        sum_x,
        sum_xx,
        sum_y,
        sum_xy
    from summed
    union all
    select
        gaps.account_id,
        days.as_of_date,
        gaps.n,
        gaps.sum_x,
        gaps.sum_xx,
        gaps.sum_y,
        gaps.sum_xy
    from (
        select
            summed.*,
            greatest(
                {{ date_add_days('summed.as_of_date', 1) }},
                {{ date_add_days(history_from_date(), '-rules.line_days') }}
            ) as gap_from_date,
            {{ date_add_days('summed.next_date', -1) }} as gap_to_date
        from summed
        cross join rules
        where summed.next_date > {{ date_add_days('summed.as_of_date', 1) }}
    ) as gaps
    cross join {{ date_series('gaps.gap_from_date', 'gaps.gap_to_date') }} as days
),

-- The least-squares line through the scores of the days before a yellow one, which is day 0.
line_sums as (
    select
        yellow.account_id,
        yellow.as_of_date,
        yellow.x,
        yellow.n - coalesce(before.n, 0) as n,
        yellow.sum_x - coalesce(before.sum_x, 0) as sum_x,
        yellow.sum_xx - coalesce(before.sum_xx, 0) as sum_xx,
        yellow.sum_y - coalesce(before.sum_y, 0) as sum_y,
        yellow.sum_xy - coalesce(before.sum_xy, 0) as sum_xy
    from summed as yellow
    cross join rules
    left join sums_by_day as before
        on
            yellow.account_id = before.account_id
            and {{ date_add_days('yellow.as_of_date', '-rules.line_days') }} = before.as_of_date
    where
        yellow.category = 'yellow'
        and yellow.as_of_date >= {{ history_from_date() }}
),

centred as (
    select
        account_id,
        as_of_date,
        n,
        cast(sum_x - n * x as {{ dbt.type_float() }}) as sum_x,
        cast(sum_xx - 2 * x * sum_x + n * x * x as {{ dbt.type_float() }}) as sum_xx,
        cast(sum_y as {{ dbt.type_float() }}) / 1000000000 as sum_y,
        cast(sum_xy - x * sum_y as {{ dbt.type_float() }}) / 1000000000 as sum_xy
    from line_sums
),

lines as (
    select
        centred.account_id,
        centred.as_of_date,
        (centred.n * centred.sum_xy - centred.sum_x * centred.sum_y)
        / (centred.n * centred.sum_xx - centred.sum_x * centred.sum_x) as slope,
        centred.sum_x / centred.n as mean_x,
        centred.sum_y / centred.n as mean_y
    from centred
    cross join rules
    where centred.n >= rules.line_min_points
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
    left join recent as short_ago
        on
            present_days.account_id = short_ago.account_id
            and {{ date_add_days('present_days.as_of_date', '-rules.short_change_days') }}
            = short_ago.as_of_date
    left join recent as medium_ago
        on
            present_days.account_id = medium_ago.account_id
            and {{ date_add_days('present_days.as_of_date', '-rules.medium_change_days') }}
            = medium_ago.as_of_date
    left join recent as long_ago
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
        coalesce(round(compared.score_delta_7d, 9) <= 0 - rules.sudden_drop_points, false)
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
