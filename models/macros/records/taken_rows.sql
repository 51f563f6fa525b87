{#
    CTEs that take of an entity's rows those that count, with null or its safe meaning for each value that cannot be
    (macro record_rules); the last is `taken`. A row that says that its record is deleted is taken whatever it lacks, but
    its key. What is not taken, marts.fct_rejected_records lists.

        {{ taken_rows('contracts', 'unioned') }},
#}
{% macro taken_rows(entity, rows) %}
    {%- set rules = record_rules(entity) -%}
    {%- set faults = record_faults(entity) -%}
    {%- set values = dict(rules.get('becomes', {})) -%}
    {%- for fault in faults if fault.severity == 'value' and fault.column not in values -%}
        {%- set words = rules.get('words', {}).get(fault.column) -%}
        {%- set others = [] -%}
        {%- for each in faults if each.column == fault.column and each.severity == 'value' -%}
            {%- do others.append(each.when) -%}
        {%- endfor -%}
        {%- set instead = ' then ' ~ words.unknown if words and words.unknown != 'null' else '' -%}
        {%- do values.update({
            fault.column: 'case when ' ~ others | join(' or ') ~ instead ~ ' else ' ~ fault.column ~ ' end'
                if instead else 'case when not (' ~ others | join(' or ') ~ ') then ' ~ fault.column ~ ' end'
        }) -%}
    {%- endfor -%}
bounds as (
    {{ record_bounds() }}
),

looked_up as (
    {{- record_lookups(entity, rows) }}
),

taken as (
    select
        looked_up.*{% if values %} replace (
            {%- for column, value in values.items() %}
            {{ value }} as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        ){% endif %}
    from looked_up
    cross join bounds
    where
        {%- for column in rules.key if column not in rules.get('key_may_lack', []) %}
        {{ column }} is not null and
        {%- endfor %}
        (
            is_deleted
            or not (
                {%- for fault in faults if fault.severity == 'row' %}
                {{ fault.when }}{{ ' or' if not loop.last }}
                {%- endfor %}
            )
        )
)
{%- endmacro %}
