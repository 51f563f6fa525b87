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
    left join (select distinct account_id from {{ ref('int_canonical__accounts') }}) as known_accounts
        on {{ rows }}.account_id = known_accounts.account_id
    left join (select distinct currency_code from {{ ref('int_canonical__rates') }}) as rated_currencies
        on {{ rows }}.currency_code = rated_currencies.currency_code
    {%- else %}
    select * from {{ rows }}
    {%- endif %}
{% endmacro %}
