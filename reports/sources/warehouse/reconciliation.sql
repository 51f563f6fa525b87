-- One row per source, currency and finding of the contracts that the source has.
select
    source_name,
    currency_code,
    case finding
        when 'counted' then 'counted'
        when 'counted_as_before' then 'counted as before: its last version cannot be read'
        when 'replaced' then 'replaced by a renewal that began early'
        when 'unknown_account' then 'its account is unknown'
        when 'draft' then 'a draft'
        when 'in_approval' then 'in approval'
        when 'trial' then 'a trial'
        when 'incomplete' then 'never paid for'
        when 'future' then 'not begun'
        when 'metered' then 'billed by use: no promise'
        when 'no_term' then 'won, and says no term'
        when 'transferred' then 'moved to another site'
        when 'left_out' then 'left out'
        else 'set aside: ' || replace(finding, '_', ' ') || coalesce(' in ' || column_name, '')
    end as finding,
    is_missing as is_left_out,
    count(*) as contract_count,
    sum(cast(arr as double)) as arr_in_currency,
    count(case when is_evergreen then 1 end) as evergreen_count,
    min(contract_id) as example_contract_id
from marts.fct_reconciliation
group by all
order by source_name, currency_code, finding
