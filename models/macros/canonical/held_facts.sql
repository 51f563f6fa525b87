{#
    Rows of an account that do not end, with a copy for each account that came to hold them because their CRM merged the
    two (int_accounts__holders), known from the day on which that is known. Of an account that was merged no day counts from
    then on, so that its own rows may stay. `is_copy` marks the copies.

    rows: the CTE that holds them, with `account_id` and `known_date`
#}
{% macro held_facts(rows) %}
    select
        {{ rows }}.* replace (
            coalesce(holders.holder_account_id, {{ rows }}.account_id) as account_id,
            greatest({{ rows }}.known_date, coalesce(holders.from_date, {{ rows }}.known_date)) as known_date
        ),
        coalesce(holders.holder_account_id <> holders.account_id, false) as is_copy
    from {{ rows }}
    left join {{ ref('int_accounts__holders') }} as holders
        on {{ rows }}.account_id = holders.account_id
{%- endmacro %}
