-- One row per account and day on which its flag, or what that rests on, is another than before, by the model version
-- that was in force on the day. Where another version comes into force, each account in scope has a row with what that
-- one says of it. A version without rows any more (--full-refresh computes the present one alone) leaves its days to
-- the one after it.
with

changes as (
    select
        account_id,
        as_of_date,
        model_version,
        flag,
        is_frozen
    from {{ ref('int_scores__risk_changes') }}
    where as_of_date <= {{ as_of_date() }} and account_id <> ''
),

versions as (
    select
        model_version,
        from_date,
        row_number() over (order by from_date) = 1 as is_first,
        coalesce(lead(from_date) over (order by from_date), {{ end_of_time() }}) as until_date
    from {{ ref('int_scores__versions_in_force') }}
    where
        from_date <= {{ as_of_date() }}
        and model_version in (select changes.model_version from changes)
),

spans as (
    select
        account_id,
        from_date,
        until_date
    from {{ ref('int_accounts__account_spans') }}
),

of_versions as (
    select
        changes.account_id,
        changes.as_of_date,
        changes.flag,
        changes.is_frozen,
        false as is_new_version
    from changes
    inner join versions
        on
            changes.model_version = versions.model_version
            and (versions.is_first or changes.as_of_date > versions.from_date)
            and changes.as_of_date < versions.until_date
),

-- What a version says of each account on the day from which it is in force: its last change by then.
latest as (
    select
        changes.account_id,
        versions.from_date,
        changes.flag,
        changes.is_frozen,
        row_number() over (
            partition by changes.account_id, versions.from_date
            order by changes.as_of_date desc
        ) as recency
    from changes
    inner join versions
        on changes.model_version = versions.model_version
    where
        not versions.is_first
        and changes.as_of_date <= versions.from_date
),

openings as (
    select
        latest.account_id,
        latest.from_date as as_of_date,
        latest.flag,
        latest.is_frozen,
        true as is_new_version
    from latest
    inner join spans
        on
            latest.account_id = spans.account_id
            and latest.from_date >= spans.from_date
            and latest.from_date < spans.until_date
    where latest.recency = 1
),

final as (
    select * from of_versions
    union all
    select * from openings
)

select * from final
