-- One row per account in scope on the as-of day: when it was last spoken to and reviewed, and what is arranged. A
-- touchpoint is a mail that was sent or a meeting that was held, a review (QBR) one that was attended or followed by a
-- recap. Where neither mails nor meetings are connected nothing is known of touchpoints.
{%- set meetings_are_connected = entity_is_connected('meetings') %}
{%- set emails_are_connected = entity_is_connected('emails') %}
with

accounts as (
    select account_id
    from {{ ref('fct_account_health_in_force') }}
    where as_of_date = {{ as_of_date() }}
),

meetings as (
    select
        account_id,
        event_date,
        type,
        status
    from {{ ref('int_canonical__meetings') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
),

mails as (
    select
        account_id,
        event_date
    from {{ ref('int_canonical__emails') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and direction = 'out'
        and event_date <= {{ as_of_date() }}
),

touchpoints as (
    select
        account_id,
        event_date
    from mails
    union all
    select
        account_id,
        event_date
    from meetings
    where status = 'attended' and event_date <= {{ as_of_date() }}
),

touched as (
    select
        account_id,
        max(event_date) as last_touch_date,
        count(
            case when event_date > {{ date_add_days(as_of_date(), -90) }} then 1 end
        ) as touchpoint_count_90d
    from touchpoints
    group by account_id
),

met as (
    select
        account_id,
        max(
            case
                when type = 'qbr' and event_date <= {{ as_of_date() }} and status in ('attended', 'recap')
                    then event_date
            end
        ) as last_qbr_date,
        max(
            case when type = 'qbr' and event_date <= {{ as_of_date() }} and status = 'missed' then event_date end
        ) as last_missed_qbr_date,
        min(
            case
                when type = 'qbr' and event_date > {{ as_of_date() }} and status != 'cancelled' then event_date
            end
        ) as next_qbr_date,
        min(
            case when event_date > {{ as_of_date() }} and status != 'cancelled' then event_date end
        ) as next_meeting_date
    from meetings
    group by account_id
),

final as (
    select
        accounts.account_id,
        {{ as_of_date() }} as as_of_date,
        touched.last_touch_date,
        {{ days_between('touched.last_touch_date', as_of_date()) }} as days_since_touch,
        {%- if meetings_are_connected or emails_are_connected %}
        coalesce(touched.touchpoint_count_90d, 0) as touchpoint_count_90d,
        true as is_known,
        {%- else %}
        cast(null as {{ dbt.type_bigint() }}) as touchpoint_count_90d,
        false as is_known,
        {%- endif %}
        met.last_qbr_date,
        met.last_missed_qbr_date,
        met.next_qbr_date,
        met.next_meeting_date
    from accounts
    left join touched
        on accounts.account_id = touched.account_id
    left join met
        on accounts.account_id = met.account_id
)

select * from final
