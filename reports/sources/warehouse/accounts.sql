-- One row per account, churned ones too, with its last score and the movement since.
with last_health as (
    select *
    from marts.fct_account_health_daily
    qualify row_number() over (
        partition by account_id
        order by as_of_date desc, in_force(model_version) desc, model_version desc
    ) = 1
),

final as (
    select
        page_of(dim_accounts.account_id) as account_page,
        '/accounts/' || page_of(dim_accounts.account_id) as account_link,
        dim_accounts.name as account_name,
        owner_label(dim_accounts.owner_name, dim_accounts.owner_id) as owner_name,
        md5(owner_label(dim_accounts.owner_name, dim_accounts.owner_id)) as owner_key,
        replace(dim_accounts.segment, '_', ' ') as segment,
        replace(dim_accounts.stage_display, '_', ' ') as stage_display,
        dim_accounts.region,
        dim_accounts.industry,
        dim_accounts.is_churned,
        dim_accounts.merged_into_account_id,
        -- Accounts without a contract yet are known, but nobody scores them.
        coalesce(last_health.as_of_date = max(last_health.as_of_date) over (), false) as is_in_scope,
        cast(dim_accounts.arr as double) as arr,
        dim_accounts.next_renewal_date,
        last_health.as_of_date,
        strftime(last_health.as_of_date, '%-d %B %Y') as as_of_text,
        last_health.score,
        last_health.weight_coverage,
        last_health.category_effective,
        replace(last_health.flag, '_', ' ') as flag,
        at_risk(last_health.flag) as is_at_risk,
        last_health.needs_review,
        last_health.is_frozen,
        last_health.score_delta_30d,
        last_health.days_to_renewal
    from marts.dim_accounts as dim_accounts
    left join last_health
        on dim_accounts.account_id = last_health.account_id
)

select
    *,
    account_name || case
        when merged_into_account_id is not null
            then ' was merged into '
            || coalesce((select others.name from marts.dim_accounts as others where others.account_id = merged_into_account_id), merged_into_account_id)
        when is_churned then ' has churned'
        when not is_in_scope then ' is not scored: it has no contract in force'
        when score is null then ' has no score: no connected source says anything about it'
        when score_delta_30d is null then printf(' scores %.0f, %s', score, category_effective)
        when abs(score_delta_30d) < 1 then printf(' scores %.0f, %s, as 30 days ago', score, category_effective)
        else printf(
            ' scores %.0f, %s, %.0f points %s than 30 days ago',
            score, category_effective, abs(score_delta_30d),
            case when score_delta_30d < 0 then 'lower' else 'higher' end
        )
    end as headline,
    'Owner: ' || owner_name
    || '. Segment: ' || coalesce(segment, 'unknown')
    || coalesce('. Industry: ' || industry, '') || coalesce('. Region: ' || region, '')
    || '. Lifecycle stage: ' || coalesce(stage_display, 'unknown')
    || '. Flag: ' || coalesce(flag, 'none')
    || case when needs_review then '. Too little data to rely on the score: needs review' else '' end
    || case when is_frozen then '. A source is late: the score rests on its last values' else '' end
    || '.' as summary
from final
order by account_page
