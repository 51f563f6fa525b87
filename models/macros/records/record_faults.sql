{#
    What can be wrong with a row of a canonical entity, as a list: column, reason (the words of the contract), severity
    (`row`: the row is set aside; `value`: the value is taken for null or its safe meaning) and `when`, SQL that is true,
    never null, for a row that has the fault. It names the columns of the row, and those of `bounds` (macro record_bounds).
#}
{% macro record_faults(entity) %}
    {% set rules = record_rules(entity) %}
    {% set faults = [] %}
    {% set required = [] %}
    {% for column in rules.key if column not in rules.get('key_may_lack', []) %}
        {% do required.append(column) %}
    {% endfor %}
    {% for column in rules.get('required', []) if column not in required %}{% do required.append(column) %}{% endfor %}
    {% for column in required %}
        {% do faults.append({'column': column, 'reason': 'missing_value', 'severity': 'row', 'when': column ~ ' is null'}) %}
    {% endfor %}
    {% for column, severity in rules.get('days', {}).items() %}
        {% do faults.append({
            'column': column, 'reason': 'bad_range', 'severity': severity,
            'when': column ~ ' < bounds.earliest_date or ' ~ column ~ ' >= bounds.latest_date',
        }) %}
    {% endfor %}
    {% set instants = dict(rules.get('instants', {})) %}
    {% if not rules.get('is_large') %}{% do instants.update({'known_at': 'value'}) %}{% endif %}
    {% for column, severity in instants.items() %}
        {% do faults.append({
            'column': column, 'reason': 'bad_range', 'severity': severity,
            'when': column ~ ' < cast(bounds.earliest_date as ' ~ dbt.type_timestamp() ~ ') or '
                ~ column ~ ' >= cast(bounds.latest_date as ' ~ dbt.type_timestamp() ~ ')',
        }) %}
    {% endfor %}
    {% for column, (least, most, severity) in rules.get('numbers', {}).items() %}
        {% set limits = [] %}
        {% if least is not none %}{% do limits.append(column ~ ' < ' ~ least) %}{% endif %}
        {% if most is not none %}{% do limits.append(column ~ ' > ' ~ most) %}{% endif %}
        {% do faults.append({
            'column': column, 'reason': 'bad_range', 'severity': severity, 'when': limits | join(' or '),
        }) %}
    {% endfor %}
    {% for column, words in rules.get('words', {}).items() %}
        {% do faults.append({
            'column': column, 'reason': 'unknown_value',
            'severity': 'row' if words.unknown == 'row' else 'value',
            'when': column ~ " not in ('" ~ words['values'] | join("', '") ~ "')",
        }) %}
        {% if words.get('is_said') and column not in required %}
            {% do faults.append({
                'column': column, 'reason': 'missing_value', 'severity': 'value', 'when': column ~ ' is null',
            }) %}
        {% endif %}
    {% endfor %}
    {% do faults.extend(rules.get('faults', [])) %}
    {% set safe = [] %}
    {% for fault in faults %}
        {% set when = fault.when %}
        {% if rules.get('is_large') %}
            {% set when = when | replace('bounds.earliest_date', record_bound('earliest_date'))
                | replace('bounds.latest_date', record_bound('latest_date')) %}
        {% elif not when.endswith(' is null') %}
            {% set when = 'coalesce(' ~ when ~ ', false)' %}
        {% endif %}
        {% do safe.append({
            'column': fault.column, 'reason': fault.reason, 'severity': fault.severity, 'when': when,
        }) %}
    {% endfor %}
    {% do return(safe) %}
{% endmacro %}

{# One row with the days of the seed record_rules, one column each; within them a day of a record can be true. #}
{% macro record_bounds() %}
    select
        {%- for rule in ['earliest_date', 'latest_date', 'placeholder_date'] %}
        cast(max(case when rule = '{{ rule }}' then value end) as date) as {{ rule }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('record_rules') }}
{%- endmacro %}

{# One day of the seed record_rules as a constant, by which a warehouse finds what it need not read. #}
{% macro record_bound(rule) -%}
    {%- set value = seed_constant('record_rules', 'value', "rule = '" ~ rule ~ "'") | string | trim -%}
    cast({{ value if value.startswith('(') else "'" ~ value ~ "'" }} as date)
{%- endmacro %}

{#
    The rows of an entity with what they are held against: of contracts, whether their account is known
    (`is_account_known`) and their currency is the tenant's or has a rate (`is_currency_known`).
#}
{% macro record_lookups(entity, rows) %}
    {%- if record_rules(entity).get('lookups') %}
    select
        {{ rows }}.*,
        known_accounts.account_id is not null as is_account_known,
        coalesce({{ rows }}.currency_code, '{{ var("currency") }}') = '{{ var("currency") }}'
        or rated_currencies.currency_code is not null as is_currency_known
    from {{ rows }}
    left join (select distinct account_id from {{ ref('int_accounts__versions') }}) as known_accounts
        on {{ rows }}.account_id = known_accounts.account_id
    left join (select distinct currency_code from {{ ref('int_canonical__rates') }}) as rated_currencies
        on {{ rows }}.currency_code = rated_currencies.currency_code
    {%- else %}
    select * from {{ rows }}
    {%- endif %}
{% endmacro %}
