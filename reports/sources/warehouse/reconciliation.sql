-- One row per source, currency and finding of the contracts that the source says are in force.
select
    source_name,
    currency_code,
    case finding
        when 'counted' then 'counted'
        when 'replaced' then 'replaced by a renewal that began early'
        when 'unknown_account' then 'its account is unknown'
        when 'no_arr' then 'it has no ARR'
        when 'no_rate' then 'its currency has no rate'
        else 'left out'
    end as finding,
    finding not in ('counted', 'replaced') as is_left_out,
    contract_count,
    cast(arr_in_currency as double) as arr_in_currency,
    example_contract_id
from marts.fct_reconciliation
order by source_name, currency_code, finding
