-- One row per thing that is known to be wrong in the data, and who answers for it.
select
    case kind
        when 'signal' then 'Signal: ' || signal_words(subject)
        when 'aspect' then 'Data: ' || replace(subject, '_', ' ')
        when 'account' then 'All data of the account'
        else 'Nothing that there is: ' || coalesce(subject, '')
    end as what,
    coalesce(name, account_id, 'all accounts') as account_name,
    reason,
    until_date,
    case when is_in_force then 'known' else 'over' end as state,
    confirmed_by,
    is_in_force
from marts.fct_known_noise
order by is_in_force desc, kind, subject, account_name
