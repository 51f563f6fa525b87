-- One row per contract and renewal date, closed ones too.
select
    renewals.contract_id,
    renewals.renewal_date,
    cast(date_trunc('month', renewals.renewal_date) as date) as renewal_month,
    page_of(renewals.account_id) as account_page,
    '/accounts/' || page_of(renewals.account_id) as account_link,
    coalesce(renewals.account_name, renewals.account_id) as account_name,
    owner_label(renewals.owner_name, renewals.owner_id) as owner_name,
    md5(owner_label(renewals.owner_name, renewals.owner_id)) as owner_key,
    replace(renewals.segment, '_', ' ') as segment,
    renewals.days_to_renewal,
    replace(renewals.renewal_stage, '_', ' ') as renewal_stage,
    case renewals.renewal_stage
        when 'late' then 1
        when 'due' then 2
        when 'urgent' then 3
        when 'follow_up' then 4
        when 'outreach' then 5
        when 'soft_question' then 6
        when 'review' then 7
        when 'planning' then 8
        when 'scheduled' then 9
        else 10
    end as stage_order,
    renewals.renewal_outcome,
    cast(renewals.arr as double) as arr,
    cast(renewals.renewed_arr as double) as renewed_arr,
    renewals.score,
    renewals.category_effective,
    replace(renewals.flag, '_', ' ') as flag,
    at_risk(renewals.flag) as is_at_risk,
    renewals.is_orphan,
    renewals.is_late
from marts.fct_renewals as renewals
order by renewals.renewal_date, renewals.contract_id
