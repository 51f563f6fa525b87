-- One row per play and thing that triggered it by the as-of day while the play was turned on: a renewal so many days
-- before its anchor, an alert, the first term, a business review, a champion who left, a measure that reached its mark.
-- It says by which version of the playbook, from which day it holds and, once it is known, on which day it is over and
-- why. What came up before the play was turned on triggers nothing, but for a renewal that is still open: its play
-- begins on that day. What began by one version is not begun again by the next.
with

plays as (

    select * from {{ ref('int_plays__playbooks') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

spans as (

    select * from {{ ref('int_accounts__account_spans') }}
    where from_date <= {{ as_of_date() }}

),

lifecycle as (

    {{ rule_values('lifecycle_rules', ['onboarding_days']) }}

),

renewals as (

    select
        plays.play,
        plays.from_date as begins_date,
        renewals.account_id,
        cast(renewals.renewal_date as {{ dbt.type_string() }}) as trigger_key,
        min(renewals.contract_id) as contract_id,
        renewals.renewal_date,
        min(stages.anchor_date) as anchor_date,
        cast(null as {{ dbt.type_string() }}) as alert_key,
        min(
            greatest(
                {{ date_add_days('stages.anchor_date', '-plays.trigger_days') }},
                renewals.first_known_date,
                plays.from_date
            )
        ) as triggered_date,
        case
            when count(renewals.outcome_known_date) = count(*) then max(renewals.outcome_known_date)
        end as over_date,
        case
            when count(renewals.outcome_known_date) = count(*) then 'renewal_' || max(renewals.renewal_outcome)
        end as over_reason
    from {{ ref('int_renewals__renewals') }} as renewals
    inner join {{ ref('stg_scoring__renewal_stages') }} as stages
        on
            renewals.contract_id = stages.contract_id
            and renewals.renewal_date = stages.renewal_date
    inner join plays
        on plays.trigger_kind = 'renewal'
    group by plays.play, plays.from_date, renewals.account_id, renewals.renewal_date

),

alerts as (

    select
        plays.play,
        plays.from_date as begins_date,
        alerts.account_id,
        alerts.alert_key as trigger_key,
        alerts.contract_id,
        alerts.renewal_date,
        cast(null as date) as anchor_date,
        alerts.alert_key,
        alerts.created_date as triggered_date,
        alerts.closed_date as over_date,
        alerts.close_reason as over_reason
    from {{ ref('int_alerts__assigned') }} as alerts
    inner join plays
        on plays.trigger_kind = 'alert' and {{ list_has('plays.trigger_names', 'alerts.rule') }}
    left join spans
        on
            alerts.account_id = spans.account_id
            and alerts.created_date >= spans.from_date
            and alerts.created_date < spans.until_date
    where not alerts.is_silent and (plays.min_arr is null or spans.arr > plays.min_arr)

),

first_terms as (

    select
        account_id,
        min(first_term_start_date) as first_term_start_date
    from spans
    where first_term_start_date is not null
    group by account_id

),

onboarded as (

    select
        account_id,
        min(onboarded_date) as onboarded_date
    from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
    group by account_id

),

onboardings as (

    select
        plays.play,
        plays.from_date as begins_date,
        first_terms.account_id,
        cast(first_terms.first_term_start_date as {{ dbt.type_string() }}) as trigger_key,
        cast(null as {{ dbt.type_string() }}) as contract_id,
        cast(null as date) as renewal_date,
        cast(null as date) as anchor_date,
        cast(null as {{ dbt.type_string() }}) as alert_key,
        first_terms.first_term_start_date as triggered_date,
        least(
            coalesce(onboarded.onboarded_date, {{ end_of_time() }}),
            {{ date_add_days('first_terms.first_term_start_date', 'lifecycle.onboarding_days') }}
        ) as over_date,
        case
            when
                onboarded.onboarded_date
                <= {{ date_add_days('first_terms.first_term_start_date', 'lifecycle.onboarding_days') }}
                then 'onboarded'
            else 'onboarding_over'
        end as over_reason
    from first_terms
    cross join lifecycle
    inner join plays
        on plays.trigger_kind = 'onboarding'
    left join onboarded
        on first_terms.account_id = onboarded.account_id
    where
        coalesce(onboarded.onboarded_date, {{ end_of_time() }}) > first_terms.first_term_start_date

),

meetings as (

    select
        account_id,
        meeting_id,
        type,
        status,
        event_date,
        min(case when status in ('attended', 'recap') then event_date end) over (
            partition by account_id, type
            order by event_date, meeting_id
            rows between 1 following and unbounded following
        ) as next_held_date
    from {{ ref('int_canonical__meetings') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and event_date <= {{ as_of_date() }}

),

reviews as (

    select
        plays.play,
        plays.from_date as begins_date,
        meetings.account_id,
        meetings.meeting_id as trigger_key,
        cast(null as {{ dbt.type_string() }}) as contract_id,
        cast(null as date) as renewal_date,
        cast(null as date) as anchor_date,
        cast(null as {{ dbt.type_string() }}) as alert_key,
        {{ date_add_days('meetings.event_date', 'plays.trigger_days') }} as triggered_date,
        meetings.next_held_date as over_date,
        case when meetings.next_held_date is not null then 'next_review_held' end as over_reason
    from meetings
    inner join plays
        on
            plays.trigger_kind = 'meeting'
            and {{ list_has('plays.trigger_names', "meetings.type || ':' || meetings.status") }}
    -- a review that was held before this one was to be prepared needs no preparation
    where
        coalesce(meetings.next_held_date, {{ end_of_time() }})
        > {{ date_add_days('meetings.event_date', 'plays.trigger_days') }}

),

contacts as (

    select
        *,
        greatest(known_date, dated_from_date) as named_date -- a first version is known for ever, and says since when
    from {{ ref('int_canonical__contacts') }}
    where is_champion and coalesce(has_consent, true) and known_date <= {{ as_of_date() }}

),

champions_left as (

    select
        account_id,
        contact_id,
        min(greatest(left_date, known_date)) as left_date
    from contacts
    where
        left_date <= {{ as_of_date() }}
        and greatest(left_date, known_date) < known_until_date
    group by account_id, contact_id

),

next_champions as (

    select
        champions_left.account_id,
        champions_left.contact_id,
        min(contacts.named_date) as named_date
    from champions_left
    inner join contacts
        on
            champions_left.account_id = contacts.account_id
            and champions_left.contact_id <> contacts.contact_id
            and champions_left.left_date < contacts.named_date
            and contacts.named_date <= {{ as_of_date() }}
            and (contacts.left_date is null or contacts.left_date > contacts.named_date)
    group by champions_left.account_id, champions_left.contact_id

),

leavings as (

    select
        plays.play,
        plays.from_date as begins_date,
        champions_left.account_id,
        champions_left.contact_id as trigger_key,
        cast(null as {{ dbt.type_string() }}) as contract_id,
        cast(null as date) as renewal_date,
        cast(null as date) as anchor_date,
        cast(null as {{ dbt.type_string() }}) as alert_key,
        champions_left.left_date as triggered_date,
        next_champions.named_date as over_date,
        case when next_champions.named_date is not null then 'champion_named' end as over_reason
    from champions_left
    inner join plays
        on plays.trigger_kind = 'contact_left'
    left join next_champions
        on
            champions_left.account_id = next_champions.account_id
            and champions_left.contact_id = next_champions.contact_id

),

measures as (

    select
        plays.play,
        plays.from_date as begins_date,
        signals.account_id,
        signals.as_of_date,
        coalesce(signals.measure >= plays.trigger_value, false) as is_reached,
        coalesce(
            lag(signals.measure >= plays.trigger_value)
                over (partition by plays.play, plays.from_date, signals.account_id order by signals.as_of_date),
            false
        ) as was_reached
    from {{ ref('fct_signal_contributions_daily') }} as signals
    inner join plays
        on plays.trigger_kind = 'signal' and signals.signal = plays.trigger_names
    where
        signals.model_version = {{ model_version() }}
        and signals.as_of_date <= {{ as_of_date() }}

),

turns as (

    select
        measures.*,
        lead(as_of_date) over (partition by play, begins_date, account_id order by as_of_date) as next_turn_date
    from measures
    where is_reached <> was_reached

),

marks as (

    select
        play,
        begins_date,
        account_id,
        cast(as_of_date as {{ dbt.type_string() }}) as trigger_key,
        cast(null as {{ dbt.type_string() }}) as contract_id,
        cast(null as date) as renewal_date,
        cast(null as date) as anchor_date,
        cast(null as {{ dbt.type_string() }}) as alert_key,
        as_of_date as triggered_date,
        next_turn_date as over_date,
        case when next_turn_date is not null then 'below_its_mark' end as over_reason
    from turns
    where is_reached

),

unioned as (

    select * from renewals
    union all
    select * from alerts
    union all
    select * from onboardings
    union all
    select * from reviews
    union all
    select * from leavings
    union all
    select * from marks

),

-- who left is in no play any more
known as (

    select
        unioned.play,
        plays.version,
        unioned.account_id,
        unioned.trigger_key,
        unioned.contract_id,
        unioned.renewal_date,
        unioned.anchor_date,
        unioned.alert_key,
        unioned.triggered_date,
        plays.trigger_kind,
        plays.again_after_days,
        plays.off_date,
        case
            when unioned.over_date <= {{ as_of_date() }} then unioned.over_date
            when accounts.is_churned or accounts.merged_into_account_id is not null
                then coalesce(accounts.as_of_date, unioned.triggered_date)
        end as over_date,
        case
            when unioned.over_date <= {{ as_of_date() }} then unioned.over_reason
            when accounts.is_churned or accounts.merged_into_account_id is not null then 'account_left'
        end as over_reason,
        row_number() over (
            partition by unioned.play, unioned.account_id, unioned.trigger_key
            order by unioned.triggered_date, plays.from_date
        ) as place
    from unioned
    inner join accounts
        on unioned.account_id = accounts.account_id
    inner join plays
        on
            unioned.play = plays.play
            and unioned.begins_date = plays.from_date
            and unioned.triggered_date >= plays.from_date
            and unioned.triggered_date < plays.until_date
    where
        unioned.triggered_date <= {{ as_of_date() }}
        and coalesce(unioned.over_date, {{ as_of_date() }}) >= plays.from_date
        and {{ list_has('plays.segments', 'accounts.segment') }}

),

final as (

    select
        play,
        version,
        account_id,
        trigger_key,
        contract_id,
        renewal_date,
        anchor_date,
        alert_key,
        triggered_date,
        trigger_kind,
        again_after_days,
        case
            when off_date < coalesce(over_date, {{ end_of_time() }}) then off_date
            else over_date
        end as over_date,
        case
            when off_date < coalesce(over_date, {{ end_of_time() }}) then 'turned_off'
            else over_reason
        end as over_reason
    from known
    where place = 1

)

select * from final
