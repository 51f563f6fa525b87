-- One row per web domain and account that has it, by the account's last version. What was merged into another account
-- has it no more of its own: the one that is left has it.
with

listed_accounts as (
    {%- for model in entity_models('accounts') %}
    select
        {{ salesforce_id('account_id') }} as account_id,
        domain,
        updated_at,
        _airbyte_extracted_at,
        {{ 'is_deleted' if staging_has(model, 'is_deleted') else 'false' }} as is_deleted
    from {{ model }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

numbered as (
    select
        listed_accounts.*,
        row_number() over (
            partition by account_id
            order by is_deleted asc, updated_at desc nulls last, _airbyte_extracted_at desc nulls last
        ) as version_number
    from listed_accounts
),

holders as (
    select
        account_id,
        holder_account_id
    from {{ ref('int_accounts__holders') }}
    where until_date = {{ end_of_time() }}
),

final as (
    select distinct
        numbered.domain,
        coalesce(holders.holder_account_id, numbered.account_id) as account_id
    from numbered
    left join holders
        on numbered.account_id = holders.account_id
    where numbered.version_number = 1 and numbered.domain is not null
)

select * from final
