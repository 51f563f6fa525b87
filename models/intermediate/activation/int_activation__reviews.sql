-- One row per account and its last business review that was held, as known on the as-of day: its day, and what was
-- written of it, cut to what a CRM's field takes. The text is left out where a person without consent was there or is
-- named in it, by address or by any word of the name.
{% set most_characters = 4000 %}
with

reviews as (

    select
        account_id,
        meeting_id,
        known_date,
        event_date,
        nullif(trim(notes), '') as notes,
        row_number() over (partition by account_id order by event_at desc, meeting_id desc) as recency
    from {{ ref('int_canonical__meetings') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and event_date <= {{ as_of_date() }}
        and type = 'qbr'
        and status = 'attended'

),

last_reviews as (

    select
        account_id,
        meeting_id,
        known_date,
        event_date,
        notes,
        lower(notes) as read_notes,
        ' ' || {{ replaced_all('lower(notes)', '[[:punct:][:space:]]+', "' '") }} || ' ' as word_notes
    from reviews
    where recency = 1

),

refusers as (

    select
        contact_id,
        account_id,
        lower(email) as email,
        {{ replaced_all('lower(name)', '[[:punct:][:space:]]+', "';'") }} as name_words
    from {{ ref('int_canonical__contacts') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and not has_consent

),

name_words as (

    select
        refusers.account_id,
        word -- noqa: RF02
    from refusers
    cross join {{ list_items('refusers.name_words', 'word') }}
    where length(word) > 2

),

withheld as (

    select last_reviews.meeting_id
    from last_reviews
    inner join {{ ref('int_canonical__meeting_contacts') }} as attendees
        on last_reviews.meeting_id = attendees.meeting_id and last_reviews.known_date = attendees.known_date
    inner join refusers
        on attendees.contact_id = refusers.contact_id
    union distinct
    select last_reviews.meeting_id
    from last_reviews
    inner join refusers
        on
            last_reviews.account_id = refusers.account_id
            and length(refusers.email) > 2
            and strpos(last_reviews.read_notes, refusers.email) > 0
    union distinct
    select last_reviews.meeting_id
    from last_reviews
    inner join name_words
        on
            last_reviews.account_id = name_words.account_id
            and strpos(last_reviews.word_notes, ' ' || name_words.word || ' ') > 0

),

final as (

    select
        last_reviews.account_id,
        last_reviews.event_date as review_date,
        case
            when withheld.meeting_id is null and length(last_reviews.notes) > {{ most_characters }}
                then substr(last_reviews.notes, 1, {{ most_characters - 1 }}) || '…'
            when withheld.meeting_id is null then last_reviews.notes
        end as notes
    from last_reviews
    left join withheld
        on last_reviews.meeting_id = withheld.meeting_id

)

select * from final
