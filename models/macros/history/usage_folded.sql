{#
    Once a month, the statement that puts the loads in int_history__built_usage together: one row per source, account and
    period, or source and day of the events, whatever number of loads they came in. A table with rows of each day would
    be read whole by each of them.
#}
{% macro usage_folded(built_usage) %}
    {% set last_day = run_query(
        'select cast(max(as_of_date) as ' ~ dbt.type_string() ~ ') as last_day from ' ~ built_usage
    ).rows[0][0] or as_of_day() %}
    {% if last_day[:7] < as_of_day()[:7] %}
        create or replace table {{ built_usage }} as
        select
            source_name,
            account_id,
            {{ history_input_period('period_date') }} as period_date,
            event_date,
            {%- for column in ['row_count', 'event_count', 'in_time_count', 'fingerprint'] %}
            cast(sum({{ column }}) as {{ dbt.type_bigint() }}) as {{ column }},
            {%- endfor %}
            min(first_known_date) as first_known_date,
            definition,
            is_appended,
            max(loaded_at) as loaded_at,
            max(as_of_date) as as_of_date,
            'folded' as loaded_by
        from {{ built_usage }}
        group by source_name, account_id, 3, event_date, definition, is_appended
    {% endif %}
{% endmacro %}
