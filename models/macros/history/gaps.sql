{#
    True for the last days in scope (at_risk_rows of score_rules) before a gap, of accounts that came back so lately that
    the lookback of the score holds fewer of their days: `where {{ in_days_before_gaps('composites.as_of_date') }}`. It may
    hold for more. As compiled it holds for all days; the `history` materialization puts the days in as constants, by
    which a warehouse finds what it need not read.
#}
{% macro in_days_before_gaps(day) -%}
    {{ day }} {{ history_mark_gaps() }}
{%- endmacro %}

{# What `in_days_before_gaps` asks of a day, as compiled. `history_narrow` finds it by its comment. #}
{% macro history_mark_gaps() -%}
    is not null /* days before gaps */
{%- endmacro %}

{#
    The same as it holds for the days from one on (ISO date), with `reopened_accounts`, a query of their ids, for these
    alone: `in (…)`, or `is null` when there is none.
#}
{% macro history_days_before_gaps(from_date, lookback_days, reopened_accounts=none) %}
    {% set lookback_from = modules.datetime.date.fromisoformat(from_date | string)
        - modules.datetime.timedelta(days=lookback_days) %}
    {% set sql %}
        with

        rules as (
            select cast(value as {{ dbt.type_int() }}) as at_risk_rows
            from {{ ref('score_rules') }}
            where rule = 'at_risk_rows'
        ),

        spans as (
            select
                account_id,
                from_date,
                until_date
            from {{ ref('int_accounts__account_spans') }}
            {%- if reopened_accounts %}
            where account_id in ({{ reopened_accounts }})
            {%- endif %}
        ),

        present as (
            select distinct account_id from spans
            where until_date > cast('{{ from_date }}' as date)
        ),

        recent as (
            select
                spans.account_id,
                sum({{ days_between(
                    "greatest(spans.from_date, cast('" ~ lookback_from ~ "' as date))",
                    "least(spans.until_date, cast('" ~ from_date ~ "' as date))"
                ) }}) as day_count
            from spans
            where
                spans.from_date < cast('{{ from_date }}' as date)
                and spans.until_date > cast('{{ lookback_from }}' as date)
            group by spans.account_id
        ),

        numbered as (
            select
                days.as_of_date,
                rules.at_risk_rows,
                row_number() over (partition by spans.account_id order by days.as_of_date desc) as recency
            from spans
            cross join rules
            inner join present
                on spans.account_id = present.account_id
            left join recent
                on spans.account_id = recent.account_id
            cross join {{ date_series(
                'greatest(spans.from_date, ' ~ date_add_days(
                    "least(spans.until_date, cast('" ~ lookback_from ~ "' as date))", '-rules.at_risk_rows'
                ) ~ ')',
                date_add_days("least(spans.until_date, cast('" ~ lookback_from ~ "' as date))", -1)
            ) }} as days
            where
                spans.from_date < cast('{{ lookback_from }}' as date)
                and coalesce(recent.day_count, 0) < rules.at_risk_rows
        )

        select distinct as_of_date from numbered
        where recency <= at_risk_rows
    {% endset %}
    {% set found = is_day_in('', sql) | trim %}
    {% do return('is null' if found == 'false' else found) %}
{% endmacro %}
