-- depends_on: {{ ref('record_rules') }}
{{ config(materialized='view') }}

{% set columns = [
    'account_id', 'user_id', 'event_at', 'feature', 'event_count',
] %}
{#- Without a list, no query of usage need read who the user was. #}
{%- set has_identities = raw_tables_of('files', 'identities') or var('stage_all', false) %}

with

unioned as (
    {{ union_rows(entity_models('usage_events'), columns) }}
),

{% if has_identities -%}
-- An event's key is the account that it names, else its user. What the company's own list says of it goes first.
identified as (
    select unioned.* replace (coalesce(by_hand.account_id, unioned.account_id) as account_id)
    from unioned
    left join {{ ref('int_accounts__identities_by_hand') }} as by_hand
        on
            unioned.source_name = by_hand.source_name
            and coalesce(unioned.account_id, unioned.user_id) = {{ salesforce_id('by_hand.customer_id') }}
),

{% endif -%}
dated as (
    select
        account_id,
        user_id,
        lower(user_id) as user_key,
        feature,
        {{ local_date('event_at') }} as event_date,
        {{ local_date('coalesce(known_at, ' ~ source_known_at('event_at') ~ ')') }} as known_date,
        coalesce(event_count, 1) as event_count,
        event_at,
        source_name,
        _airbyte_extracted_at
    from {{ 'identified' if has_identities else 'unioned' }}
    -- what happened at no time, or at one that cannot be, is in marts.fct_rejected_records
    where
        event_at >= cast({{ record_bound('earliest_date') }} as {{ dbt.type_timestamp() }})
        and event_at < cast({{ record_bound('latest_date') }} as {{ dbt.type_timestamp() }})
),

-- of an account that was merged into another, from the day on which that is known
final as (
    {{ held_facts('dated') }}
)

select * from final
