-- One row per contract, term of it and version of that term: how the term renews itself by what was said up to that
-- version.
--
-- A version that begins where the one before it ended, or later, is a new term, and so is one that begins inside a
-- term that had begun. Any other speaks of the same term. Whatever renewed itself before a version stays as it was: a
-- version that moves the end speaks of the term that runs on its day, and those before it keep their dates. Only the
-- length stays that of the term as it was signed, so that an end moved on year after year doubles nothing.
with

contracts as (
    select
        contracts.*,
        lag(term_start_date) over (partition by contract_id order by known_date) as previous_start_date,
        lag(term_end_date) over (partition by contract_id order by known_date) as previous_end_date
    from {{ ref('int_canonical__contracts') }} as contracts
    where known_date <= {{ as_of_date() }}
),

-- A start that is moved before the term has begun, or to an earlier day, moves the term.
termed as (
    select
        contracts.*,
        1 + sum(
            case
                when term_start_date >= previous_end_date then 1
                when term_start_date > previous_start_date and known_date > previous_start_date then 1
                else 0
            end
        ) over (
            partition by contract_id
            order by known_date
            rows between unbounded preceding and current row
        ) as term_number
    from contracts
),

-- The day of a notice; where none is given, that of the version which brings it. ARR that ends earlier says more: the
-- term of its last day was the last.
compared as (
    select
        contract_id,
        term_number,
        known_date,
        term_start_date,
        term_end_date,
        auto_renew,
        -- On the days for which the earliest version only stands in, nothing is known before it happened.
        case
            when cancelled_date is not null then greatest(known_date, cancelled_date)
            when cancel_effective_date is not null and known_date < dated_from_date
                then least(dated_from_date, greatest(known_date, cancel_effective_date))
            when cancel_effective_date is not null then known_date
        end as cancel_known_date,
        case
            when cancel_effective_date is null then cancelled_date
            else
                least(
                    coalesce(
                        cancelled_date,
                        case when known_date >= dated_from_date then known_date end,
                        cancel_effective_date
                    ),
                    {{ date_add_days('cancel_effective_date', -1) }}
                )
        end as notice_date,
        lag(term_start_date) over (
            partition by contract_id, term_number order by known_date
        ) as said_start_date,
        lag(term_end_date) over (
            partition by contract_id, term_number order by known_date
        ) as said_end_date,
        coalesce(
            lead(known_date) over (partition by contract_id, term_number order by known_date),
            {{ end_of_time() }}
        ) as next_known_date,
        row_number() over (partition by contract_id, term_number order by known_date) as version_number
    from termed
),

-- A statement is a run of versions that give the term the same dates.
flagged as (
    select
        compared.*,
        case
            when version_number = 1 then 1
            when term_start_date != said_start_date then 1
            when term_end_date is null and said_end_date is null then 0
            when term_end_date = said_end_date then 0
            else 1
        end as is_statement,
        case when term_start_date != said_start_date then 1 else 0 end as is_moved,
        -- whether its term renewed itself at the stated end, while this version was in force
        case
            when
                auto_renew
                and term_end_date > term_start_date
                and term_end_date <= least(next_known_date, {{ as_of_date() }})
                and (notice_date is null or term_end_date <= notice_date)
                then 1
            else 0
        end as is_self_renewed
    from compared
),

numbered as (
    select
        flagged.*,
        sum(is_statement) over (
            partition by contract_id, term_number
            order by version_number
            rows between unbounded preceding and current row
        ) as statement_number,
        sum(is_moved) over (
            partition by contract_id, term_number
            order by version_number
            rows between unbounded preceding and current row
        ) as move_number
    from flagged
),

-- An end that is moved on after the term renewed itself is that of a later term.
shifted as (
    select
        numbered.*,
        case
            when is_statement = 0 or is_moved = 1 then 0
            when term_end_date <= said_end_date then 0
            else
                coalesce(max(is_self_renewed) over (
                    partition by contract_id, term_number, move_number
                    order by version_number
                    rows between unbounded preceding and 1 preceding
                ), 0)
        end as is_shift
    from numbered
),

counted as (
    select
        shifted.*,
        sum(is_shift) over (
            partition by contract_id, term_number, move_number
            order by version_number
            rows between unbounded preceding and current row
        ) as shift_count
    from shifted
),

signed as (
    select
        counted.*,
        case
            when shift_count = 0 then term_end_date
            else
                max(case when is_shift = 1 and shift_count = 1 then said_end_date end) over (
                    partition by contract_id, term_number, move_number
                    order by version_number
                    rows between unbounded preceding and current row
                )
        end as signed_end_date
    from counted
),

-- Whole calendar months from the start to the end, whatever the days.
spanned as (
    select
        signed.*,
        term_start_date as anchor_date,
        12 * (extract(year from signed_end_date) - extract(year from term_start_date))
        + extract(month from signed_end_date)
        - extract(month from term_start_date) as months_apart
    from signed
),

-- A start on a day that the end's month lacks may end on that month's last day or on the first of the next.
measured as (
    select
        spanned.*,
        {{ date_add_months('term_start_date', 'months_apart') }} = signed_end_date as is_on_day,
        extract(day from signed_end_date) = 1
        and extract(day from {{ date_add_months('term_start_date', 'months_apart - 1') }})
        < extract(day from term_start_date) as is_on_first
    from spanned
),

lengths as (
    select
        measured.*,
        case
            when months_apart > 0 and is_on_day then months_apart
            when months_apart > 1 and is_on_first then months_apart - 1
        end as term_months,
        nullif(greatest({{ days_between('term_start_date', 'signed_end_date') }}, 0), 0) as term_days,
        coalesce(not is_on_day and is_on_first, false) as ends_on_first
    from measured
),

