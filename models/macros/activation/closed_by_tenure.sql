{#
    The close reason that Tenure writes on a task whose alert closed by itself, and how it is told from a person's when
    it is read back: 'Tenure: superseded'.
#}
{% macro closed_by_tenure(reason) -%}
    'Tenure: ' || {{ reason }}
{%- endmacro %}

{% macro is_closed_by_tenure(status, close_reason) -%}
    ({{ status }} = 'completed' and substr({{ close_reason }}, 1, 8) = 'Tenure: ')
{%- endmacro %}
