-- One row per thing that is known to be wrong in the data (seed known_noise): a noisy signal, an aspect of the audit or
-- an account that is known to be incomplete, with who answers for it, and whether it still holds on the as-of day.
with

noise as (

    select
        nullif(subject, '') as subject,
        nullif(account_id, '') as account_id,
        reason,
        until_date,
        confirmed_by,
        confirmed_on
    from {{ ref('known_noise') }}

),

signals as (

    select distinct signal from {{ ref('signal_definitions') }}

),

aspects as (

    select
        aspect,
        title
    from {{ ref('quality_rules') }}

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        case
            when signals.signal is not null then 'signal'
            when aspects.aspect is not null then 'aspect'
            when noise.subject is null and noise.account_id is not null then 'account'
        end as kind,
        noise.subject,
        noise.account_id,
        accounts.name,
        accounts.owner_id,
        accounts.owner_name,
        accounts.crm_url,
        noise.reason,
        noise.until_date,
        noise.confirmed_by,
        noise.confirmed_on,
        coalesce(noise.until_date >= {{ as_of_date() }}, true) as is_in_force
    from noise
    left join signals
        on noise.subject = signals.signal
    left join aspects
        on noise.subject = aspects.aspect
    left join {{ ref('dim_accounts') }} as accounts
        on noise.account_id = accounts.account_id

)

select * from final
