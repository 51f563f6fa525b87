-- One row per contract and renewal date, closed ones too.
select
    renewals.contract_id,
    renewals.renewal_date,
    cast(date_trunc('month', renewals.renewal_date) as date) as renewal_month,
    renewals.account_id,
    case
        when regexp_full_match(renewals.account_id, '[A-Za-z0-9_-]+') then renewals.account_id
        else md5(renewals.account_id)
    end as account_page,
    coalesce(renewals.account_name, renewals.account_id) as account_name,
    coalesce(renewals.owner_name, renewals.owner_id, 'No owner') as owner_name,
    md5(coalesce(renewals.owner_name, renewals.owner_id, 'No owner')) as owner_key,
    renewals.segment,
    renewals.anchor_date,
    renewals.days_to_renewal,
    renewals.renewal_stage,
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
    renewals.flag,
    renewals.is_orphan,
    renewals.is_late
from marts.fct_renewals as renewals
order by renewals.renewal_date, renewals.contract_id
