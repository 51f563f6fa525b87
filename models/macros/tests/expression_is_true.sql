{# The expression holds for each row (or for those of `where`); an expression that is null does not hold. #}
{% test expression_is_true(model, expression, column_name=none) %}
    select *
    from {{ model }}
    where not coalesce({{ column_name ~ ' ' if column_name else '' }}{{ expression }}, false)
{% endtest %}
