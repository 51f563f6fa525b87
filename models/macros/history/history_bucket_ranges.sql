{#
    The buckets of accounts that a run builds at once, as a list of [first, last]: so many that each has at most
    bucket_account_days rows (the model's configuration, else the var), by the accounts there are and the days to compute.
    A few days are one piece.
#}
{% macro history_bucket_ranges(from_date) %}
    {% do return(adapter.dispatch('history_bucket_ranges')(from_date)) %}
{% endmacro %}

{% macro default__history_bucket_ranges(from_date) %}
    {% set buckets = var('account_buckets') | int %}
    {% set iso = modules.datetime.date.fromisoformat %}
    {% set days = (iso(as_of_day()) - iso(from_date | string)).days + 1 %}
    {% set accounts = adapter.get_relation(
        database=target.database, schema=schema_named('intermediate'), identifier='int_canonical__accounts'
    ) %}
    {% set pieces = 1 %}
    {% if days > 31 and accounts is not none %}
        {% set sql = 'select count(distinct account_id) as account_count from ' ~ accounts %}
        {% set rows = run_query(sql).rows[0][0] | int * days %}
        {% set pieces = [buckets, rows // (config.get('bucket_account_days', var('bucket_account_days')) | int) + 1] | min %}
    {% endif %}
    {% set ranges = [] %}
    {% for piece in range(pieces) %}
        {% do ranges.append([piece * buckets // pieces, (piece + 1) * buckets // pieces - 1]) %}
    {% endfor %}
    {% do return(ranges) %}
{% endmacro %}

{# BigQuery finds the memory itself, and each piece would read (and bill) all over again. #}
{% macro bigquery__history_bucket_ranges(from_date) %}
    {% do return([[0, var('account_buckets') | int - 1]]) %}
{% endmacro %}
