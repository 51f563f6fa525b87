{#
    True for the rows of a history table that a run replaces: the days from `from_date` on, and those from
    `reopened_from` on of the accounts in `reopened`. The first of all these days stands by itself, as a constant, by
    which a warehouse finds what it need not read: it may not find it in what follows `or`.
#}
{% macro history_replaced_days(history_date, from_date, history_key, key_value, reopened=none, reopened_from=none) %}
    {%- set first_date = [from_date | string, reopened_from | string] | min if reopened_from else from_date -%}
    {{ history_date }} <= {{ as_of_date() }}
    and {{ history_date }} >= cast('{{ first_date }}' as date)
    and (
        {{ history_date }} >= cast('{{ from_date }}' as date)
        {%- if reopened_from %}
        or {{ history_date }} >= cast('{{ reopened_from }}' as date)
        and account_id in ({{ history_reopened_accounts(reopened, from_date) }})
        {%- endif %}
    )
    and {{ history_of_key(history_key, key_value) }}
{% endmacro %}

{#
    True for the days that are published for good: those before `as_of_date`, whose own knowledge is not complete before
    it ends, and that day too when later ones are built.
#}
{% macro history_published_days(relation, history_date) %}
    {% set later %}
        select count(*) from {{ relation }} where {{ history_date }} > {{ as_of_date() }}
    {% endset %}
    {% do return(history_date ~ (' <= ' if run_query(later).rows[0][0] | int > 0 else ' < ') ~ as_of_date()) %}
{% endmacro %}
