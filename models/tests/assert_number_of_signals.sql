-- At most 10 signals are scored: more is a warning, 15 an error (R62). Each further one says less and hides the others.
{{ config(fail_calc='coalesce(max(signal_count), 0)', warn_if='> 10', error_if='>= 15') }}
select count(distinct signal) as signal_count
from {{ ref('int_signals__index') }}
where weight > 0
