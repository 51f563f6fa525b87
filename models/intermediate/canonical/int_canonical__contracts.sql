-- depends_on: {{ ref('int_accounts__identities') }}
{% set columns = [
    'contract_id', 'account_id', 'term_start_date', 'term_end_date', 'arr',
    'currency_code', 'seats', 'product', 'auto_renew', 'notice_days',
    'renewal_owner_id', 'previous_contract_id', 'cancelled_at', 'cancel_effective_date',
    'cancel_reason', 'updated_at',
] %}

with

unioned as (
    {{ union_rows(entity_models('contracts'), columns) }}
),

{{ taken_rows('contracts', 'unioned') }},

{{ version_intervals('taken', key=['contract_id']) }},

final as (
    select
        contract_id,
        known_date,
        known_until_date,
        dated_from_date,
        account_id,
        term_start_date,
        term_end_date,
        product,
        renewal_owner_id,
        previous_contract_id,
        coalesce(currency_code, '{{ var("currency") }}') as currency_code,
        arr,
        seats,
        notice_days,
        {{ local_date('cancelled_at') }} as cancelled_date,
        cancel_effective_date,
        cancel_reason,
        coalesce(auto_renew, false) as auto_renew,
        cancelled_at,
        updated_at,
        known_at,
        source_name
    from versions
)

select * from final
