-- One row per sentiment that an owner set, the last ten of each account.
with users as (
    select
        user_id,
        any_value(name) as name
    from intermediate.int_canonical__users
    group by user_id
)

select
    page_of(sentiments.account_id) as account_page,
    sentiments.event_date as set_date,
    sentiments.sentiment,
    coalesce(users.name, sentiments.set_by) as set_by,
    sentiments.note
from intermediate.int_canonical__sentiments as sentiments
left join users
    on sentiments.set_by = users.user_id
where
    sentiments.known_until_date = date '9999-12-31'
    and sentiments.event_date <= (select max(as_of_date) from marts.fct_account_health_daily)
qualify row_number() over (partition by sentiments.account_id order by sentiments.set_at desc) <= 10
order by sentiments.account_id, sentiments.set_at desc
