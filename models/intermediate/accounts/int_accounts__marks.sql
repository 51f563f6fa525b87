-- One row per account in scope on the as-of day, with the marks that stand beside its score: whether it has been too
-- long without a champion before a renewal, and whether it answers us at all. A mark is null where no source tells of
-- champions, or of answers.
{%- set whole = 'cast(value as ' ~ dbt.type_int() ~ ')' %}
{%- set unanswered_days = seed_constant('mark_rules', whole, "rule = 'unanswered_days'") %}
with

rules as (
    {{ rule_values('mark_rules', [
        'champion_gap_days', 'champion_renewal_days', 'unanswered_mails', 'unanswered_days',
    ]) }}
),

known as (
    select
        coalesce(
            max(case when signal = 'champion_engagement' then known_from_date end) <= {{ as_of_date() }}, false
        ) as has_champions,
        coalesce(max(case when signal = 'email_response' then known_from_date end) <= {{ as_of_date() }}, false)
            as has_answers
    from {{ ref('int_signals__first_known') }}
),

spans as (
    select
        account_id,
        next_renewal_date
    from {{ ref('int_accounts__account_spans') }}
    where from_date <= {{ as_of_date() }} and until_date > {{ as_of_date() }}
),

gaps as (
    select
        account_id,
        from_date
    from {{ ref('int_accounts__champion_gaps') }}
    where from_date <= {{ as_of_date() }} and until_date > {{ as_of_date() }}
),

mails as (
    select
        account_id,
        direction,
        event_date,
        case
            when direction = 'in' then event_date
            when replied_date <= {{ as_of_date() }} then replied_date
        end as answer_date
    from {{ ref('int_canonical__emails') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and event_date <= {{ as_of_date() }}
),

-- A mail from them, a meeting that they came to, something that they took part in.
signs as (
    select
        account_id,
        answer_date as sign_date
    from mails
    where answer_date is not null
    union all
    select
        account_id,
        event_date as sign_date
    from {{ ref('int_canonical__meetings') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and event_date <= {{ as_of_date() }}
        and status = 'attended'
    union all
    select
        account_id,
        event_date as sign_date
    from {{ ref('int_canonical__engagements') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and event_date <= {{ as_of_date() }}
        and status = 'attended'
),

last_signs as (
    select
        account_id,
        max(sign_date) as last_sign_date
    from signs
    group by account_id
),

unanswered as (
    select
        mails.account_id,
        count(*) as mail_count,
        min(mails.event_date) as since_date
    from mails
    left join last_signs
        on mails.account_id = last_signs.account_id
    where
        mails.direction = 'out'
        and (last_signs.last_sign_date is null or mails.event_date > last_signs.last_sign_date)
    group by mails.account_id
),

users as (
    select distinct account_id
    from {{ ref('int_canonical__usage_events') }}
    where
        event_count > 0
        and known_date <= {{ as_of_date() }}
        and event_date > {{ date_add_days(as_of_date(), '-' ~ unanswered_days) }}
        and event_date <= {{ as_of_date() }}
        -- the same, a day more, of the instant as it is stored, by which a warehouse finds what it need not read
        and event_at
        >= cast({{ date_add_days(as_of_date(), '-' ~ unanswered_days) }} as {{ dbt.type_timestamp() }})
),

final as (
    select
        spans.account_id,
        {{ as_of_date() }} as as_of_date,
        gaps.from_date as champion_missing_since_date,
        case
            when known.has_champions
                then coalesce(
                    {{ days_between('gaps.from_date', as_of_date()) }} > rules.champion_gap_days
                    and {{ days_between(as_of_date(), 'spans.next_renewal_date') }} <= rules.champion_renewal_days,
                    false
                )
        end as is_champion_missing,
        case when known.has_answers then coalesce(unanswered.mail_count, 0) end as unanswered_mail_count,
        case when known.has_answers then unanswered.since_date end as unanswered_since_date,
        case
            when known.has_answers
                then coalesce(
                    unanswered.mail_count >= rules.unanswered_mails
                    and {{ days_between('unanswered.since_date', as_of_date()) }} >= rules.unanswered_days
                    and users.account_id is null,
                    false
                )
        end as is_not_responsive
    from spans
    cross join rules
    cross join known
    left join gaps
        on spans.account_id = gaps.account_id
    left join unanswered
        on spans.account_id = unanswered.account_id
    left join users
        on spans.account_id = users.account_id
)

select * from final
