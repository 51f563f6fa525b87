-- One row per account and thing that is known to be wrong in its data on the as-of day (fct_known_noise, in force): what
-- is said of the account; of one of its signals, or of a signal that all accounts have; of an aspect of the audit, of all
-- accounts only where the account lacks it.
with

noise as (

    select * from {{ ref('fct_known_noise') }}
    where is_in_force and kind is not null

),

applying as (

    select
        noise.*,
        noise.account_id as noisy_account_id
    from noise
    where noise.account_id is not null
    union all
    select
        noise.*,
        contributions.account_id as noisy_account_id
    from noise
    inner join {{ ref('fct_signal_contributions_daily') }} as contributions
        on noise.subject = contributions.signal
    where
        noise.account_id is null
        and noise.kind = 'signal'
        and contributions.as_of_date = {{ as_of_date() }}
        and contributions.model_version = {{ model_version() }}
    union all
    select
        noise.*,
        aspects.account_id as noisy_account_id
    from noise
    inner join {{ ref('fct_data_quality_accounts') }} as aspects
        on noise.subject = aspects.aspect
    where
        noise.account_id is null
        and noise.kind = 'aspect'
        and not aspects.is_complete

),

final as (

    select distinct
        {{ as_of_date() }} as as_of_date,
        noisy_account_id as account_id,
        kind,
        subject,
        account_id is null as is_of_all,
        reason,
        until_date,
        confirmed_by
    from applying

)

select * from final
