{# The accounts whose built days are to be built again, from which day each; none before the first build. #}
{% macro history_reopened() %}
    {% do return(relation_there('int_history__reopened_accounts')) %}
{% endmacro %}

{#
    The first day that is built again for any account, as an ISO date; none when all of them come after `from_date`,
    from which everything is built anyway.
#}
{% macro history_reopened_date(reopened, from_date) %}
    {% if reopened is none %}
        {% do return(none) %}
    {% endif %}
    {% set sql %}
        select cast(min(from_date) as {{ dbt.type_string() }}) as reopened_date
        from {{ reopened }}
        where from_date < cast('{{ from_date }}' as date)
    {% endset %}
    {% do return(run_query(sql).rows[0][0]) %}
{% endmacro %}

{# The ids of the accounts of which days before `from_date` are built again; the others have no more than new days. #}
{% macro history_reopened_accounts(reopened, from_date) -%}
    select account_id from {{ reopened }} where from_date < cast('{{ from_date }}' as date)
{%- endmacro %}
