{#
    A signal that is the mean of other signals, of those that have data on the day; null when none has. It is leak proof
    when all of them are.

    signals: their names
    more: CTEs of the same columns, for parts that are no signals of their own
#}
{% macro mean_of_signals(signals, more=[]) %}
{%- set parts = signals + more %}
{%- if not more %}
with

{% endif -%}
{%- for signal in signals %}
{{ signal }} as (
    select
        account_id,
        as_of_date,
        signal_value,
        is_leak_proof
    from {{ ref('int_signals__' ~ signal) }}
    where
        as_of_date >= {{ history_from_date() }}
        and as_of_date <= {{ as_of_date() }}
        and cuts_hash = (select cuts_hash from {{ ref('int_signals__cuts_version') }})
        and {{ in_bucket('account_id') }}
),
{% endfor %}
parts as (
    {%- for part in parts %}
    select
        account_id,
        as_of_date,
        signal_value,
        is_leak_proof
    from {{ part }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

meant as (
    select
        account_id,
        as_of_date,
        {{ exact_sum('signal_value') }} as total_value,
        count(signal_value) as part_count,
        min(case when is_leak_proof then 1 else 0 end) as leak_proof
    from parts
    group by account_id, as_of_date
),

final as (
    select
        meant.account_id,
        meant.as_of_date,
        cast(null as {{ dbt.type_float() }}) as measure,
        cast(null as {{ dbt.type_string() }}) as cut,
        case when meant.part_count > 0 then meant.total_value / meant.part_count end as signal_value,
        meant.leak_proof = 1 as is_leak_proof,
        cuts_version.cuts_hash
    from meant
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
{% endmacro %}
