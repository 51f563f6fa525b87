-- One row per account that began to be acquired: the automated alerts pause and one task goes to the VP CS.
with

spans as (

    select * from {{ ref('int_accounts__account_spans') }}

),

final as (

    select
        'account_acquired' as rule,
        'acquired' as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        spans.account_id,
        cast(null as {{ dbt.type_string() }}) as contract_id,
        cast(null as date) as renewal_date,
        min(spans.from_date) as created_date,
        cast(null as date) as closed_date,
        cast(null as {{ dbt.type_string() }}) as close_reason
    from spans
    where spans.is_acquired
    group by spans.account_id

)

select * from final
