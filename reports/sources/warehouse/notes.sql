-- One row per text that somebody wrote about an account, the newest fifty of each: its first words, and all of it.
with told as (
    select
        account_id,
        made_date,
        made_at,
        note_id,
        kind,
        coalesce(author_name, case kind when 'meeting' then 'Of a meeting' else 'Unknown' end) as who,
        text,
        regexp_replace(trim(text), '\s+', ' ', 'g') as line
    from marts.fct_notes
    where text is not null
    qualify row_number() over (partition by account_id order by made_at desc, note_id) <= 50
)

select
    page_of(account_id) as account_page,
    made_date,
    strftime(made_date, '%-d %B %Y') as made_text,
    who,
    case when length(line) > 160 then left(line, 150) || ' …' else line end as short_text,
    length(line) > 160 or trim(text) like '%' || chr(10) || '%' as is_shortened,
    trim(text) as whole_text
from told
order by account_id, made_at desc, note_id
