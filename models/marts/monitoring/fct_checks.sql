-- One row per check and as-of day; earlier days stay as they were found. A check without enough
-- to look at (`min_n`) is not red.
{{ config(
    materialized='incremental',
    unique_key=['check_id', 'as_of_date'],
    on_schema_change='append_new_columns'
) }}

with

checks as (

    select * from {{ ref('int_checks__long') }}

),

rules as (

    select * from {{ ref('check_rules') }}

),

final as (

    select
        rules.check_id,
        {{ as_of_date() }} as as_of_date,
        rules.title,
        rules.unit,
        rules.cadence,
        rules.status = 'by_hand' as is_by_hand,
        checks.value,
        cast(rules.red_line as {{ dbt.type_float() }}) as red_line,
        checks.n,
        rules.min_n,
        coalesce(
            checks.n >= rules.min_n
            and (
                (rules.red_when = 'above' and checks.value > rules.red_line)
                or (rules.red_when = 'at_least' and checks.value >= rules.red_line)
                or (rules.red_when = 'below' and checks.value < rules.red_line)
            ),
            false
        ) as is_red
    from rules
    left join checks
        on rules.check_id = checks.check_id

)

select * from final
