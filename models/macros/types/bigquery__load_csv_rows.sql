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
    {%- endcall -%}
{% endmacro %}
