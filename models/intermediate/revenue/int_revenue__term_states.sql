-- One row per account's epoch of knowledge and term: inside an epoch [known_date, known_until_date) nothing new becomes known,
-- so that what ends and what renews each term is settled once. A contract that renews itself has a term for each
-- period up to the as-of date.
with

versions as (

    select * from {{ ref('int_revenue__term_versions') }}

),

rules as (

    select
        max(case when rule = 'grace_days' then value end) as grace_days,
        max(case when rule = 'early_days' then value end) as early_days
    from {{ ref('renewal_rules') }}

),

lost as (

    select
        opportunities.account_id,
        opportunities.contract_id,
        greatest(opportunities.known_date, opportunities.close_date) as lost_known_date,
        opportunities.known_until_date,
        opportunities.close_date
    from {{ ref('int_canonical__opportunities') }} as opportunities
    where
        opportunities.type = 'renewal'
        and opportunities.is_closed
        and not opportunities.is_won
        and opportunities.close_date is not null
        and opportunities.contract_id is not null
        and greatest(opportunities.known_date, opportunities.close_date) < opportunities.known_until_date
        and greatest(opportunities.known_date, opportunities.close_date) <= {{ as_of_date() }}

),

marks as (

    select account_id, known_date as mark_date from versions
    union distinct
    select account_id, greatest(known_date, cancelled_date) as mark_date from versions
    where cancelled_date is not null and cancelled_date < known_until_date
    union distinct
    select account_id, lost_known_date as mark_date from lost
    union distinct
    select account_id, known_until_date as mark_date from lost

),

epochs as (

    select
        marks.account_id,
        marks.mark_date as known_date,
        coalesce(
            lead(marks.mark_date) over (partition by marks.account_id order by marks.mark_date),
            {{ end_of_time() }}
        ) as known_until_date
    from marks
    where marks.mark_date <= {{ as_of_date() }}

),

known_terms as (

    select
        epochs.known_date as epoch_date,
        epochs.known_until_date as epoch_until_date,
        versions.account_id,
        versions.contract_id,
        versions.term_number,
        versions.term_start_date as base_start_date,
        versions.term_end_date as base_end_date,
        versions.product,
        versions.auto_renew,
        versions.notice_days,
        versions.renewal_owner_id,
        versions.previous_contract_id,
        versions.seats,
        versions.arr,
        versions.dated_from_date,
        case when versions.cancelled_date <= epochs.known_date then versions.cancelled_date end as cancelled_date,
        case when versions.cancelled_date <= epochs.known_date then versions.cancel_effective_date end
            as cancel_effective_date,
        case
            when
                {{ date_add_months(
                    'versions.term_start_date',
                    dbt.datediff('versions.term_start_date', 'versions.term_end_date', 'month')
                ) }} = versions.term_end_date
                then {{ dbt.datediff('versions.term_start_date', 'versions.term_end_date', 'month') }}
        end as term_months,
        {{ days_between('versions.term_start_date', 'versions.term_end_date') }} as term_days
    from epochs
    inner join versions
        on
            epochs.account_id = versions.account_id
            and epochs.known_date >= versions.known_date
            and epochs.known_date < versions.known_until_date

),

repeats as (

    select
        known_terms.*,
        series.repeat_number
    from known_terms
    cross join (
        select cast(row_number() over (order by spread.as_of_date) - 1 as {{ dbt.type_int() }}) as repeat_number
        from (select cast('2000-01-01' as date) as first_date, cast('2000-02-29' as date) as last_date) as bounds
        cross join {{ date_series('bounds.first_date', 'bounds.last_date') }} as spread
    ) as series
    where
        series.repeat_number = 0
        or (
            known_terms.auto_renew
            and {{ days_between('known_terms.base_end_date', as_of_date()) }}
            >= (series.repeat_number - 1) * known_terms.term_days * 0.97
        )

),

terms as (

    select
        repeats.*,
        case
            when repeats.term_months > 0
                then {{ date_add_months('repeats.base_start_date', 'repeats.repeat_number * repeats.term_months') }}
            else {{ date_add_days('repeats.base_start_date', 'repeats.repeat_number * repeats.term_days') }}
        end as term_start_date,
        case
            when repeats.term_months > 0
                then {{ date_add_months('repeats.base_end_date', 'repeats.repeat_number * repeats.term_months') }}
            else {{ date_add_days('repeats.base_end_date', 'repeats.repeat_number * repeats.term_days') }}
        end as term_end_date
    from repeats

),

started as (

    select terms.*
    from terms
    where terms.repeat_number = 0 or terms.term_start_date <= {{ as_of_date() }}

),

