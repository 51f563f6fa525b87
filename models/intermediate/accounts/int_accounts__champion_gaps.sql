-- One row per account and stretch of days in scope on which no champion was on record: none who consents and has not
-- left. Nothing is known of champions, and there is no row, before the first day on which a contact of any account was
-- marked as one.
with

first_known as (
    select known_from_date
    from {{ ref('int_signals__first_known') }}
    where signal = 'champion_engagement' and known_from_date is not null
),

scopes as (
    select
        spans.account_id,
        greatest(min(spans.from_date), min(first_known.known_from_date)) as from_date,
        max(spans.until_date) as until_date
    from {{ ref('int_accounts__account_spans') }} as spans
    cross join first_known
    group by spans.account_id
),

champions as (
    select
        account_id,
        known_date as from_date,
        least(known_until_date, coalesce(left_date, known_until_date)) as until_date
    from {{ ref('int_canonical__contacts') }}
    where is_champion and has_consent
),

-- The last one of an account stands for the end of its scope.
edges as (
    select
        scopes.account_id,
        scopes.from_date as scope_from_date,
        champions.from_date,
        champions.until_date,
        true as is_champion
    from scopes
    inner join champions
        on
            scopes.account_id = champions.account_id
            and scopes.from_date < champions.until_date
            and scopes.until_date > champions.from_date
    where champions.from_date < champions.until_date
    union all
    select
        account_id,
        from_date as scope_from_date,
        until_date as from_date,
        until_date,
        false as is_champion
    from scopes
),

stretches as (
    select
        account_id,
        greatest(
            scope_from_date,
            coalesce(
                max(until_date) over (
                    partition by account_id
                    order by from_date, until_date
                    rows between unbounded preceding and 1 preceding
                ),
                scope_from_date
            )
        ) as from_date,
        from_date as until_date,
        is_champion as is_filled
    from edges
),

final as (
    select
        account_id,
        from_date,
        until_date,
        is_filled
    from stretches
    where from_date < until_date
)

select * from final
