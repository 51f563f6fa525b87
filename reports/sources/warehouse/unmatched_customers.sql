-- One row per source and customer that is no account.
select
    source_name,
    customer_id,
    coalesce(name, '') as name,
    case reason
        when 'unknown_account' then 'names an account that the CRM does not have'
        when 'unknown_domain' then 'no account has its domain'
        when 'ambiguous_domain' then 'several accounts share its domain'
        when 'no_key' then 'has nothing to be matched by'
        when 'unknown_customer' then 'the source never sent it'
        when 'no_account' then 'its events name no account'
        else 'the records name no customer'
    end as finding,
    cast(record_count as double) as record_count
from marts.fct_unmatched_customers
order by record_count desc, source_name, customer_id
