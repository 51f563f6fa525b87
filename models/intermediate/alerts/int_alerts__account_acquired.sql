-- One row per account that began to be acquired: the automated alerts pause and one task goes to the VP CS.
with

account_days as (

    select * from {{ ref('int_accounts__account_days') }}

),

final as (

    select
        'account_acquired' as rule,
        'acquired' as milestone,
        cast(null as {{ dbt.type_int() }}) as milestone_days,
        account_days.account_id,
        cast(null as {{ dbt.type_string() }}) as contract_id,
        cast(null as date) as renewal_date,
        min(account_days.as_of_date) as created_date,
        cast(null as date) as closed_date,
        cast(null as {{ dbt.type_string() }}) as close_reason
    from account_days
    where account_days.is_acquired
    group by account_days.account_id

)

select * from final
