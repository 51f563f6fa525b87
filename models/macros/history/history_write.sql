{# Writes the rows of the buckets' queries, one bucket after the other, into a new table. #}
{% macro history_write(new_rows, bucket_queries) %}
    {% for bucket_query in bucket_queries %}
        {% call statement('main' if loop.first else 'buckets_' ~ loop.index) %}
            {% if loop.first %}
                {{ create_table_as(history_expires(), new_rows, bucket_query) }}
            {% else %}
                insert into {{ new_rows }} {{ bucket_query }}
            {% endif %}
        {% endcall %}
    {% endfor %}
{% endmacro %}
