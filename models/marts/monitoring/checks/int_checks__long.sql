-- One row per check: its value on the as-of day and how many things it looked at.
{% set models = [
    'm2_alerts_ignored', 'm3_orphan_renewals', 'm5_stale_sources', 'm6_distribution', 'm7_red_in_time',
    'm9_healthy_churn', 'm10_failing_syncs', 'm11_tasks_on_time', 'q1_accuracy_fall', 'q4_grr_fall',
    't1_surprise_churn', 't2_alert_fatigue', 't5_errors_rise', 't6_errors_high', 'h3_null_scores',
    'd1_renewal_dates', 'd2_weight_coverage', 'd3_owners', 'd4_renewal_dates_complete', 'f1_quiet_feeds',
    's1_extreme_scores', 'r1_left_out', 'r2_set_aside', 'r3_unknown_words', 'r4_set_aside_share',
    'r5_unmapped_reasons',
    'm1_other_colour', 'q3_smallest_category', 'q9_shadow_signals', 'q10_calibration_age',
    'q11_below_launch',
    't7_owners_growth', 'h2_first_tasks',
] + var('own_checks') %}
{% for model in models %}
select
    check_id,
    cast(value as {{ dbt.type_float() }}) as value,
    cast(n as {{ dbt.type_int() }}) as n
from {{ ref('int_checks__' ~ model) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
