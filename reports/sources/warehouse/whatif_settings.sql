-- One row per weight (segment and signal), category cut and rule of the flags that score now; `place` is the signal's among
-- the values of a day.
with weights as (
    select
        segment,
        signal,
        cast(weight as double) as weight,
        dense_rank() over (order by signal) as place
    from intermediate.int_signals__index
)

select
    'weight' as kind,
    segment,
    signal as name,
    in_words(signal_words(signal)) as title,
    place,
    weight as setting
from weights
union all
select
    'cut' as kind,
    coalesce(segment, 'all') as segment,
    category as name,
    in_words(category) as title,
    null as place,
    cast(max_score as double) as setting
from intermediate.category_cuts
where category in ('red', 'yellow')
union all
select
    'rule' as kind,
    'all' as segment,
    rule as name,
    replace(rule, '_', ' ') as title,
    null as place,
    cast(value as double) as setting
from intermediate.score_rules
where rule in ('at_risk_score', 'at_risk_rows', 'at_risk_renewal_days', 'min_weight_coverage')
order by kind, segment, name
