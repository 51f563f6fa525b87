-- One row: the hash of the rules by which the spine is made: from what ARR on an account is of which segment, and how
-- long a contract is in force. A changed one makes a new model version; every account's days are built again for it.
with

rules as (
    select {{ surrogate_key(['segment', micros('min_arr')]) }} as rule_key
    from {{ ref('segments') }}
    union all
    select {{ surrogate_key(['rule', 'value']) }} as rule_key
    from {{ ref('renewal_rules') }}
    where rule in ('grace_days', 'early_renewal_days')
),

final as (
    select {{ dbt.hash("string_agg(rule_key, ',' order by rule_key)") }} as rules_hash
    from rules
)

select * from final
