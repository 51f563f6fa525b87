-- One row per account and signal that moved the score in the 30 days up to the account's last scored day, in words.
with last_rows as (
    select *
    from marts.fct_score_changes
    where window_days = 30
    qualify rank() over (
        partition by account_id
        order by as_of_date desc, in_force(model_version) desc, model_version desc
    ) = 1
),

totals as (
    select
        *,
        sum(effect) over (partition by account_id) as score_change,
        row_number() over (partition by account_id order by abs(effect) desc, signal) as effect_rank
    from last_rows
    where effect is not null
)

select
    page_of(account_id) as account_page,
    in_words(signal_words(signal)) as signal_name,
    sentence as what_changed,
    effect,
    value_effect,
    weight_effect,
    coverage_effect,
    case
        when abs(score_change) < 0.05 then 'Over 30 days the score ended where it began'
        else printf(
            'Over 30 days the score %s %.1f points, most of it from ',
            case when score_change < 0 then 'lost' else 'gained' end, abs(score_change)
        ) || signal_words(
            case
                when score_change < 0 then arg_min(signal, effect) over (partition by account_id)
                else arg_max(signal, effect) over (partition by account_id)
            end
        )
    end as headline
from totals
where abs(effect) >= 0.05
order by account_id, abs(effect) desc, signal
