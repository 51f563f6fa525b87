-- One row per account, churned ones too, with its last score and the movement since.
with last_health as (
    select *
    from marts.fct_account_health_daily
    qualify row_number() over (
        partition by account_id
        order by as_of_date desc, in_force(model_version) desc, model_version desc
    ) = 1
),

churns as (
    select
        account_id,
        max(churn_date) as churn_date,
        arg_max(arr_lost, churn_date) as arr_lost
    from marts.fct_account_churns
    group by account_id
),

-- Notice was given and the term still runs.
leaving as (
    select
        renewals.account_id,
        max(renewals.renewal_date) as end_date,
        sum(renewals.arr) as arr
    from marts.fct_renewals as renewals
    where
        renewals.renewal_outcome = 'churned'
        and renewals.renewal_date > (select max(as_of_date) from marts.fct_account_health_daily)
    group by renewals.account_id
),

-- What took most points from the score in 30 days, in a sentence.
reasons as (
    select
        account_id,
        arg_min(sentence, effect) as reason
    from marts.fct_score_changes
    where window_days = 30 and effect <= -0.5
    group by account_id
),

final as (
    select
        dim_accounts.account_id,
        page_of(dim_accounts.account_id) as account_page,
        '/accounts/' || page_of(dim_accounts.account_id) as account_link,
        dim_accounts.name as account_name,
        owner_label(dim_accounts.owner_name, dim_accounts.owner_id) as owner_name,
        md5(owner_label(dim_accounts.owner_name, dim_accounts.owner_id)) as owner_key,
        '/csm/' || md5(owner_label(dim_accounts.owner_name, dim_accounts.owner_id)) as owner_link,
        segment_words(dim_accounts.segment) as segment,
        dim_accounts.lifecycle_stage,
        in_words(dim_accounts.stage_display) as stage_display,
        dim_accounts.region,
        dim_accounts.crm_url,
        dim_accounts.industry,
        dim_accounts.is_churned,
        dim_accounts.merged_into_account_id,
        -- Accounts without a contract yet are known, but nobody scores them.
        coalesce(last_health.as_of_date = max(last_health.as_of_date) over (), false) as is_in_scope,
        cast(dim_accounts.arr as double) as arr,
        dim_accounts.next_renewal_date,
        last_health.as_of_date,
        strftime(last_health.as_of_date, '%-d %B %Y') as as_of_text,
        round(last_health.score, 6) as score,
        round(last_health.weight_coverage, 6) as weight_coverage,
        last_health.category_effective,
        case
            when dim_accounts.merged_into_account_id is not null then 'Merged'
            when dim_accounts.is_churned then 'Churned'
            when last_health.as_of_date is null then 'No contract'
            else coalesce(in_words(last_health.category_effective), 'No score')
        end as health,
        flag_words(last_health.flag) as flag,
        state_words(last_health.flag, last_health.score) as state,
        state_order(last_health.flag, last_health.score) as state_order,
        at_risk(last_health.flag) as is_at_risk,
        last_health.needs_review,
        last_health.is_frozen,
        round(last_health.score_delta_30d, 6) as score_delta_30d,
        last_health.days_to_renewal,
        touchpoints.last_touch_date,
        touchpoints.days_since_touch,
        touchpoints.touchpoint_count_90d,
        touchpoints.last_qbr_date,
        touchpoints.next_qbr_date,
        touchpoints.next_meeting_date,
        coalesce(dim_accounts.is_champion_missing, false) as is_champion_missing,
        dim_accounts.champion_missing_since_date,
        coalesce(dim_accounts.is_not_responsive, false) as is_not_responsive,
        dim_accounts.unanswered_mail_count,
        dim_accounts.unanswered_since_date,
        churns.churn_date,
        cast(churns.arr_lost as double) as arr_lost,
        leaving.end_date as leaving_date,
        cast(leaving.arr as double) as leaving_arr,
        reasons.reason,
        red.red_signals
    from marts.dim_accounts as dim_accounts
    left join last_health
        on dim_accounts.account_id = last_health.account_id
    left join marts.fct_account_touchpoints as touchpoints
        on dim_accounts.account_id = touchpoints.account_id
    left join churns
        on dim_accounts.account_id = churns.account_id
    left join leaving
        on dim_accounts.account_id = leaving.account_id
    left join reasons
        on dim_accounts.account_id = reasons.account_id
    left join red_signals() as red
        on dim_accounts.account_id = red.account_id
)

select
    *,
    isolated(account_name) || case
        when merged_into_account_id is not null
            then ' was merged into ' || isolated(coalesce(
                (
                    select others.name
                    from marts.dim_accounts as others
                    where others.account_id = merged_into_account_id
                ),
                merged_into_account_id
            ))
        when is_churned and churn_date is not null
            then ' churned on ' || day_text(churn_date) || ': ' || whole(arr_lost) || ' of ARR lost'
        when is_churned then ' has churned'
        when not is_in_scope then ' is not scored: it has no contract in force'
        when leaving_date is not null
            then ' has given notice: ' || whole(leaving_arr) || ' of ARR ends on ' || day_text(leaving_date)
        when score is null then ' has no score: no connected source says anything about it'
        else case when lifecycle_stage = 'onboarding' then ' is being onboarded and' else '' end
            || printf(' scores %.0f, %s', score, category_effective)
            || case
                when score_delta_30d is null then ''
                when abs(score_delta_30d) < 0.5 then ', as 30 days ago'
                else ', ' || counted(round(abs(score_delta_30d)), 'point') || ' '
                    || case when score_delta_30d < 0 then 'lower' else 'higher' end || ' than 30 days ago'
            end
    end as headline,
    'Owner: ' || isolated(owner_name)
    || '. Segment: ' || coalesce(segment, 'unknown')
    || coalesce('. Industry: ' || isolated(industry), '') || coalesce('. Region: ' || isolated(region), '')
    || case
        when is_churned or not is_in_scope then ''
        else '. Lifecycle stage: ' || coalesce(stage_display, 'unknown') || '. Flag: ' || coalesce(flag, 'none')
    end
    || case when is_in_scope and needs_review then '. Too little data to rely on the score: needs review' else '' end
    || case when is_in_scope and is_frozen then '. A source is late: the score rests on its last values' else '' end
    || '.' as summary,
    case
        when is_in_scope and is_champion_missing
            then 'No champion since ' || day_text(champion_missing_since_date) || ', and '
            || case
                when days_to_renewal < 0 then 'the renewal is late'
                else 'the renewal is in ' || counted(days_to_renewal, 'day')
            end
            || ': find who speaks for the product there, and mark them'
    end as champion_mark,
    case
        when is_in_scope and is_not_responsive
            then 'Not responsive: ' || counted(unanswered_mail_count, 'mail') || ' since ' || day_text(unanswered_since_date)
            || ' without an answer, and nobody met us or came back to the product. Try another way or another person'
    end as response_mark
from final
order by account_page
