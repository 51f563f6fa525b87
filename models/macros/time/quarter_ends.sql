{# The quarter ends from a day to a day (ISO dates), and the second day itself, as a list of ISO dates in order. #}
{% macro quarter_ends(from_day, to_day) %}
    {# YAML makes a date of an ISO date without quotes #}
    {% set from_day = from_day | string %}
    {% set to_day = to_day | string %}
    {% set days = [] %}
    {% for year in range(from_day[:4] | int, to_day[:4] | int + 1) %}
        {% for month_end in ['03-31', '06-30', '09-30', '12-31'] %}
            {% set day = year ~ '-' ~ month_end %}
            {% if from_day <= day and day < to_day %}
                {% do days.append(day) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% do return(days + [to_day]) %}
{% endmacro %}
