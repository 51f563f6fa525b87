-- One row: the run that last built the history to its end, and the version of the product that it was. Built last of
-- all, so that what a run that was killed or refused had begun to build again is begun again by the next one, even if
-- the inputs are as they were before.
-- depends_on: {{ ref('int_history__built_inputs') }}, {{ ref('int_history__built_usage') }}
-- depends_on: {{ ref('int_history__built_segment_features') }}
select
    '{{ invocation_id }}' as built_by,
    {{ as_of_date() }} as as_of_date,
    '{{ env_var("TENURE_VERSION", "unknown") }}' as product_version
