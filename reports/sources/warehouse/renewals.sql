-- One row per contract and renewal date, closed ones too.
select
    renewals.contract_id,
    renewals.renewal_date,
    cast(date_trunc('month', renewals.renewal_date) as date) as renewal_month,
    strftime(renewals.renewal_date, '%Y') || ' Q' || quarter(renewals.renewal_date) as renewal_quarter,
    renewals.account_id,
    page_of(renewals.account_id) as account_page,
    '/accounts/' || page_of(renewals.account_id) as account_link,
    coalesce(renewals.account_name, renewals.account_id) as account_name,
    owner_label(renewals.owner_name, renewals.owner_id) as owner_name,
    md5(owner_label(renewals.owner_name, renewals.owner_id)) as owner_key,
    '/csm/' || md5(owner_label(renewals.owner_name, renewals.owner_id)) as owner_link,
    md5(owner_label(accounts.owner_name, accounts.owner_id)) as account_owner_key,
    owner_label(accounts.owner_name, accounts.owner_id) as account_owner_name,
    segment_words(renewals.segment) as segment,
    renewals.product,
    renewals.days_to_renewal,
    in_words(renewals.renewal_stage) as renewal_stage,
    in_words(renewals.renewal_outcome) as renewal_outcome,
    cast(renewals.arr as double) as arr,
    cast(renewals.renewed_arr as double) as renewed_arr,
    round(renewals.score, 6) as score,
    coalesce(in_words(renewals.category_effective), 'No score') as health,
    flag_words(renewals.flag) as flag,
    case
        when renewals.score is null then 'No score'
        when at_risk(renewals.flag) then 'At risk'
        else 'Expected'
    end as risk,
    at_risk(renewals.flag) as is_at_risk,
    -- unknown, not 0, without a score
    case when outlook.outlook <> 'unscored' then cast(outlook.expected_arr as double) end as expected_arr,
    case when outlook.outlook <> 'unscored' then cast(outlook.at_risk_arr as double) end as at_risk_arr,
    renewals.is_orphan,
    renewals.is_late,
    renewals.auto_renew,
    outlook.notice_date,
    datediff('day', facts.as_of_date, outlook.notice_date) as days_to_notice,
    outlook.opportunity_stage,
    round(outlook.renew_probability, 6) as likelihood,
    cast(outlook.likely_arr as double) as likely_arr,
    in_words(outlook.owner_call) as owner_call,
    outlook.owner_call_since,
    cast(outlook.call_arr as double) as call_arr,
    cast(outlook.call_difference_arr as double) as call_difference,
    outlook.next_step,
    outlook.next_step_date,
    round(accounts.score_delta_30d, 6) as score_delta_30d,
    red.red_signals
from marts.fct_renewals as renewals
cross join (select max(as_of_date) as as_of_date from marts.fct_account_health_daily) as facts
left join marts.fct_renewal_outlook as outlook
    on renewals.contract_id = outlook.contract_id and renewals.renewal_date = outlook.renewal_date
left join marts.dim_accounts as accounts
    on renewals.account_id = accounts.account_id
left join red_signals() as red
    on renewals.account_id = red.account_id
order by renewals.renewal_date, renewals.contract_id
