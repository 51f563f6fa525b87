-- One row per account and day: how the business reviews of the last 180 days (lookback_days) went.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts(
        'qbr_attendance',
        ['attended', 'recap', 'missed_one', 'missed_more'],
        ['lookback_days'],
    ) }}
),

-- Of reviews at one instant the higher id is the later.
reviews as (
    select
        meetings.account_id,
        meetings.status,
        greatest(meetings.event_date, meetings.known_date) as from_date,
        least(
            meetings.known_until_date,
            {{ date_add_days('meetings.event_date', 'cuts.lookback_days') }}
        ) as until_date,
        row_number() over (
            partition by meetings.account_id
            order by meetings.event_at, meetings.meeting_id, meetings.known_date
        ) as position
    from {{ ref('int_canonical__meetings') }} as meetings
    cross join cuts
    where
        meetings.type = 'qbr'
        and meetings.status in ('attended', 'missed', 'recap')
        and meetings.event_date > {{ lookback_from_date('qbr_attendance') }}
        and {{ in_bucket('meetings.account_id') }}
),

review_days as (
    select
        spine.account_id,
        spine.as_of_date,
        count(case when reviews.status = 'missed' then 1 end) as misses,
        max_by(reviews.status, reviews.position) as last_status
    from spine
    inner join reviews
        on
            spine.account_id = reviews.account_id
            and spine.as_of_date >= reviews.from_date
            and spine.as_of_date < reviews.until_date
    group by spine.account_id, spine.as_of_date
),

cut_days as (
    select
        review_days.*,
        case
            when review_days.last_status = 'attended' then 'attended'
            when review_days.last_status = 'recap' then 'recap'
            when review_days.misses <= cuts.missed_one_threshold then 'missed_one'
            else 'missed_more'
        end as cut
    from review_days
    {{ cuts_on_day('review_days') }}
),

final as (
    select
        spine.account_id,
        spine.as_of_date,
        cast(cut_days.misses as {{ dbt.type_float() }}) as measure,
        cut_days.cut,
        {{ cut_value('cut_days.cut', ['attended', 'recap', 'missed_one', 'missed_more']) }} as signal_value,
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
