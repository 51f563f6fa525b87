-- One row per play of an account, with the version of the playbook by which it began and goes on. An account has one
-- running play of a kind: what triggers it again while it runs goes on with the same play, and a renewal's play begins
-- when that of the renewal before is over. A play is over when all that triggered it is.
with

triggers as (

    select * from {{ ref('int_plays__triggers') }}

),

queued as (

    select
        triggers.*,
        max(coalesce(over_date, {{ end_of_time() }})) over (
            partition by play, account_id
            order by renewal_date
            rows between unbounded preceding and 1 preceding
        ) as busy_until_date
    from triggers
    where trigger_kind = 'renewal'

),

renewal_plays as (

    select
        play,
        version,
        account_id,
        trigger_key,
        contract_id,
        renewal_date,
        anchor_date,
        alert_key,
        greatest(triggered_date, coalesce(busy_until_date, triggered_date)) as started_date,
        over_date,
        over_reason
    from queued
    where coalesce(busy_until_date, triggered_date) <= {{ as_of_date() }}

),

compared as (

    select
        triggers.*,
        max(coalesce(over_date, {{ end_of_time() }})) over (
            partition by play, account_id
            order by triggered_date, trigger_key
            rows between unbounded preceding and 1 preceding
        ) as busy_until_date,
        max(triggered_date) over (
            partition by play, account_id
            order by triggered_date, trigger_key
            rows between unbounded preceding and 1 preceding
        ) as previous_date
    from triggers
    where trigger_kind <> 'renewal'

),

numbered as (

    select
        compared.*,
        sum(
            case
                when busy_until_date is null then 1
                when
                    triggered_date > busy_until_date
                    and {{ days_between('previous_date', 'triggered_date') }} >= again_after_days
                    then 1
                else 0
            end
        ) over (
            partition by play, account_id
            order by triggered_date, trigger_key
            rows between unbounded preceding and current row
        ) as run
    from compared

),

placed as (

    select
        numbered.*,
        row_number() over (partition by play, account_id, run order by triggered_date, trigger_key) as place,
        row_number() over (
            partition by play, account_id, run
            order by coalesce(over_date, {{ end_of_time() }}) desc, triggered_date desc, trigger_key desc
        ) as place_from_end
    from numbered

),

other_plays as (

    select
        play,
        max(case when place = 1 then version end) as version,
        account_id,
        max(case when place = 1 then trigger_key end) as trigger_key,
        max(case when place = 1 then contract_id end) as contract_id,
        max(case when place = 1 then renewal_date end) as renewal_date,
        max(case when place = 1 then anchor_date end) as anchor_date,
        max(case when place = 1 then alert_key end) as alert_key,
        min(triggered_date) as started_date,
        max(case when place_from_end = 1 then over_date end) as over_date,
        max(case when place_from_end = 1 then over_reason end) as over_reason
    from placed
    group by play, account_id, run

),

unioned as (

    select * from renewal_plays
    union all
    select * from other_plays

),

final as (

    select
        {{ surrogate_key(['play', 'account_id', 'trigger_key']) }} as play_key,
        play,
        version,
        account_id,
        contract_id,
        renewal_date,
        anchor_date,
        alert_key,
        started_date,
        case when over_date is not null then greatest(over_date, started_date) end as over_date,
        over_reason
    from unioned

)

select * from final
