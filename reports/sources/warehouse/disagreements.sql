-- One row per account of which its owner said another colour than the score did, in the last 90 days.
with last_day as (
    select max(as_of_date) as as_of_date
    from marts.fct_account_health_daily
),

last_sentiments as (
    select
        sentiments.account_id,
        sentiments.sentiment,
        sentiments.event_date as set_date
    from intermediate.int_canonical__sentiments as sentiments
    cross join last_day
    where
        sentiments.known_until_date = date '9999-12-31'
        and sentiments.event_date <= last_day.as_of_date
        and sentiments.event_date > last_day.as_of_date - 90
    qualify row_number() over (
        partition by sentiments.account_id
        order by sentiments.set_at desc, sentiments.sentiment
    ) = 1
)

select
    accounts.account_id,
    '/accounts/' || page_of(accounts.account_id) as account_link,
    accounts.name as account_name,
    owner_label(accounts.owner_name, accounts.owner_id) as owner_name,
    in_words(accounts.category) as health,
    in_words(last_sentiments.sentiment) as sentiment,
    last_sentiments.set_date,
    round(accounts.score, 6) as score,
    cast(accounts.arr as double) as arr
from marts.dim_accounts as accounts
inner join last_sentiments
    on accounts.account_id = last_sentiments.account_id
where not accounts.is_churned and accounts.category is not null and last_sentiments.sentiment <> accounts.category
order by accounts.account_id
