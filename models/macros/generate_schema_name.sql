{#
    The schema of a node is its layer: the first folder of its file (staging, intermediate, marts).
    What leaves the warehouse (marts/activation) has a schema of its own; seeds are intermediate.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set folders = node.original_file_path.replace('\\', '/').split('/') -%}
    {%- if folders[:2] == ['marts', 'activation'] -%}
        {%- set layer = 'activation' -%}
    {%- elif folders[0] in ['staging', 'marts'] -%}
        {%- set layer = folders[0] -%}
    {%- else -%}
        {%- set layer = 'intermediate' -%}
    {%- endif -%}
    {{- schema_named(layer) -}}
{%- endmacro %}
