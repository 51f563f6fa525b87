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
    {% set tests = tests_of(model.unique_id) %}
    {% if tests %}
        {% set counts = run_query(failing_counts(tests)).rows[0] %}
        {% set failed = [] %}
        {% for test in tests %}
            {% set count = counts[loop.index0] | int %}
            {% set found = test.name ~ ': ' ~ count %}
            {% if count > 0 and test.config.severity | lower == 'warn' %}
                {% do exceptions.warn('DATA_TEST_WARNED ' ~ found) %}
            {% elif count > 0 %}
                {% do failed.append(found) %}
            {% endif %}
        {% endfor %}
        {% if failed %}
            {% do exceptions.raise_compiler_error(
                'DATA_TEST_FAILED ' ~ failed | join('; ') ~ ' (test: rows at fault). To keep the table and ask them one by one: tenure dbt build'
                ~ ' --select ' ~ model.name
            ) %}
        {% endif %}
        {% do log('DATA_TESTS ' ~ tests | length, info=true) %}
    {% endif %}
    {% do return('') %}
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
