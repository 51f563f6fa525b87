-- One row per alert that ever fired, of every rule.
{% set models = ['renewal_notice', 'health_decline', 'sponsor_left', 'notice_given', 'account_acquired'] %}
{% for model in models %}
select
    rule,
    milestone,
    milestone_days,
    account_id,
    contract_id,
    renewal_date,
    created_date,
    closed_date,
    close_reason
from {{ ref('int_alerts__' ~ model) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
