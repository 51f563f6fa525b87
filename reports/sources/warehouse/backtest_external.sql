-- One row per unit, horizon, segment and other score beside ours, of the model version tested last: that of another
-- platform (`is_learned` false), or one that was learned from outcomes.
with platforms as (
    select
        unit,
        horizon_days,
        segment,
        isolated(system) as system,
        false as is_learned,
        n,
        case_count,
        churn_count,
        auc_external,
        auc_external_ci_low,
        auc_external_ci_high,
        auc_own,
        auc_own_ci_low,
        auc_own_ci_high,
        auc_difference,
        ci_low,
        ci_high,
        verdict,
        sentence
    from marts.fct_backtest_external
    qualify dense_rank() over (order by in_force(model_version) desc, model_version desc) = 1
),

learned as (
    select
        unit,
        horizon_days,
        segment,
        system,
        true as is_learned,
        n,
        case_count,
        churn_count,
        auc_learned as auc_external,
        auc_learned_ci_low as auc_external_ci_low,
        auc_learned_ci_high as auc_external_ci_high,
        auc_own,
        auc_own_ci_low,
        auc_own_ci_high,
        auc_difference,
        ci_low,
        ci_high,
        verdict,
        sentence || ' (Learned as of ' || day_text(as_of_date) || '.)' as sentence
    from marts.fct_learned_comparisons
    qualify dense_rank() over (order by in_force(weighted_version) desc, weighted_version desc) = 1
),

others as (
    select * from platforms
    union all
    select * from learned
)

select
    unit,
    horizon_days,
    segment_words(segment) as segment,
    system,
    is_learned,
    n,
    case_count,
    churn_count,
    cast(auc_external as double) as auc_external,
    cast(auc_external_ci_low as double) as auc_external_ci_low,
    cast(auc_external_ci_high as double) as auc_external_ci_high,
    cast(auc_own as double) as auc_own,
    cast(auc_own_ci_low as double) as auc_own_ci_low,
    cast(auc_own_ci_high as double) as auc_own_ci_high,
    cast(auc_difference as double) as auc_difference,
    cast(ci_low as double) as ci_low,
    cast(ci_high as double) as ci_high,
    verdict,
    sentence
from others
order by unit, horizon_days, segment, is_learned, system
