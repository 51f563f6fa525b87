{# What `raw_rows` calls a column: its own name, or that of the field when it is a part of a JSON column. #}
{% macro raw_name(column) %}
    {% do return(column[2] if '.' in column[0] else column[0]) %}
{% endmacro %}
