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
