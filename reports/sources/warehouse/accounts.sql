-- One row per account, churned ones too, with its last score and the movement since.
with last_health as (
    select *
    from marts.fct_account_health_daily
    qualify row_number() over (
        partition by account_id
        order by as_of_date desc, model_version desc
    ) = 1
)

select
    dim_accounts.account_id,
    dim_accounts.name as account_name,
    -- The page's address: the id where it can stand in one, else a digest of it.
    case
        when regexp_full_match(dim_accounts.account_id, '[A-Za-z0-9_-]+') then dim_accounts.account_id
        else md5(dim_accounts.account_id)
    end as account_page,
    dim_accounts.parent_account_id,
    coalesce(dim_accounts.owner_name, dim_accounts.owner_id, 'No owner') as owner_name,
    md5(coalesce(dim_accounts.owner_name, dim_accounts.owner_id, 'No owner')) as owner_key,
    dim_accounts.segment,
    dim_accounts.lifecycle_stage,
    dim_accounts.stage_display,
    dim_accounts.region,
    dim_accounts.industry,
    dim_accounts.is_churned,
    cast(dim_accounts.arr as double) as arr,
    dim_accounts.next_renewal_date,
    last_health.as_of_date,
    last_health.model_version,
    last_health.score,
    last_health.weight_coverage,
    last_health.category,
    last_health.category_effective,
    last_health.flag,
    last_health.needs_review,
    last_health.is_frozen,
    last_health.score_delta_7d,
    last_health.score_delta_30d,
    last_health.score_delta_90d,
    last_health.trend,
    last_health.is_trending_to_red,
    last_health.is_sudden_drop,
    last_health.days_to_renewal
from marts.dim_accounts as dim_accounts
left join last_health
    on dim_accounts.account_id = last_health.account_id
order by dim_accounts.account_id
