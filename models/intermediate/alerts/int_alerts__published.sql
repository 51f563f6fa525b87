-- One row per alert that was ever published: as it was last computed, the as-of day on which it first was, and, where
-- it is computed no more (a date was corrected, data came late, a rule went), the one on which that was found. Nobody
-- who was told of it finds it gone. It cannot be built again, so that --full-refresh leaves it alone.
{{ config(
    materialized='incremental',
    full_refresh=false,
    unique_key='alert_key',
    on_schema_change='append_new_columns',
) }}
{%- set columns = [
    'alert_key', 'rule', 'milestone', 'milestone_days', 'account_id', 'contract_id', 'renewal_date', 'severity', 'subject',
    'is_silent', 'owner_role', 'created_date', 'due_date', 'closed_date', 'close_reason',
] %}
{%- set is_there = flags.INTROSPECT is not false and is_incremental() %}
{%- set first_published = none if is_there else alerts_published_before() %}
with

computed as (
    select * from {{ ref('int_alerts__computed') }}
),

{%- if is_there %}

held as (
    select
        {{ columns | join(',\n        ') }},
        published_date,
        withdrawn_date
    from {{ this }}
),
{%- elif first_published %}

held as (
    {{ first_published }}
),
{%- endif %}

final as (
    select
        computed.{{ columns | join(',\n        computed.') }},
        {%- if is_there or first_published %}
        least(coalesce(held.published_date, {{ as_of_date() }}), {{ as_of_date() }}) as published_date,
        {%- else %}
        {{ as_of_date() }} as published_date,
        {%- endif %}
        cast(null as date) as withdrawn_date
    from computed
    {%- if is_there or first_published %}
    left join held
        on computed.alert_key = held.alert_key
    union all
    select
        held.{{ columns | join(',\n        held.') }},
        held.published_date,
        least(coalesce(held.withdrawn_date, {{ as_of_date() }}), {{ as_of_date() }}) as withdrawn_date
    from held
    left join computed
        on held.alert_key = computed.alert_key
    where
        computed.alert_key is null
        and held.published_date <= {{ as_of_date() }}
    {%- endif %}
)

select * from final
