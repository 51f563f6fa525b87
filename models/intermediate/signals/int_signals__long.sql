-- One row per account, day and signal, of every signal that is computed, by the cuts in force.
{{ config(materialized='view') }}

{% set signals = signals_used() %}

with

cuts_version as (
    select * from {{ ref('int_signals__cuts_version') }}
),

{% for signal in signals -%}
{{ signal }} as (
    select
        account_id,
        as_of_date,
        '{{ signal }}' as signal,
        measure,
        cut,
        signal_value,
        is_leak_proof,
        cuts_hash
    from {{ ref('int_signals__' ~ signal) }}
),

{% endfor -%}

unioned as (
    {%- for signal in signals %}
    select * from {{ signal }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        unioned.account_id,
        unioned.as_of_date,
        unioned.signal,
        unioned.measure,
        unioned.cut,
        unioned.signal_value,
        unioned.is_leak_proof
    from unioned
    inner join cuts_version
        on unioned.cuts_hash = cuts_version.cuts_hash
)

select * from final
