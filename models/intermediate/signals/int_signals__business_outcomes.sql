-- One row per account and day: what the latest survey of the last 180 days (lookback_days) said; the measure is its
-- score.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('business_outcomes'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts(
        'business_outcomes',
        ['promoter', 'passive', 'detractor', 'csat_least', 'csat_most'],
        ['lookback_days'],
    ) }}
),

-- Of surveys at one instant the higher id is the later.
surveys as (
    select
        surveys.account_id,
        surveys.type,
        surveys.score,
        greatest(surveys.event_date, surveys.known_date) as from_date,
        least(
            surveys.known_until_date,
            {{ date_add_days('surveys.event_date', 'cuts.lookback_days') }}
        ) as until_date,
        row_number() over (
            partition by surveys.account_id
            order by surveys.event_at, surveys.survey_id, surveys.known_date
        ) as position
    from {{ ref('int_canonical__surveys') }} as surveys
    cross join cuts
    where
        surveys.event_date > {{ lookback_from_date('business_outcomes') }}
        and {{ in_bucket('surveys.account_id') }}
),

latest_surveys as (
    select
        spine.account_id,
        spine.as_of_date,
        max(surveys.position) as position
    from spine
    inner join surveys
        on
            spine.account_id = surveys.account_id
            and spine.as_of_date >= surveys.from_date
            and spine.as_of_date < surveys.until_date
    group by spine.account_id, spine.as_of_date
),

cut_days as (
    select
        latest_surveys.account_id,
        latest_surveys.as_of_date,
        surveys.score,
        case
            when surveys.type = 'nps' and surveys.score >= cuts.promoter_threshold then 'promoter'
            when surveys.type = 'nps' and surveys.score >= cuts.passive_threshold then 'passive'
            when surveys.type = 'nps' then 'detractor'
            else 'csat_most'
        end as cut,
        100.0 * (surveys.score - cuts.csat_least_threshold)
        / (cuts.csat_most_threshold - cuts.csat_least_threshold) as csat_value
    from latest_surveys
    inner join surveys
        on
            latest_surveys.account_id = surveys.account_id
            and latest_surveys.position = surveys.position
    {{ cuts_on_day('latest_surveys') }}
),

final as (
    select
        spine.account_id,
        spine.as_of_date,
        cast(cut_days.score as {{ dbt.type_float() }}) as measure,
        cut_days.cut,
        case
            when cut_days.cut = 'csat_most' then cast(cut_days.csat_value as {{ dbt.type_float() }})
            else {{ cut_value('cut_days.cut', ['promoter', 'passive', 'detractor']) }}
        end as signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from spine
    left join cut_days
        on
            spine.account_id = cut_days.account_id
            and spine.as_of_date = cut_days.as_of_date
    {{ cuts_on_day('spine') }}
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
