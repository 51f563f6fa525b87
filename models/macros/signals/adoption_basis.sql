{#
    Whether features are held against what the segment uses, because the company has no list of what its accounts licensed:
    nothing of the kind was known of any account by the as-of day. It holds for all of history, so that all days are
    measured by one yardstick. Never without a source of usage. The var `has_licence_list` says it for unit tests.
#}
{% macro adopts_by_segment() %}
    {% set streams = [] %}
    {% for kind, stream in entity_streams()['usage_events'] %}{% do streams.extend(raw_tables_of(kind, stream)) %}{% endfor %}
    {% set has_list = var('has_licence_list', none) %}
    {% if has_list is none %}
        {% set has_list = not streams or licences_are_known() %}
    {% endif %}
    {% do return(not has_list) %}
{% endmacro %}

{# Whether a licensed feature of any account was known by the as-of day; true where the warehouse cannot be asked. #}
{% macro licences_are_known() %}
    {% set licences = relation_there('int_canonical__licensed_features') %}
    {% if licences is none %}
        {% do return(true) %}
    {% endif %}
    {% set found = run_query('select count(*) from ' ~ licences ~ ' where known_date <= ' ~ as_of_date()) %}
    {% do return(found.rows[0][0] | int > 0) %}
{% endmacro %}

{# The signals that tell how much of its features an account uses, of those that are computed. #}
{% macro adoption_signals() %}
    {% do return(['feature_adoption', 'adoption_30d'] | select('in', signals_used()) | list) %}
{% endmacro %}

{#
    The first day, as an ISO date, of which int_usage__segment_features is computed anew: the day after the last one that the
    history stands on, or an earlier one from which something else is known of an account that uses the product. The days
    before are those that were built.
#}
{% macro segment_features_from() %}
    {% set start = var('history_start_date') | string %}
    {% set built = relation_there('int_history__built_segment_features') if not flags.FULL_REFRESH else none %}
    {% if built is none %}
        {% do return(start) %}
    {% endif %}
    {% set text = dbt.type_string() %}
    {% set days %}
        select
            cast(
                (
                    select max(as_of_date) from {{ built }}
                    where cuts_hash = (select cuts_hash from {{ relation_there('int_signals__cuts_version') }})
                ) as {{ text }}
            ) as last_date,
            cast(
                (
                    select min(greatest(reopenings.from_date, account_starts.known_from_date))
                    from {{ relation_there('int_history__reopenings') }} as reopenings
                    inner join {{ relation_there('int_usage__account_starts') }} as account_starts
                        on reopenings.account_id = account_starts.account_id
                ) as {{ text }}
            ) as reopened_date
    {% endset %}
    {% set last_date, reopened_date = run_query(days).rows[0] %}
    {% if not last_date %}
        {% do return(start) %}
    {% endif %}
    {% set next_date = modules.datetime.date.fromisoformat(last_date) + modules.datetime.timedelta(days=1) %}
    {% do return([start, [next_date | string, as_of_day(), reopened_date or as_of_day()] | min] | max) %}
{% endmacro %}

{#
    The first day of use that can count on a day from `from_date` on, as SQL: the longest lookback of the adoption signals
    before it. The first build reads all.
#}
{% macro segment_features_lookback(from_date) -%}
    {%- if execute and flags.INTROSPECT is not false and var('history_start_date') | string not in from_date -%}
        {%- set lookback -%}
            select cast(max(threshold) as {{ dbt.type_int() }}) as days
            from {{ relation_there('signal_cuts') }}
            where cut = 'lookback_days' and signal in ('{{ adoption_signals() | join("', '") }}')
        {%- endset -%}
        {{- date_add_days(from_date, '-' ~ run_query(lookback).rows[0][0]) -}}
    {%- else -%}
        {{- beginning_of_time() -}}
    {%- endif -%}
{%- endmacro %}
