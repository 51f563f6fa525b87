{#
    The schema that holds a layer: its name, on BigQuery after the configured prefix of datasets.
    schema_named('marts') -> marts, or acme_marts
#}
{% macro schema_named(layer) -%}
    {%- if target.type == 'bigquery' -%}
        {{- env_var('TENURE_BIGQUERY_DATASET_PREFIX', '') -}}
    {%- endif -%}
    {{- layer | trim -}}
{%- endmacro %}
