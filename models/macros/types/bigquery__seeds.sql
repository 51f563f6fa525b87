{# Seeds on BigQuery: one statement that makes the table, where dbt's own load job is not understood by every server. #}
{% macro bigquery__load_csv_rows(model, agate_table) %}
    {%- set configured = model['config'].get('column_types', {}) -%}
    {%- call statement() -%}
        create or replace table {{ this.render() }} as
        select
            {%- for name in agate_table.column_names %}
            {%- set type = configured.get(name) or adapter.convert_type(agate_table, loop.index0) %}
            cast({{ adapter.quote(name) }} as {{ type }}) as {{ adapter.quote(name) }}{{ ',' if not loop.last }}
            {%- endfor %}
        {%- if agate_table.rows | length == 0 %}
        from (
            select
                {%- for name in agate_table.column_names %}
                cast(null as string) as {{ adapter.quote(name) }}{{ ',' if not loop.last }}
                {%- endfor %}
        ) as no_rows
        where false
        {%- else %}
        from unnest([
            {%- for row in agate_table.rows %}
            struct(
                {%- for name in agate_table.column_names -%}
                {%- if row[name] is none -%} cast(null as string)
                {%- else -%} '{{ row[name] | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
                {%- endif %} as {{ adapter.quote(name) }}{{ ', ' if not loop.last }}
                {%- endfor -%}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ])
        {%- endif %}
    {%- endcall -%}
{% endmacro %}

{# Seeds on BigQuery are replaced in the one statement that makes them, so that no reader finds one gone. #}
{% macro bigquery__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {%- if agate_table.rows | length == 0 %}
    {%- do adapter.drop_relation(old_relation) %}
    {%- do return(bigquery__create_csv_table(model, agate_table)) %}
    {%- endif %}
{% endmacro %}
