-- One row: whose page it is, and of which day.
select
    accounts.name as customer_name,
    days.as_of_date,
    strftime(days.as_of_date, '%-d %B %Y') as as_of_text,
    (
        select sum(contracts.seats)
        from intermediate.int_canonical__contracts as contracts
        where
            contracts.known_until_date = date '9999-12-31'
            and contracts.term_start_date <= days.as_of_date
            and coalesce(contracts.term_end_date, date '9999-12-31') > days.as_of_date
            and contracts.cancelled_date is null
    ) as seats
from marts.dim_accounts as accounts
cross join (select max(as_of_date) as as_of_date from marts.dim_accounts) as days
where accounts.merged_into_account_id is null
order by accounts.account_id
