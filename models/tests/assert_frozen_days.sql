-- A frozen value comes from no more than 60 days before: int_scores__contributions reads no further back.
select value
from {{ ref('score_rules') }}
where rule = 'frozen_days' and cast(value as {{ dbt.type_int() }}) > 60
