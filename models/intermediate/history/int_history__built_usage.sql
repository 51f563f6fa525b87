-- The usage that the history now stands on, counted as in int_usage__landed: of sources that are appended to, load
-- after load, folded once a month. Built last, so that a run that is killed finds the same rows new again. A run as of
-- an earlier day than the last adds nothing: it does not build the days after its own, for which the rows are still
-- new.
-- depends_on: {{ ref('int_scores__scores') }}, {{ ref('int_scores__kept_days') }}
-- depends_on: {{ ref('int_scores__risk_changes') }}
{{ config(
    materialized='incremental',
    pre_hook=["
        {% if is_incremental() %}
        delete from {{ this }}
        where
            source_name not in (select source_name from {{ ref('int_usage__landed') }} where is_appended)
            and (select max(as_of_date) from {{ this }}) <= {{ as_of_date() }}
        {% endif %}",
        "{{ usage_folded(this) if is_incremental() }}",
    ],
) }}
-- The linter takes the lines of a condition that does not hold for wrongly indented.
-- noqa: disable=LT02
select * from {{ ref('int_usage__landed') }}
where
    not is_appended
    {%- if flags.INTROSPECT is not false and is_incremental() %}
    and as_of_date >= (select coalesce(max(built.as_of_date), {{ beginning_of_time() }}) from {{ this }} as built)
    {%- endif %}
