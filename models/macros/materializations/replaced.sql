{#
    Tables and views on DuckDB, written as dbt's own do it (built beside the one of before, which they replace in one
    transaction once their hooks have passed), in two statements. dbt's rename and drop by macros of their own, each of
    which costs as much as a small model: a day's models are mostly small.
#}
{% materialization table, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set new_rows = make_intermediate_relation(target_relation) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        {{ create_table_as(False, new_rows, compiled_code, 'sql') }}
    {%- endcall -%}
    {%- call statement('replace') -%}
        {{ drop_replaced(load_cached_relation(this)) }}
        alter table {{ new_rows }} rename to {{ adapter.quote(target_relation.identifier) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        {{ drop_replaced(load_cached_relation(this)) }}
        {{ create_view_as(target_relation, compiled_code) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro drop_replaced(relation) %}
    {%- if relation is not none -%}
        drop {{ relation.type }} if exists {{ relation }} cascade;
    {%- endif -%}
{% endmacro %}
