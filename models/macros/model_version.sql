{# The present model version, as a SQL value; see int_scores__model_version. #}
{% macro model_version() -%}
    (select model_version from {{ ref('int_scores__model_version') }})
{%- endmacro %}
