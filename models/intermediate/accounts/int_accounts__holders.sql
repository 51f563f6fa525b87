-- One row per account that its CRM merged into another and span of days with one holder of what was its: itself up
-- to the day on which the merge is known, then the account that it was merged into, and so on when that one was
-- merged, too. The last span has no end: its holder is who has it on the as-of day. An account that was never merged
-- has no row.
{%- set longest_chain = 8 %}
with

told as (
    {%- for model in vendor_models('merges') %}
    select * from {{ model }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as merged_into_account_id,
        cast(null as {{ dbt.type_timestamp() }}) as merged_at
    {{ no_rows() }}
    {%- endfor %}
),

accounts as (
    {%- for model in entity_models('accounts') %}
    select account_id from {{ model }}
    {{ 'union distinct' if not loop.last }}
    {%- endfor %}
),

-- HubSpot lists what was merged before once more with each further merge: the first to say so is whom it went to
ranked as (
    select
        told.account_id,
        told.merged_into_account_id,
        coalesce({{ local_date('told.merged_at') }}, {{ history_start_date() }}) as known_date,
        row_number() over (
            partition by told.account_id
            order by told.merged_at asc nulls first, told.merged_into_account_id asc
        ) as choice
    from told
    inner join accounts
        on told.merged_into_account_id = accounts.account_id
    where told.account_id <> told.merged_into_account_id
),

held_merges as (
    select * from ranked
    where choice = 1 and known_date <= {{ as_of_date() }}
),

hops_1 as (
    select
        account_id,
        merged_into_account_id as holder_account_id,
        known_date as from_date,
        1 as hop
    from held_merges
),

{% for hop in range(2, longest_chain + 1) -%}
hops_{{ hop }} as (
    select
        hops.account_id,
        held_merges.merged_into_account_id as holder_account_id,
        greatest(hops.from_date, held_merges.known_date) as from_date,
        {{ hop }} as hop
    from hops_{{ hop - 1 }} as hops
    inner join held_merges
        on hops.holder_account_id = held_merges.account_id
    where held_merges.merged_into_account_id <> hops.account_id
),

{% endfor -%}
holders as (
    select
        account_id,
        account_id as holder_account_id,
        {{ beginning_of_time() }} as from_date,
        0 as hop
    from held_merges
    {%- for hop in range(1, longest_chain + 1) %}
    union all
    select * from hops_{{ hop }}
    {%- endfor %}
),

spans as (
    select
        account_id,
        holder_account_id,
        from_date,
        coalesce(
            lead(from_date) over (partition by account_id order by hop),
            {{ end_of_time() }}
        ) as until_date
    from holders
),

final as (
    select * from spans
    where from_date < until_date
)

select * from final
