-- One row per check: its value on the as-of day and how many things it looked at.
{% set models = [
    'm2_alerts_ignored', 'm3_orphan_renewals', 'm5_stale_sources', 'm6_distribution', 'm9_healthy_churn',
    'm11_tasks_on_time', 'q4_grr_fall', 't1_surprise_churn', 'h3_null_scores', 'd1_renewal_dates', 'd2_weight_coverage',
] %}
{% for model in models %}
select
    check_id,
    cast(value as {{ dbt.type_float() }}) as value,
    cast(n as {{ dbt.type_int() }}) as n
from {{ ref('int_checks__' ~ model) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
