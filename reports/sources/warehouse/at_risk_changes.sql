-- One row per span of days (a week, a month) and account that came to or left what is at risk, turned red, or moved by a
-- point or more, with the sentence that says most of why.
with reasons as (
    select
        account_id,
        window_days,
        arg_min(sentence, effect) as worst,
        arg_max(sentence, effect) as best
    from marts.fct_score_changes
    group by account_id, window_days
)

select
    changes.span_days,
    changes.from_date,
    changes.account_id,
    page_of(changes.account_id) as account_page,
    '/accounts/' || page_of(changes.account_id) as account_link,
    coalesce(accounts.name, changes.account_id) as account_name,
    owner_label(accounts.owner_name, accounts.owner_id) as owner_name,
    md5(owner_label(accounts.owner_name, accounts.owner_id)) as owner_key,
    '/csm/' || md5(owner_label(accounts.owner_name, accounts.owner_id)) as owner_link,
    segment_words(accounts.segment) as segment,
    case changes.movement
        when 'newly_at_risk' then 'Newly at risk'
        when 'still_at_risk' then 'Still at risk'
        when 'not_at_risk' then 'Not at risk'
        else in_words(changes.movement)
    end as movement,
    in_words(changes.category_start) as category_start,
    in_words(changes.category_end) as category_end,
    changes.is_newly_red,
    round(changes.score_end, 6) as score,
    round(changes.score_change, 6) as score_change,
    cast(changes.arr_start as double) as arr_start,
    cast(changes.arr_end as double) as arr_end,
    cast(case when changes.is_in_scope then changes.arr_end else changes.arr_start end as double) as arr,
    cast(changes.arr_at_risk_end - changes.arr_at_risk_start as double) as at_risk_change,
    accounts.next_renewal_date,
    case
        when changes.movement = 'lost' then 'Left'
        when changes.movement = 'renewed' then 'Renewed'
        -- What is at risk also depends on how long the score was low, and on when the renewal is.
        when changes.movement = 'newly_at_risk' and coalesce(changes.score_change, 0) >= 0
            then case changes.flag_end
                when 'at_risk_renewal' then 'The renewal came near while the score is low'
                when 'at_risk_sustained' then 'The score has been low for two weeks'
                else 'The flag came on'
            end
        when changes.movement = 'recovered' and coalesce(changes.score_change, 0) <= 0
            then case changes.flag_start
                when 'at_risk_renewal' then 'No renewal is near any more'
                else 'The score was not low on each of the last days'
            end
        when changes.score_change > 0 then reasons.best
        when changes.score_change < 0 then reasons.worst
    end as reason
from marts.fct_arr_at_risk_changes as changes
left join marts.dim_accounts as accounts
    on changes.account_id = accounts.account_id
left join reasons
    on changes.account_id = reasons.account_id and changes.span_days = reasons.window_days
where
    changes.movement not in ('still_at_risk', 'not_at_risk')
    or changes.is_newly_red
    or abs(changes.score_change) >= 1
order by changes.span_days, abs(changes.arr_at_risk_end - changes.arr_at_risk_start) desc, changes.account_id
