-- One row per signal that needs a mark which many sources do not have (who is a sponsor or a champion, an answer to a
-- mail, a ticket opened again, a row of an input of the company's own): the first day on which one was known, of any
-- account, and the first on which one was known by a date of its own; null where there is none. Before it the signal
-- says nothing about anybody.
with

contacts as (
    select * from {{ ref('int_canonical__contacts') }}
    where account_id is not null
),

mails as (
    select
        contact_id,
        greatest(
            event_date,
            known_date,
            case when direction = 'in' then event_date else replied_date end
        ) as answered_date,
        known_until_date
    from {{ ref('int_canonical__emails') }}
    where direction = 'in' or replied_date is not null
),
{%- if 'contacts_engaged' in signals_used() %}

-- What a contact by name did: wrote, or met us.
contact_acts as (
    select
        answered_date as acted_date,
        known_until_date
    from mails
    where contact_id is not null
    union all
    select
        greatest(meetings.event_date, meetings.known_date) as acted_date,
        meetings.known_until_date
    from {{ ref('int_canonical__meetings') }} as meetings
    inner join {{ ref('int_canonical__meeting_contacts') }} as meeting_contacts
        on
            meetings.meeting_id = meeting_contacts.meeting_id
            and meetings.known_date = meeting_contacts.known_date
    where meetings.status = 'attended'
),
{%- endif %}
{%- if 'repeated_issues' in signals_used() %}

reopenings as (
    {{ reopened_tickets() }}
),
{%- endif %}

final as (
    select
        'exec_sponsor' as signal,
        min(known_date) as known_from_date,
        min(greatest(known_date, dated_from_date)) as dated_from_date
    from contacts
    where is_exec_sponsor
    union all
    select
        'champion_engagement' as signal,
        min(known_date) as known_from_date,
        min(greatest(known_date, dated_from_date)) as dated_from_date
    from contacts
    where is_champion
    union all
    select
        'email_response' as signal,
        min(answered_date) as known_from_date,
        min(answered_date) as dated_from_date
    from mails
    where answered_date < known_until_date
    {%- if 'contacts_engaged' in signals_used() %}
    union all
    select
        'contacts_engaged' as signal,
        min(acted_date) as known_from_date,
        min(acted_date) as dated_from_date
    from contact_acts
    where acted_date < known_until_date
    {%- endif %}
    {%- if 'repeated_issues' in signals_used() %}
    union all
    select
        'repeated_issues' as signal,
        min(reopened_date) as known_from_date,
        min(reopened_date) as dated_from_date
    from reopenings
    {%- endif %}
    {%- for input in var('own_inputs') %}
    union all
    select
        definitions.signal,
        min(inputs.known_date) as known_from_date,
        min(inputs.known_date) as dated_from_date
    from (
        select distinct signal from {{ ref('signal_definitions') }}
        where source_entity = '{{ input }}'
    ) as definitions
    left join {{ ref('int_inputs__' ~ input) }} as inputs
        on true
    group by definitions.signal
    {%- endfor %}
)

select * from final
