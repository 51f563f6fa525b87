{#
    The alerts of a warehouse that was built before they were kept (int_alerts__published), as a query; none where there
    is no such warehouse. What stood in `fct_alerts` then is what people were told of.
#}
{% macro alerts_published_before() %}
    {% if not execute or flags.INTROSPECT is false %}
        {% do return(none) %}
    {% endif %}
    {% set published = adapter.get_relation(
        database=target.database, schema=schema_named('marts'), identifier='fct_alerts'
    ) %}
    {% if published is none %}
        {% do return(none) %}
    {% endif %}
    {% set days = {'created_date': 'created_at', 'due_date': 'due_at', 'closed_date': 'closed_at'} %}
    {% set query %}
    select
        alert_key,
        rule,
        milestone,
        case when rule = 'renewal_notice' then cast(substr(milestone, 12) as {{ dbt.type_int() }}) end as milestone_days,
        account_id,
        contract_id,
        renewal_date,
        severity,
        subject,
        is_silent,
        case when rule = 'account_acquired' then 'vp_cs' end as owner_role,
        {%- for name, instant in days.items() %}
        cast({{ instant }} as date) as {{ name }},
        {%- endfor %}
        close_reason,
        cast(created_at as date) as published_date,
        cast(null as date) as withdrawn_date
    from {{ published }}
    {% endset %}
    {% do return(query) %}
{% endmacro %}
