-- One row per account and day on which its last ARR ended, with what is known now.
with

renewals as (

    select * from {{ ref('int_renewals__renewals') }}

),

states as (

    select * from {{ ref('int_revenue__term_states') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

final as (

    select
        renewals.account_id,
        renewals.churn_date,
        max(renewals.outcome_known_date) as outcome_known_date,
        sum(renewals.arr) as arr_lost
    from renewals
    where
        renewals.renewal_outcome = 'churned'
        and renewals.churn_date <= {{ as_of_date() }}
        and not exists (
            select 1
            from states
            where
                states.account_id = renewals.account_id
                and states.term_start_date <= renewals.churn_date
                and case
                    when states.ended_by = 'none' and states.grace_end_date < {{ as_of_date() }}
                        then states.renewal_date
                    else states.arr_until_date
                end > renewals.churn_date
        )
    group by renewals.account_id, renewals.churn_date

)

select * from final
