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
