{#
    A post-hook of every model and seed: what its generic tests ask of it is asked at once, in one statement for all of
    them, before it is committed. A test that fails ends the model, whose table of before stays where the warehouse can take
    a table back, and what depends on it is not built; one of severity `warn` is told. So it is in `tenure build` and
    `tenure run` (TENURE_TESTS is `with_models`), which leave these tests out of dbt's own; `dbt test` and `tenure dbt build`
    run them one by one, and keep the table whose rows fail.

    A test of one of these names that reads nothing but its model is asked here; dbt runs the others.
#}
{% macro tested() %}
    {% if not execute or flags.WHICH != 'build' or env_var('TENURE_TESTS', '') != 'with_models' %}
        {% do return('') %}
    {% endif %}
    {% set must = [] %}
    {% set should = [] %}
    {% for test in tests_of(model.unique_id) %}
        {% do (should if test.config.severity | lower == 'warn' else must).append(test) %}
    {% endfor %}
    {% if must %}
        {% call statement('must') %}{{ failed_by_error(must) }}{% endcall %}
    {% endif %}
    {% if should %}
        {% set counts = run_query(failing_counts(should)).rows[0] %}
        {% for test in should %}
            {% set count = counts[loop.index0] | int %}
            {% if count > 0 %}{% do exceptions.warn('DATA_TEST_WARNED ' ~ test.name ~ ': ' ~ count) %}{% endif %}
        {% endfor %}
    {% endif %}
    {% do graph.setdefault('tests_asked', []).append(must | length + should | length) %}
    {% do return('') %}
{% endmacro %}

{# on-run-end: says how many tests were asked with their models. #}
{% macro tests_asked() %}
    {% if execute and 'tests_asked' in graph %}
        {% do log('DATA_TESTS ' ~ graph.tests_asked | sum, info=true) %}
    {% endif %}
{% endmacro %}

{# A statement that the warehouse ends with an error when a test finds something, so that no rows need be read here. #}
{% macro failed_by_error(tests) %}
    {%- set found = [] -%}
    {%- set said = [] -%}
    {%- for test in tests -%}
        {%- set count = 'test_' ~ loop.index -%}
        {%- do found.append(count ~ ' > 0') -%}
        {%- do said.append(
            'case when ' ~ count ~ " > 0 then '" ~ test.name ~ ": ' || cast(" ~ count ~ ' as ' ~ dbt.type_string() ~ ") || '; ' else '' end"
        ) -%}
    {%- endfor -%}
    select
        case
            when {{ found | join(' or ') }}
                then error(
                    'DATA_TEST_FAILED ' || {{ said | join(' || ') }}
                    || '(test: rows at fault). To keep the table and ask them one by one: tenure dbt build --select {{ model.name }}'
                )
        end as failed
    from ({{ failing_counts(tests) }}) as failing
{% endmacro %}

{# The tests of a model that are asked with it. Looked up once a run, which keeps the graph in memory. #}
{% macro tests_of(unique_id) %}
    {% if 'tests_with_models' not in graph %}
        {% set found = {} %}
        {% for test in graph.nodes.values() if test.resource_type == 'test' and test.test_metadata %}
            {% if test.test_metadata.name in tests_with_models() and test.depends_on.nodes == [test.attached_node] %}
                {% do found.setdefault(test.attached_node, []).append(test) %}
            {% endif %}
        {% endfor %}
        {% do graph.update({'tests_with_models': found}) %}
    {% endif %}
    {% do return(graph.tests_with_models.get(unique_id, [])) %}
{% endmacro %}

{# The names of generic tests that can be asked with their model; orchestration/pipeline/dbt/dbt.ts leaves them out of dbt's. #}
{% macro tests_with_models() %}
    {% do return([
        'not_null', 'accepted_values', 'accepted_range', 'expression_is_true',
        'unique', 'unique_combination', 'one_version_in_force',
    ]) %}
{% endmacro %}

{#
    What is wrong with a row by a test that looks at each row by itself, as SQL; none for a test that needs several.

    name: the test's
    kwargs: what the yml gives it
#}
{% macro row_breaks(name, kwargs) %}
    {% set column = kwargs.get('column_name') %}
    {% if name == 'not_null' %}
        {% do return(column ~ ' is null') %}
    {% elif name == 'accepted_values' %}
        {% set mark = "'" if kwargs.get('quote', true) else '' %}
        {% do return(column ~ ' not in (' ~ mark ~ kwargs['values'] | join(mark ~ ', ' ~ mark) ~ mark ~ ')') %}
    {% elif name == 'accepted_range' %}
        {% set limits = [] %}
        {% if kwargs.get('min_value') is not none %}{% do limits.append(column ~ ' < ' ~ kwargs.min_value) %}{% endif %}
        {% if kwargs.get('max_value') is not none %}{% do limits.append(column ~ ' > ' ~ kwargs.max_value) %}{% endif %}
        {% do return(limits | join(' or ') or 'false') %}
    {% elif name == 'expression_is_true' %}
        {% do return('not coalesce(' ~ (column ~ ' ' if column else '') ~ kwargs.expression ~ ', false)') %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}

{# One row with how many rows (for a key: how many keys) are at fault by each test, a column each, in their order. #}
{% macro failing_counts(tests) %}
    {%- set scans = {} -%}
    {%- set parts = [] -%}
    {%- set columns = [] -%}
    {%- for test in tests -%}
        {%- set name = test.test_metadata.name -%}
        {%- set kwargs = test.test_metadata.kwargs -%}
        {%- set rows = tested_rows(this, test.config.get('where')) -%}
        {%- set column = 'test_' ~ loop.index -%}
        {%- set wrong = row_breaks(name, kwargs) -%}
        {%- if wrong is not none -%}
            {%- do scans.setdefault(rows, []).append('count(case when ' ~ wrong ~ ' then 1 end) as ' ~ column) -%}
        {%- else -%}
            {%- set given = {} -%}
            {%- for key, value in kwargs.items() if key != 'model' -%}{%- do given.update({key: value}) -%}{%- endfor -%}
            {%- do parts.append(
                'select count(*) as ' ~ column ~ ' from (' ~ context['test_' ~ name](model=rows, **given) ~ ') as at_fault'
            ) -%}
        {%- endif -%}
        {%- do columns.append(column) -%}
    {%- endfor -%}
    {%- for rows, counts in scans.items() -%}
        {%- do parts.append('select ' ~ counts | join(', ') ~ ' from ' ~ rows) -%}
    {%- endfor -%}
    select {{ columns | join(', ') }}
    from
    {%- for part in parts %}
    ({{ part }}) as part_{{ loop.index }}{{ ' cross join' if not loop.last }}
    {%- endfor %}
{% endmacro %}
