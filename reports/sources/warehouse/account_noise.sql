-- One row per account and thing that is known to be wrong in its data, as a sentence: until when, of what, why, by whom.
select
    page_of(account_id) as account_page,
    'Known noise' || coalesce(' until ' || day_text(until_date), '') || ', '
    || case kind
        when 'signal' then in_words(signal_words(subject))
        when 'aspect' then in_words(subject)
        else 'all data of the account'
    end
    || ': ' || isolated(reason) || coalesce(' (' || isolated(confirmed_by) || ')', '') as what
from marts.fct_account_noise
order by account_id, until_date nulls last, kind, subject, reason, confirmed_by
