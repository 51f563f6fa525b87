-- Contracts are where the org keeps them (`contracts_from` of the source): Contract, won opportunities, fields of
-- the account, or an object of its own. Salesforce's EndDate is the last day of the contract, and a date of
-- cancellation the last one it holds; a term ends on the day after. A Contract is in force once it is activated,
-- whatever an org calls that; `StatusCode` is what it means. An opportunity that is won no more, and an account
-- whose contract's fields were emptied, are contracts no more. Without a start a term began `term_months` before its
-- end, or a year (but for a Contract, which must say it); an opportunity's with its close.
-- depends_on: {{ ref('record_rules') }}
{%- set elsewhere = var('source_contracts_from') %}
{%- set objects = {'Contract': []} %}
{%- for table, source in connected('source_names').items() %}
{%- set object = elsewhere.get(source, 'Contract') %}
{%- do objects.update({object: objects.get(object, []) + [source]}) %}
{%- endfor %}
{%- set no_text = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
with

{% for object, sources in objects.items() %}
{%- set is_contract = object == 'Contract' %}
{%- set columns = [
    ('Id', 'string'),
    ('StartDate' if is_contract else 'Term_Start_Date__c', 'date', 'term_start_date'),
    ('EndDate' if is_contract else 'Term_End_Date__c', 'date', 'term_end_date'),
    ('Renewal_Date__c', 'date', 'renewal_date'),
    ('ContractTerm' if is_contract else 'Term_Months__c', 'integer', 'term_months'),
    ('ARR__c', 'numeric', 'arr'),
    ('CurrencyIsoCode', 'string'),
    ('Seats__c', 'integer', 'seats'),
    ('Product__c', 'string', 'product'),
    ('Auto_Renew__c', 'boolean', 'auto_renew'),
    ('Notice_Days__c', 'integer', 'notice_days'),
    ('Renewal_Owner__c', 'string', 'renewal_owner_id'),
    ('Previous_Contract__c', 'string', 'previous_contract_id'),
    ('Cancelled_At__c', 'timestamp', 'cancelled_at'),
    ('Cancel_Effective_Date__c', 'date', 'cancel_effective_date'),
    ('Cancel_Reason__c', 'string', 'cancel_reason'),
    ('IsDeleted', 'boolean'),
    ('SystemModstamp', 'timestamp'),
] %}
{%- if object != 'Account' %}
{%- do columns.append(('AccountId', 'string', 'contract_account_id')) %}
{%- endif %}
{%- if object == 'Opportunity' %}
{%- do columns.extend([('Amount', 'numeric'), ('IsWon', 'boolean'), ('CloseDate', 'date')]) %}
{%- elif is_contract %}
{%- do columns.extend([('Status', 'string'), ('StatusCode', 'string')]) %}
{%- endif %}
landed_{{ loop.index }} as (
    {{ raw_rows('salesforce', object, columns, sources) }}
),

shaped_{{ loop.index }} as (
    select
        {{ clean_text('Id') }} as contract_id,
        {{ clean_text('Id' if object == 'Account' else 'AccountId') }} as account_id,
        {{ columns[1][0] }} as term_start_date,
        coalesce(Renewal_Date__c, {{ end_of_last_day(columns[2][0]) }}) as term_end_date,
        {{ columns[4][0] }} as term_months,
        {{ 'cast(null as ' ~ dbt.type_int() ~ ')' if is_contract else '12' }} as usual_months,
        ARR__c as arr,
        {{ 'Amount' if object == 'Opportunity' else 'cast(null as ' ~ dbt.type_numeric() ~ ')' }} as amount,
        {{ 'CloseDate' if object == 'Opportunity' else 'cast(null as date)' }} as closed_date,
        upper({{ clean_text('CurrencyIsoCode') }}) as currency_code,
        Seats__c as seats,
        {{ clean_text('Product__c') }} as product,
        Auto_Renew__c as auto_renew,
        Notice_Days__c as notice_days,
        {{ clean_text('Renewal_Owner__c') }} as renewal_owner_id,
        {{ clean_text('Previous_Contract__c') }} as previous_contract_id,
        Cancelled_At__c as cancelled_at,
        {{ end_of_last_day('Cancel_Effective_Date__c') }} as cancel_effective_date,
        {{ clean_text('Cancel_Reason__c') }} as cancel_reason,
        SystemModstamp as updated_at,
        source_name,
        _airbyte_extracted_at,
        {% if is_contract -%}
        case replace(lower(coalesce({{ clean_text('StatusCode') }}, {{ clean_text('Status') }})), ' ', '')
            when 'draft' then 'draft'
            when 'inapproval' then 'in_approval'
            when 'inapprovalprocess' then 'in_approval'
        end as left_out_reason,
        {%- elif object == 'Opportunity' -%}
        case
            when coalesce({{ columns[1][0] }}, {{ columns[2][0] }}, Renewal_Date__c) is null and {{ columns[4][0] }} is null
                then 'no_term'
        end as left_out_reason,
        {%- else -%}
        {{ no_text }} as left_out_reason,
        {%- endif %}
        coalesce(IsDeleted, false)
        {%- if object == 'Opportunity' %} or not coalesce(IsWon, false)
        {%- elif object == 'Account' %}
        or (
            coalesce({{ columns[1][0] }}, {{ columns[2][0] }}, Renewal_Date__c) is null
            and coalesce(ARR__c, 0) = 0
        )
        {%- endif %} as is_deleted
    from landed_{{ loop.index }}
),

{% endfor -%}
unioned as (
    {%- for object in objects %}
    select * from shaped_{{ loop.index }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ended as (
    select
        unioned.* replace (
            coalesce(
                term_end_date,
                {{ date_add_months('coalesce(term_start_date, closed_date)', 'term_months') }}
            ) as term_end_date
        )
    from unioned
),

started as (
    select
        ended.* replace (
            coalesce(
                term_start_date,
                case when term_months is not null then closed_date end,
                {{ date_add_months('term_end_date', '-coalesce(term_months, usual_months)') }}
            ) as term_start_date
        )
    from ended
),

{{ yearly_amounts('started') }},

final as (
    select
        contract_id,
        account_id,
        term_start_date,
        term_end_date,
        coalesce(arr, yearly_amount) as arr,
        currency_code,
        seats,
        product,
        auto_renew,
        notice_days,
        renewal_owner_id,
        previous_contract_id,
        cancelled_at,
        cancel_effective_date,
        cancel_reason,
        updated_at,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at,
        left_out_reason,
        is_deleted
    from priced
)

select * from final