-- every (old term, contract that could renew it); a contract renews one term, the one with the latest end
candidates as (

    select
        older.account_id,
        older.epoch_date,
        older.contract_id,
        older.term_number,
        older.repeat_number,
        newer.contract_id as successor_contract_id,
        newer.term_number as successor_term_number,
        newer.base_start_date as successor_start_date,
        newer.base_end_date as successor_end_date,
        newer.arr as successor_arr,
        case
            when newer.contract_id = older.contract_id or newer.previous_contract_id = older.contract_id then 0
            else 1
        end as link_order,
        row_number() over (
            partition by older.account_id, older.epoch_date, newer.contract_id, newer.term_number
            order by
                case
                    when newer.contract_id = older.contract_id or newer.previous_contract_id = older.contract_id then 0
                    else 1
                end,
                case
                    when newer.contract_id = older.contract_id or newer.previous_contract_id = older.contract_id
                        then older.repeat_number
                    else 0
                end,
                older.term_end_date desc,
                older.contract_id desc
        ) as old_order
    from started as older
    cross join rules
    inner join known_terms as newer
        on
            older.account_id = newer.account_id
            and older.epoch_date = newer.epoch_date
            and newer.base_start_date > older.term_start_date
            and newer.base_start_date <= {{ date_add_days('older.term_end_date', 'rules.grace_days') }}
            and (
                (newer.contract_id = older.contract_id and newer.term_number = older.term_number + 1)
                or (newer.contract_id <> older.contract_id and newer.previous_contract_id = older.contract_id)
                or (
                    newer.contract_id <> older.contract_id
                    and newer.previous_contract_id is null
                    and newer.term_number = 0
                    and newer.product = older.product
                    and newer.base_start_date >= {{ date_add_days('older.term_end_date', '-rules.early_days') }}
                )
            )

),

matches as (

    select
        candidates.*,
        row_number() over (
            partition by
                candidates.account_id,
                candidates.epoch_date,
                candidates.contract_id,
                candidates.term_number,
                candidates.repeat_number
            order by candidates.link_order, candidates.successor_start_date, candidates.successor_contract_id
        ) as new_order
    from candidates
    where candidates.old_order = 1

),

ended as (

    select
        started.*,
        matches.successor_contract_id,
        matches.successor_start_date,
        matches.successor_end_date,
        matches.successor_arr,
        min(case when matches.successor_contract_id is not null then started.repeat_number end) over (
            partition by started.account_id, started.epoch_date, started.contract_id, started.term_number
        ) as last_by_successor,
        min(case when started.cancelled_date <= started.term_end_date then started.repeat_number end) over (
            partition by started.account_id, started.epoch_date, started.contract_id, started.term_number
        ) as last_by_cancellation
    from started
    left join matches
        on
            started.account_id = matches.account_id
            and started.epoch_date = matches.epoch_date
            and started.contract_id = matches.contract_id
            and started.term_number = matches.term_number
            and started.repeat_number = matches.repeat_number
            and matches.new_order = 1

),

lost_terms as (

    select distinct
        ended.account_id,
        ended.epoch_date,
        ended.contract_id,
        ended.term_number,
        ended.repeat_number,
        min(lost.lost_known_date) over (
            partition by
                ended.account_id, ended.epoch_date, ended.contract_id, ended.term_number, ended.repeat_number
        ) as lost_known_date
    from ended
    inner join lost
        on
            ended.account_id = lost.account_id
            and ended.contract_id = lost.contract_id
            and ended.epoch_date >= lost.lost_known_date
            and ended.epoch_date < lost.known_until_date
            and lost.close_date > ended.term_start_date
    where not ended.auto_renew

),

final as (

    select
        ended.account_id,
        ended.epoch_date as known_date,
        ended.epoch_until_date as known_until_date,
        ended.contract_id,
        ended.term_number,
        ended.repeat_number,
        ended.term_start_date,
        ended.term_end_date as renewal_date,
        ended.product,
        ended.auto_renew,
        ended.notice_days,
        ended.renewal_owner_id,
        ended.seats,
        ended.arr,
        ended.dated_from_date,
        ended.successor_contract_id,
        ended.successor_start_date,
        ended.successor_arr,
        ended.cancelled_date,
        case
            when ended.successor_contract_id is not null then 'successor'
            when ended.last_by_cancellation = ended.repeat_number then 'cancellation'
            when ended.auto_renew then 'itself'
            when lost_terms.lost_known_date is not null then 'lost'
            else 'none'
        end as ended_by,
        {{ date_add_days('ended.term_end_date', 'rules.grace_days') }} as grace_end_date,
        lost_terms.lost_known_date,
        -- the first day on which the term's ARR no longer counts, given this knowledge
        case
            when ended.successor_contract_id is not null then ended.successor_start_date
            when ended.last_by_cancellation = ended.repeat_number
                then least(coalesce(ended.cancel_effective_date, ended.term_end_date), ended.term_end_date)
            when ended.auto_renew or lost_terms.lost_known_date is not null then ended.term_end_date
            else {{ date_add_days('ended.term_end_date', 'rules.grace_days + 1') }}
        end as arr_until_date
    from ended
    cross join rules
    left join lost_terms
        on
            ended.account_id = lost_terms.account_id
            and ended.epoch_date = lost_terms.epoch_date
            and ended.contract_id = lost_terms.contract_id
            and ended.term_number = lost_terms.term_number
            and ended.repeat_number = lost_terms.repeat_number
    where
        ended.repeat_number <= coalesce(ended.last_by_successor, ended.repeat_number)
        and ended.repeat_number <= coalesce(ended.last_by_cancellation, ended.repeat_number)

)

select * from final
