-- One row per account, exit condition of a step and day on which it was met, as known by the as-of day.
with

meetings as (

    select * from {{ ref('int_canonical__meetings') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

emails as (

    select * from {{ ref('int_canonical__emails') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

sentiments as (

    select * from {{ ref('int_canonical__sentiments') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

contacts as (

    select * from {{ ref('int_canonical__contacts') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and coalesce(has_consent, true)
        and (left_date is null or left_date > {{ as_of_date() }})

),

accounts as (

    select * from {{ ref('int_canonical__accounts') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

met as (

    select
        account_id,
        'meeting' as exit_condition,
        event_date
    from meetings
    where status = 'attended'
    union all
    select
        account_id,
        'qbr' as exit_condition,
        event_date
    from meetings
    where type = 'qbr' and status in ('attended', 'recap')
    union all
    select
        account_id,
        'reply' as exit_condition,
        case when direction = 'in' then event_date else replied_date end as event_date
    from emails
    where direction = 'in' or replied_date is not null
    union all
    select
        account_id,
        'sentiment' as exit_condition,
        event_date
    from sentiments
    union all
    select
        account_id,
        'sponsor' as exit_condition,
        greatest(known_date, dated_from_date) as event_date -- a first version is known for ever, and says since when
    from contacts
    where is_exec_sponsor
    union all
    select
        account_id,
        'champion' as exit_condition,
        greatest(known_date, dated_from_date) as event_date -- a first version is known for ever, and says since when
    from contacts
    where is_champion
    union all
    select
        account_id,
        'onboarded' as exit_condition,
        onboarded_date as event_date
    from accounts

),

final as (

    select distinct
        account_id,
        exit_condition,
        event_date
    from met
    where event_date <= {{ as_of_date() }}

)

select * from final
