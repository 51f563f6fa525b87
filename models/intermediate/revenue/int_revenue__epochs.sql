-- One row per account and span of days on which the same is known of its contracts and lost renewals. What follows from
-- the mere passing of days (a term ends, renews itself, runs out of grace) cuts no span.
with

cuts as (
    select
        account_id,
        {{ beginning_of_time() }} as from_date
    from {{ ref('int_canonical__accounts') }}
    union all
    select
        account_id,
        {{ beginning_of_time() }}
    from {{ ref('int_revenue__term_versions') }}
    union all
    select
        account_id,
        known_from_date
    from {{ ref('int_revenue__term_versions') }}
    union all
    select
        account_id,
        known_until_date
    from {{ ref('int_revenue__term_versions') }}
    union all
    select
        account_id,
        cancel_known_date
    from {{ ref('int_revenue__term_versions') }}
    where cancel_known_date > known_from_date and cancel_known_date < known_until_date
    union all
    select
        account_id,
        known_from_date
    from {{ ref('int_revenue__links_across_accounts') }}
    union all
    select
        account_id,
        known_until_date
    from {{ ref('int_revenue__links_across_accounts') }}
    union all
    select
        account_id,
        known_from_date
    from {{ ref('int_revenue__lost_opportunities') }}
    union all
    select
        account_id,
        known_until_date
    from {{ ref('int_revenue__lost_opportunities') }}
),

distinct_cuts as (
    select distinct
        account_id,
        from_date
    from cuts
    where account_id is not null and from_date <= {{ as_of_date() }}
),

final as (
    select
        account_id,
        row_number() over (partition by account_id order by from_date) as epoch_number,
        from_date,
        coalesce(
            lead(from_date) over (partition by account_id order by from_date),
            {{ end_of_time() }}
        ) as until_date,
        lead(from_date) over (partition by account_id order by from_date) is null as is_current
    from distinct_cuts
)

select * from final
