{#
    The warehouse's name of a logical type: string, integer (64 bits), number (double), numeric (exact, money),
    boolean, date, timestamp (an instant in UTC), json.
#}
{% macro column_type(type) -%}
    {%- set types = {
        'string': dbt.type_string(),
        'integer': dbt.type_bigint(),
        'number': dbt.type_float(),
        'numeric': dbt.type_numeric(),
        'boolean': dbt.type_boolean(),
        'date': 'date',
        'timestamp': dbt.type_timestamp(),
        'json': 'json',
    } -%}
    {%- if type not in types -%}
        {%- do exceptions.raise_compiler_error("column_type: unknown type '" ~ type ~ "'") -%}
    {%- endif -%}
    {{- types[type] -}}
{%- endmacro %}
