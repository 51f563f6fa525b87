-- One row per account and day in scope: what was known of its contracts on that day.
-- depends_on: {{ ref('int_history__reopened_accounts') }}, {{ ref('int_history__ended_accounts') }}
{{ config(materialized='history') }}

with

spans as (
    select * from {{ ref('int_accounts__account_spans') }}
    where
        until_date > {{ history_from_date() }}
        and from_date <= {{ as_of_date() }}
        and {{ in_bucket('account_id') }}
),

final as (
    select
        spans.account_id,
        days.as_of_date,
        cast({{ account_bucket('spans.account_id') }} as {{ dbt.type_int() }}) as account_bucket,
        spans.segment,
        spans.next_contract_id,
        spans.next_renewal_date,
        spans.first_term_start_date,
        {{ days_between('days.as_of_date', 'spans.next_renewal_date') }} as days_to_renewal,
        spans.arr,
        spans.seats,
        spans.contract_count,
        spans.contract_count > 0 as has_contract,
        spans.is_acquired,
        spans.is_leak_proof
    from spans
    cross join {{ date_series(
        'greatest(spans.from_date, ' ~ history_from_date() ~ ')',
        'least(' ~ date_add_days('spans.until_date', -1) ~ ', ' ~ as_of_date() ~ ')'
    ) }} as days
)

select * from final
