{#
    One number of a seed as a constant, by which a warehouse finds what it need not read:
    seed_constant('quality_rules', 'window_days', "aspect = 'activity'"). The model must name the seed in a ref, so that
    it is loaded before. As compiled without a warehouse it is a query.
#}
{% macro seed_constant(seed_name, column, condition) -%}
    {%- set relation = adapter.get_relation(
        database=target.database, schema=schema_named('intermediate'), identifier=seed_name
    ) if execute and flags.INTROSPECT is not false else none -%}
    {%- set rows = (relation or ref(seed_name)) ~ ' where ' ~ condition -%}
    {%- set query = 'select max(' ~ column ~ ') as value from ' ~ rows -%}
    {{- '(' ~ query ~ ')' if relation is none else run_query(query).columns[0].values()[0] -}}
{%- endmacro %}
