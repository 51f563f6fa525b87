-- One row per renewal and notice milestone that fired. A milestone fires on its day before the anchor; when the
-- contract became known only later, the latest milestone missed fires on that day and the earlier ones never do. It
-- closes when the next one fires or when the renewal's outcome is known.
with

renewals as (

    select * from {{ ref('int_renewals__renewals') }}

),

stages as (

    select * from {{ ref('stg_scoring__renewal_stages') }}

),

rules as (

    select * from {{ ref('alert_rules') }}
    where rule = 'renewal_notice'

),

spans as (

    select
        account_id,
        from_date,
        until_date,
        is_acquired
    from {{ ref('int_accounts__account_spans') }}

),

candidates as (

    select
        renewals.account_id,
        renewals.contract_id,
        renewals.renewal_date,
        renewals.renewal_outcome,
        renewals.outcome_known_date,
        rules.rule,
        rules.milestone_days,
        stages.anchor_date,
        greatest(
            {{ date_add_days('stages.anchor_date', '-rules.milestone_days') }},
            renewals.first_known_date,
            {{ history_start_date() }}
        ) as created_date
    from renewals
    inner join stages
        on
            renewals.contract_id = stages.contract_id
            and renewals.renewal_date = stages.renewal_date
    inner join rules
        on rules.segment is null or renewals.segment = rules.segment

),

due as (

    select
        candidates.*,
        row_number() over (
            partition by candidates.contract_id, candidates.renewal_date, candidates.created_date
            order by candidates.milestone_days
        ) as position
    from candidates
    where
        candidates.created_date <= {{ as_of_date() }}
        and candidates.created_date <= candidates.anchor_date
        and (
            candidates.outcome_known_date is null
            or candidates.outcome_known_date > candidates.created_date
        )

),

fired as (

    select
        due.*,
        lead(due.created_date) over (
            partition by due.contract_id, due.renewal_date order by due.created_date
        ) as next_date
    from due
    where due.position = 1

),

final as (

    select
        fired.rule,
        cast(fired.renewal_date as {{ dbt.type_string() }}) || ':'
        || cast(fired.milestone_days as {{ dbt.type_string() }}) as milestone,
        fired.milestone_days,
        fired.account_id,
        fired.contract_id,
        fired.renewal_date,
        fired.created_date,
        coalesce(fired.next_date, fired.outcome_known_date) as closed_date,
        case
            when fired.next_date is not null then 'superseded'
            else 'renewal_' || fired.renewal_outcome
        end as close_reason
    from fired
    left join spans
        on
            fired.account_id = spans.account_id
            and fired.created_date >= spans.from_date
            and fired.created_date < spans.until_date
    where
        not coalesce(spans.is_acquired, false)

)

select * from final
