{#
    The value that a signal has by the cut that applied, null without one: {{ cut_value('cut', ['high', 'low']) }}, beside a
    CTE `cuts` of signal_cuts with these cuts.

    cut: an expression, the name of the seed row that applied
    cuts: the names that it may have
#}
{% macro cut_value(cut, cuts) -%}
    case {{ cut }}
        {%- for name in cuts %}
        when '{{ name }}' then cuts.{{ name }}_value
        {%- endfor %}
    end
{%- endmacro %}
