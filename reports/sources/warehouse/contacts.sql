-- One row per contact of an account as known now: who decides, who speaks for us, and who left.
select
    page_of(account_id) as account_page,
    contact_id,
    coalesce(name, email, contact_id) as person_name,
    title,
    email,
    case
        when left_date is not null then 'left'
        when is_exec_sponsor and is_champion then 'sponsor and champion'
        when is_exec_sponsor then 'executive sponsor'
        when is_champion then 'champion'
        else coalesce(replace(role, '_', ' '), 'contact')
    end as role,
    case
        when left_date is not null then 4
        when is_exec_sponsor then 1
        when is_champion then 2
        else 3
    end as role_order,
    left_date
from intermediate.int_canonical__contacts
where known_until_date = date '9999-12-31'
order by account_id, role_order, contact_id
