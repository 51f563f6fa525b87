{# The ARR from which, and under which, an account without an explicit segment is in each segment. #}
{% macro segment_cuts() %}
    select
        segment,
        min_arr,
        lead(min_arr) over (order by min_arr) as next_min_arr
    from {{ ref('segments') }}
{%- endmacro %}
