-- One row per account and day: whether the account was known to be acquired, or about to be. There is no measure.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('account_fit'),
) }}

with

spine as (
    {{ signal_spine(['is_acquired']) }}
),

cuts as (
    {{ signal_cuts('account_fit', ['acquired', 'independent']) }}
),

accounts as (
    select
        account_id,
        known_date,
        known_until_date,
        dated_from_date
    from {{ ref('int_canonical__accounts') }}
    where {{ in_bucket('account_id') }}
),

final as (
    select
        spine.account_id,
        spine.as_of_date,
        cast(null as {{ dbt.type_float() }}) as measure,
        case when spine.is_acquired then 'acquired' else 'independent' end as cut,
        case when spine.is_acquired then cuts.acquired_value else cuts.independent_value end as signal_value,
        coalesce(accounts.dated_from_date <= spine.as_of_date, false) as is_leak_proof,
        cuts_version.cuts_hash
    from spine
    {{ cuts_on_day('spine') }}
    left join accounts
        on
            spine.account_id = accounts.account_id
            and spine.as_of_date >= accounts.known_date
            and spine.as_of_date < accounts.known_until_date
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
