{#
    Spans (from_date, until_date) of the category and flag of each account by the present model version, from each change
    to the next: a whole select. They go on when an account leaves the scope; who reads them asks its spans for that.
#}
{% macro risk_spans() -%}
    select
        account_id,
        category,
        flag,
        as_of_date as from_date,
        coalesce(
            lead(as_of_date) over (partition by account_id order by as_of_date), {{ end_of_time() }}
        ) as until_date
    from {{ ref('int_scores__risk_changes') }}
    where account_id <> '' and model_version = {{ model_version() }} and as_of_date <= {{ as_of_date() }}
{%- endmacro %}
