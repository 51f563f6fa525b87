-- One row per source and contract that the source has: whether the numbers count it, and why not. Contracts that the
-- source calls in force are held against those that the ARR counts; one that its source's own words make no contract
-- (a draft, a trial) has that word; one that was set aside has the reason of marts.fct_rejected_records.
{% set no_text = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
with

staged as (
    {%- for model in entity_models('contracts') %}
    select
        source_name,
        {{ salesforce_id('contract_id') }} as contract_id,
        {{ 'customer_id' if staging_has(model, 'customer_id') else no_text }} as customer_id,
        {{ no_text if staging_has(model, 'customer_id') else salesforce_id('account_id') }} as account_id,
        term_start_date,
        term_end_date,
        arr,
        coalesce(currency_code, '{{ var("currency") }}') as currency_code,
        {{ 'left_out_reason' if staging_has(model, 'left_out_reason') else no_text }} as left_out_reason,
        {{ 'coalesce(is_deleted, false)' if staging_has(model, 'is_deleted') else 'false' }} as is_deleted,
        coalesce(updated_at, known_at) as version_at,
        coalesce(known_at, updated_at) as dated_at,
        _airbyte_extracted_at
    from {{ model }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

identities as (
    select * from {{ ref('int_accounts__identities') }}
),

numbered as (
    select
        staged.source_name,
        staged.contract_id,
        coalesce(staged.account_id, identities.account_id) as account_id,
        staged.customer_id is not null and identities.account_id is null as is_unmatched,
        staged.term_start_date,
        staged.term_end_date,
        staged.arr,
        staged.currency_code,
        staged.left_out_reason,
        staged.is_deleted,
        row_number() over (
            partition by staged.source_name, staged.contract_id
            order by staged.version_at desc nulls last, staged._airbyte_extracted_at desc nulls last
        ) as version_number
    from staged
    left join identities
        on staged.source_name = identities.source_name and staged.customer_id = identities.customer_id
    where
        staged.contract_id is not null
        and coalesce({{ local_date('staged.dated_at') }} <= {{ as_of_date() }}, true)
),

-- what the source says of each contract now
said as (
    select *
    from numbered
    where version_number = 1 and not is_deleted
),

-- of several faults of a record the first by the alphabet
rejected as (
    select
        source_name,
        record_key as contract_id,
        min(reason || ' ' || column_name) as fault
    from {{ ref('fct_rejected_records') }}
    where entity = 'contracts' and severity = 'row' and is_current and record_key is not null
    group by source_name, record_key
),

in_force as (
    select
        source_name,
        contract_id,
        account_id,
        term_start_date,
        term_end_date,
        arr,
        currency_code
    from {{ ref('int_canonical__contracts') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and term_start_date <= {{ as_of_date() }}
        and coalesce(term_end_date > {{ as_of_date() }}, true)
        and not coalesce(cancel_effective_date <= {{ as_of_date() }}, false)
),

counted as (
    select distinct contract_id
    from {{ ref('int_revenue__arr_intervals') }}
    where from_date <= {{ as_of_date() }} and until_date > {{ as_of_date() }}
),

replaced as (
    select distinct contract_id
    from {{ ref('int_revenue__term_states') }}
    where is_current and outcome_reason = 'successor'
),

-- Files hold their lines against each other when they land: what they refuse is in no table. A contract of which a good
-- version landed is among those in force.
file_rejects as (
    select
        rejected.source_name,
        rejected.contract_id,
        rejected.fault
    from rejected
    left join said
        on rejected.source_name = said.source_name and rejected.contract_id = said.contract_id
    where said.contract_id is null
),

listed as (
    select
        said.source_name,
        said.contract_id,
        coalesce(in_force.account_id, said.account_id) as account_id,
        coalesce(in_force.term_start_date, said.term_start_date) as term_start_date,
        coalesce(in_force.term_end_date, said.term_end_date) as term_end_date,
        coalesce(in_force.arr, said.arr) as arr,
        said.currency_code,
        said.left_out_reason,
        said.is_unmatched,
        rejected.fault,
        in_force.contract_id is not null as is_in_force,
        in_force.contract_id is not null and in_force.term_end_date is null as is_evergreen
    from said
    left join rejected
        on said.source_name = rejected.source_name and said.contract_id = rejected.contract_id
    left join in_force
        on said.source_name = in_force.source_name and said.contract_id = in_force.contract_id
    union all
    select
        file_rejects.source_name,
        file_rejects.contract_id,
        {{ no_text }} as account_id,
        cast(null as date) as term_start_date,
        cast(null as date) as term_end_date,
        cast(null as {{ dbt.type_numeric() }}) as arr,
        {{ no_text }} as currency_code,
        {{ no_text }} as left_out_reason,
        false as is_unmatched,
        file_rejects.fault,
        false as is_in_force,
        false as is_evergreen
    from file_rejects
),

judged as (
    select
        listed.*,
        case
            when listed.left_out_reason is not null then listed.left_out_reason
            when listed.is_unmatched then 'unknown_account'
            when listed.fault is not null and counted.contract_id is not null then 'counted_as_before'
            when listed.fault is not null then substr(listed.fault, 1, strpos(listed.fault, ' ') - 1)
            when counted.contract_id is not null then 'counted'
            when replaced.contract_id is not null then 'replaced'
            else 'left_out'
        end as finding
    from listed
    left join counted
        on listed.contract_id = counted.contract_id
    left join replaced
        on listed.contract_id = replaced.contract_id
    where
        listed.is_in_force
        or listed.left_out_reason is not null
        or listed.is_unmatched
        or listed.fault is not null
),

final as (
    select
        source_name,
        contract_id,
        account_id,
        finding,
        substr(fault, strpos(fault, ' ') + 1) as column_name,
        term_start_date,
        term_end_date,
        currency_code,
        cast(arr as {{ dbt.type_numeric() }}) as arr,
        is_evergreen,
        -- what the source itself calls no contract is not missed
        left_out_reason is null and finding not in ('counted', 'counted_as_before', 'replaced') as is_missing
    from judged
)

select * from final
