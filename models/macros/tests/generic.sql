{# Each value that is not null lies between min_value and max_value, both included; either may be left out. #}
{% test accepted_range(model, column_name, min_value=none, max_value=none) %}
    select {{ column_name }}
    from {{ model }}
    where {{ row_breaks('accepted_range', {
        'column_name': column_name, 'min_value': min_value, 'max_value': max_value,
    }) }}
{% endtest %}

{# The expression holds for each row (or for those of `where`); an expression that is null does not hold. #}
{% test expression_is_true(model, expression, column_name=none) %}
    select *
    from {{ model }}
    where {{ row_breaks('expression_is_true', {'column_name': column_name, 'expression': expression}) }}
{% endtest %}

{# The columns together are a key of the model. #}
{% test unique_combination(model, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}

{# On each day at most one version of an entity (named by the columns of `key`) is in force. #}
{% test one_version_in_force(model, key) %}
    with

    followed as (
        select
            {{ key | join(', ') }},
            known_date,
            known_until_date,
            lead(known_date) over (
                partition by {{ key | join(', ') }} order by known_date
            ) as next_known_date
        from {{ model }}
    )

    select *
    from followed
    where known_date >= known_until_date or next_known_date < known_until_date
{% endtest %}