-- An end that is one of the days on which the term as signed would renew itself is counted from the start; any other
-- is the day from which the later ones count.
begun as (
    select
        lengths.*,
        case when shift_count = 0 then 1 else {{ terms_begun('term_end_date') }} end as signed_count
    from lengths
),

placed as (
    select
        begun.*,
        case
            when shift_count = 0 then true
            else coalesce({{ term_boundary('signed_count') }} = term_end_date, false)
        end as is_on_schedule
    from begun
),

anchored as (
    select
        contract_id,
        term_number,
        known_date,
        version_number,
        statement_number,
        move_number,
        is_statement,
        is_shift,
        term_start_date,
        term_end_date,
        next_known_date,
        notice_date,
        cancel_known_date,
        term_months,
        term_days,
        ends_on_first and is_on_schedule as ends_on_first,
        case when is_on_schedule then anchor_date else term_end_date end as anchor_date,
        case when is_on_schedule then signed_count else 0 end as anchor_count,
        coalesce(auto_renew and term_end_date is not null and term_days > 0, false) as renews_itself,
        -- the last day on which the version can have let the term renew itself
        least(
            next_known_date,
            coalesce(notice_date, {{ end_of_time() }}),
            {{ as_of_date() }}
        ) as last_renewal_date
    from placed
),

-- The day on which the term began that ran while the version was in force, if it had renewed itself.
ran as (
    select
        anchored.*,
        {{ terms_begun('last_renewal_date') }} as begun_count
    from anchored
),

renewed as (
    select
        ran.*,
        max(
            case
                when renews_itself and begun_count >= anchor_count then {{ term_boundary('begun_count') }}
            end
        ) over (
            partition by contract_id, term_number
            order by version_number
            rows between unbounded preceding and 1 preceding
        ) as last_begun_date,
        lag(anchor_date) over (
            partition by contract_id, term_number order by version_number
        ) as said_anchor_date,
        lag(anchor_count) over (
            partition by contract_id, term_number order by version_number
        ) as said_anchor_count,
        lag(ends_on_first) over (
            partition by contract_id, term_number order by version_number
        ) as said_ends_on_first
    from ran
),

-- How much of the schedule before it came true, up to the end that a version gives.
passed as (
    select
        contract_id,
        term_number,
        version_number,
        said_anchor_count,
        term_months,
        term_days,
        said_anchor_date as anchor_date,
        said_ends_on_first as ends_on_first,
        case
            when term_end_date is null then last_begun_date
            else least(last_begun_date, {{ date_add_days('term_end_date', -1) }})
        end as passed_date
    from renewed
    where is_shift = 1 and last_begun_date is not null
),

passed_counts as (
    select
        passed.*,
        greatest({{ terms_begun('passed_date') }} - said_anchor_count + 1, 0) as passed_count
    from passed
),

passed_starts as (
    select
        passed_counts.contract_id,
        passed_counts.term_number,
        passed_counts.version_number,
        passed_counts.passed_count,
        case
            when passed_count > 0 then {{ term_boundary('said_anchor_count + passed_count - 1') }}
        end as start_date
    from passed_counts
),

started as (
    select
        renewed.*,
        -- How often the term had renewed itself before the one of which the version gives the end.
        coalesce(sum(passed_starts.passed_count) over (
            partition by renewed.contract_id, renewed.term_number, renewed.move_number
            order by renewed.version_number
            rows between unbounded preceding and current row
        ), 0) as first_cycle_number,
        coalesce(max(passed_starts.start_date) over (
            partition by renewed.contract_id, renewed.term_number, renewed.move_number
            order by renewed.version_number
            rows between unbounded preceding and current row
        ), renewed.term_start_date) as start_date
    from renewed
    left join passed_starts
        on
            renewed.contract_id = passed_starts.contract_id
            and renewed.term_number = passed_starts.term_number
            and renewed.version_number = passed_starts.version_number
),

-- An end that is moved back behind the start of the term it would be that of says nothing: what was said before holds.
heard as (
    select
        started.*,
        max(
            case when term_end_date <= start_date and first_cycle_number > 0 then 0 else version_number end
        ) over (
            partition by contract_id, term_number, move_number
            order by version_number
            rows between unbounded preceding and current row
        ) as heard_version_number
    from started
),

resolved as (
    select
        heard.contract_id,
        heard.term_number,
        heard.known_date,
        heard.statement_number,
        heard.move_number,
        heard.is_statement = 1 as is_statement,
        heard.first_cycle_number,
        heard.start_date,
        said.term_end_date as end_date,
        heard.term_months,
        heard.term_days,
        said.ends_on_first,
        said.anchor_date,
        said.anchor_count,
        heard.renews_itself,
        heard.last_begun_date,
        heard.notice_date,
        heard.cancel_known_date,
        heard.next_known_date
    from heard
    inner join heard as said
        on
            heard.contract_id = said.contract_id
            and heard.term_number = said.term_number
            and heard.heard_version_number = said.version_number
),

-- What renewed itself before a version has happened, whatever the version says.
final as (
    select
        contract_id,
        term_number,
        known_date,
        statement_number,
        move_number,
        is_statement,
        first_cycle_number,
        start_date,
        end_date,
        term_months,
        term_days,
        ends_on_first,
        anchor_date,
        anchor_count,
        renews_itself,
        coalesce(
            greatest({{ terms_begun('last_begun_date') }} - anchor_count + 1, 0), 0
        ) as renewed_count,
        notice_date,
        cancel_known_date,
        next_known_date
    from resolved
)

select * from final
