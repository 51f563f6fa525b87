{#
    The statement that notes in int_history__restatements what the new rows of a history model change in published ones:
    one row per account, day, model version and column, with the value before, the one after (null where the row
    vanishes) and why. It runs with the replacement, all or nothing, so that a killed run notes nothing twice. None for a
    model that publishes nothing itself.

    A model says
    - history_published: the columns that it publishes;
    - history_part: a column that tells its rows of an account and day apart; it becomes the first part of the name.
#}
{% macro history_restated(existing, new_rows, history_date, replaced_days) %}
    {% set named = config.get('history_published') %}
    {% if not named %}
        {% do return(none) %}
    {% endif %}
    {% set log = relation_there('int_history__restatements') %}
    {% if log is none %}
        {% do exceptions.raise_compiler_error(
            'Expected int_history__restatements, which keeps what ' ~ model.name ~ ' said before; build it first.'
        ) %}
    {% endif %}
    {% set part = config.get('history_part') %}
    {% set there = adapter.get_columns_in_relation(new_rows) | map(attribute='name') | list %}
    {% set types = {} %}
    {% for column in adapter.get_columns_in_relation(existing) if column.name in there %}
        {% do types.update({column.name: column.data_type | lower}) %}
    {% endfor %}
    {% set columns = named | select('in', types) | list %}
    {% set reopened = history_table('int_history__reopened_accounts') %}
    {% set note %}
        insert into {{ log }} (
            account_id, as_of_date, model_version, column_name, value_before, value_after, cause, restated_at
        )
        select
            account_id,
            as_of_date,
            model_version,
            column_name,
            value_before,
            value_after,
            cause,
            cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S+00:00") }}' as {{ dbt.type_timestamp() }}) as restated_at
        from (
            select
                published.account_id,
                published.{{ history_date }} as as_of_date,
                published.model_version,
                {% if part %}{{ dbt.concat(['published.' ~ part, "'.'", 'names.column_name']) }} as column_name,
                {%- else %}names.column_name,{% endif %}
                coalesce(
                    reopened.cause, 'computed again as of {{ as_of_day() }}'
                ) as cause,
                {%- for row in ['published', 'computed'] %}
                case names.column_name
                    {%- for column in columns %}
                    when '{{ column }}' then {{ history_value_text(row ~ '.' ~ column, types[column]) }}
                    {%- endfor %}
                end as value_{{ 'before' if row == 'published' else 'after' }}{{ ',' if not loop.last }}
                {%- endfor %}
            from (
                select * from {{ existing }}
                where {{ replaced_days }} and {{ history_published_days(existing, history_date) }}
            ) as published
            left join {{ new_rows }} as computed
                on
                    published.account_id = computed.account_id
                    and published.{{ history_date }} = computed.{{ history_date }}
                    and published.model_version = computed.model_version
                    {%- if part %}
                    and published.{{ part }} = computed.{{ part }}
                    {%- endif %}
            left join {{ reopened }} as reopened
                on
                    published.account_id = reopened.account_id
                    and published.{{ history_date }} >= reopened.from_date
            cross join (
                {%- for column in columns %}
                select '{{ column }}' as column_name
                {{ 'union all' if not loop.last }}
                {%- endfor %}
            ) as names
            -- most rows stay as they were: these go before each column of the others becomes a row
            where
                {%- for column in columns %}
                {{ 'or ' if not loop.first }}published.{{ column }} <> computed.{{ column }}
                or (published.{{ column }} is null) <> (computed.{{ column }} is null)
                {%- endfor %}
        ) as compared
        where
            value_before <> value_after
            or (value_before is null and value_after is not null)
            or (value_before is not null and value_after is null)
    {% endset %}
    {% do return(note) %}
{% endmacro %}

{# A value as text, the same for the same value; fractions to nine places, as far as they are exact. #}
{% macro history_value_text(value, type) -%}
    {%- if type in ['double', 'float', 'float64', 'real'] -%}
        cast(round({{ value }}, 9) as {{ dbt.type_string() }})
    {%- else -%}
        cast({{ value }} as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}
