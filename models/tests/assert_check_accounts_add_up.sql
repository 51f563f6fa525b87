-- The cases of the accounts behind a check add up to its number: of a share that many of its cases, of a count the
-- count. Not asked of records and words (R1, R2, R5), which may be nobody's, nor of T2, the smaller of two shares.
with

behind as (
    select
        check_id,
        sum(case_count) as case_count
    from {{ ref('fct_check_accounts') }}
    group by check_id
),

said as (
    select
        check_id,
        case
            when check_id in ('H3', 'M3', 'T1', 'T1N') then value
            when check_id in ('D4', 'H2', 'M11') then (1 - value) * n
            else value * n
        end as case_count
    from {{ ref('int_checks__long') }}
    where
        check_id in (
            'D1', 'D2', 'D3', 'D4', 'H2', 'H3', 'M1', 'M2', 'M3', 'M6', 'M7', 'M9', 'M11', 'Q3', 'S1', 'T1', 'T1N'
        )
        and value is not null
)

select
    said.check_id,
    said.case_count as said_count,
    behind.case_count as behind_count
from said
left join behind
    on said.check_id = behind.check_id
where abs(said.case_count - coalesce(behind.case_count, 0)) > 1e-6
