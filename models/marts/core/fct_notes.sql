-- One row per customer and text that somebody of ours wrote about it, as known on the as-of day: a note, or what was
-- written of a meeting.
with

notes as (
    select *
    from {{ ref('int_canonical__notes') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
),

meetings as (
    select *
    from {{ ref('int_canonical__meetings') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and event_date <= {{ as_of_date() }}
        and notes is not null
),

users as (
    select
        user_id,
        name
    from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}
),

accounts as (
    select account_id from {{ ref('dim_accounts') }}
),

written as (
    select
        account_id,
        'note' as kind,
        note_id,
        event_date as made_date,
        event_at as made_at,
        author,
        opportunity_id,
        text
    from notes
    union all
    select
        account_id,
        'meeting' as kind,
        meeting_id as note_id,
        event_date as made_date,
        event_at as made_at,
        cast(null as {{ dbt.type_string() }}) as author,
        cast(null as {{ dbt.type_string() }}) as opportunity_id,
        notes as text
    from meetings
),

final as (
    select
        written.account_id,
        written.kind,
        written.note_id,
        written.made_date,
        coalesce(users.name, written.author) as author_name,
        written.opportunity_id,
        written.text,
        written.made_at
    from written
    inner join accounts
        on written.account_id = accounts.account_id
    left join users
        on written.author = users.user_id
)

select * from final
