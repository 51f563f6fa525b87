{#
    One row with the cuts of a signal: <cut>_threshold and <cut>_value of each cut named, and each of the days (cuts that
    end in _days) as a whole number.

    signal_cuts('login_frequency', cuts=['high', 'low'], days=['lookback_days'])
#}
{% macro signal_cuts(signal, cuts=[], days=[]) %}
    select
        {%- for cut in cuts %}
        max(case when cut = '{{ cut }}' then threshold end) as {{ cut }}_threshold,
        max(case when cut = '{{ cut }}' then signal_value end) as {{ cut }}_value,
        {%- endfor %}
        {%- for cut in days %}
        cast(max(case when cut = '{{ cut }}' then threshold end) as {{ dbt.type_int() }}) as {{ cut }},
        {%- endfor %}
        max(signal) as signal
    from {{ ref('signal_cuts') }}
    where signal = '{{ signal }}'
{%- endmacro %}
