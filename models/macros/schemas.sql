{#
    The schema of a node is its layer: the first folder of its file (staging, intermediate, marts).
    What leaves the warehouse (marts/activation) has a schema of its own; seeds, and the checks that fct_checks puts
    together, are intermediate.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set folders = node.original_file_path.replace('\\', '/').split('/') -%}
    {%- if folders[:2] == ['marts', 'activation'] -%}
        {%- set layer = 'activation' -%}
    {%- elif folders[0] in ['staging', 'marts'] and folders[2] != 'checks' -%}
        {%- set layer = folders[0] -%}
    {%- else -%}
        {%- set layer = 'intermediate' -%}
    {%- endif -%}
    {{- schema_named(layer) -}}
{%- endmacro %}

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
