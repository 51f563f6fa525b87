-- One row per contract, term, version of it and time that the term runs by what was said up to that version: as stated
-- (cycle 0), and each time that it renewed itself, or would if nothing else renews it, by the day on which the next
-- version became known. A notice is not yet counted.
with

schedules as (
    select * from {{ ref('int_revenue__term_schedules') }}
),

-- The first version of each run of versions with the same dates, and what came true of it before the next.
statements as (
    select
        schedules.*,
        lead(first_cycle_number) over (
            partition by contract_id, term_number, move_number order by statement_number
        ) as next_cycle_number
    from schedules
    where is_statement
),

bounded as (
    select
        schedules.*,
        least({{ date_add_days('next_known_date', -1) }}, {{ as_of_date() }}) as last_start_date
    from schedules
),

-- Of the version's own schedule: all that begin before the next version, at least those that had begun before it.
own as (
    select
        contract_id,
        term_number,
        known_date,
        first_cycle_number,
        start_date,
        end_date,
        term_months,
        term_days,
        ends_on_first,
        anchor_date,
        anchor_count,
        renews_itself,
        renewed_count,
        notice_date,
        case
            when renews_itself
                then greatest({{ terms_begun('last_start_date') }} - anchor_count + 1, renewed_count)
            else renewed_count
        end as last_count
    from bounded
),

-- Of the schedules before it: what had renewed itself when the end was moved.
earlier as (
    select
        schedules.contract_id,
        schedules.term_number,
        schedules.known_date,
        statements.first_cycle_number,
        statements.start_date,
        statements.end_date,
        statements.term_months,
        statements.term_days,
        statements.ends_on_first,
        statements.anchor_date,
        statements.anchor_count,
        true as renews_itself,
        0 as renewed_count,
        schedules.notice_date,
        statements.next_cycle_number - statements.first_cycle_number - 1 as last_count
    from schedules
    inner join statements
        on
            schedules.contract_id = statements.contract_id
            and schedules.term_number = statements.term_number
            and schedules.move_number = statements.move_number
            and schedules.statement_number > statements.statement_number
    where statements.next_cycle_number > statements.first_cycle_number and statements.end_date is not null
),

unioned as (
    select * from own
    union all
    select * from earlier
),

counted as (
    select
        unioned.*,
        {{ days_between(beginning_of_time(), 'numbers.number_date') }} as renewal_count
    from unioned
    cross join {{ date_series(
        beginning_of_time(),
        date_add_days(beginning_of_time(), 'unioned.last_count'),
        'number_date'
    ) }} as numbers
),

final as (
    select
        contract_id,
        term_number,
        known_date,
        first_cycle_number + renewal_count as cycle_number,
        case
            when renewal_count = 0 then start_date
            else {{ term_boundary('anchor_count + renewal_count - 1') }}
        end as cycle_start_date,
        case
            when renewal_count = 0 then end_date
            else {{ term_boundary('anchor_count + renewal_count') }}
        end as cycle_end_date,
        renews_itself or renewal_count < renewed_count as renews_itself,
        notice_date
    from counted
)

select * from final
