{#
    The first day that this run of dbt wrote of a history model, or of a view over such models that says
    meta: {history_of: [models]}, as an ISO date; none when it wrote none. Other days do not change, so tests read
    only what was written. The materialization leaves it on the model's node of the graph, which a run keeps in memory.
#}
{% macro history_written_from(model_name) %}
    {% if not execute %}
        {% do return(none) %}
    {% endif %}
    {% set days = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.alias == model_name %}
        {% do days.append(node.get('history_from_date')) %}
        {% for each in node.config.get('meta', {}).get('history_of', []) %}
            {% do days.append(history_written_from(each)) %}
        {% endfor %}
    {% endfor %}
    {% set days = days | select | list %}
    {% do return(days | min if days else none) %}
{% endmacro %}

{# The first day that a singular test of a history model must read, as a SQL date. #}
{% macro tested_from_date(model_name) -%}
    cast('{{ history_written_from(model_name) or "1900-01-01" }}' as date)
{%- endmacro %}

{# dbt's own hook: what a generic test reads of its model. #}
{% macro get_where_subquery(relation) -%}
    {{- tested_rows(relation, config.get('where')) -}}
{%- endmacro %}

{# The rows of a relation that a test reads: those that hold `where`, if any, and that this run wrote. #}
{% macro tested_rows(relation, where) -%}
    {%- set conditions = [where] -%}
    {%- set from_date = history_written_from(relation.identifier) -%}
    {%- if from_date -%}
        {%- do conditions.append("as_of_date >= cast('" ~ from_date ~ "' as date)") -%}
    {%- endif -%}
    {%- set conditions = conditions | select | list -%}
    {%- if conditions -%}
        (select * from {{ relation }} where {{ conditions | join(' and ') }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
