{#
    CTEs that turn rows into versions with the days on which each is in force; the last CTE is `versions`, all columns
    of the rows plus

    - known_date: the first day on which the version counts. The day of its `known_at` when given (strict); else, for the
      earliest version of a key, `earliest_date`; else the day of `updated_at`.
    - known_until_date: the first day on which a later version counts, so that a version is in force on D when
      known_date <= D < known_until_date; a version that never is (replaced on its own day, or learned after a later
      one) is left out, and so is a deletion, which ends the version before it.
    - dated_from_date: the day from which the version is known by a date of its own, `known_at`, else `updated_at`;
      never, when it has neither.

    What is an account's is another's from the day on which the CRM is known to have merged the two
    (int_accounts__holders): a version that holds over that day is two, one under each account, and the second counts from
    then on.

    A version is placed by its `updated_at`, else its `known_at`; one with neither comes first. Of rows with the same key,
    `updated_at` and `known_at` the one loaded last counts.

    rows: the CTE that holds them, with `known_at`, `is_deleted` and `_airbyte_extracted_at`
    key: the columns that name the entity
    earliest_date: an expression over the rows; the default lets the earliest version stand for all days before it
    updated_at: the column that dates versions, or `none`
    is_held: whether the rows are an account's, by `account_id`, and go with it when it is merged into another
#}
{% macro version_intervals(rows, key, earliest_date=none, updated_at='updated_at', is_held=false) %}
    {%- set key_columns = key | join(', ') -%}
    {%- set version_at = 'coalesce(' ~ updated_at ~ ', known_at)' if updated_at else 'known_at' -%}
    {%- set dated_at = 'coalesce(known_at, ' ~ updated_at ~ ')' if updated_at else 'known_at' -%}
    {%- set version_columns = key_columns ~ (', ' ~ updated_at if updated_at else '') ~ ', known_at' -%}
deduplicated as (
    select
        {{ rows }}.*,
        row_number() over (
            partition by {{ version_columns }}
            order by _airbyte_extracted_at desc nulls last
        ) as copy_number
    from {{ rows }}
),

numbered as (
    select
        deduplicated.*,
        row_number() over (
            partition by {{ key_columns }}
            order by {{ version_at }} asc nulls first, known_at asc nulls first
        ) as version_number
    from deduplicated
    where copy_number = 1
),

dated as (
    select
        numbered.*,
        case
            when known_at is not null then {{ local_date('known_at') }}
            when version_number = 1 then {{ earliest_date or beginning_of_time() }}
            {%- if updated_at %}
            else {{ local_date(updated_at) }}
            {%- endif %}
        end as known_date,
        coalesce({{ local_date(dated_at) }}, {{ end_of_time() }}) as dated_from_date
    from numbered
),

intervals as (
    select
        dated.*,
        coalesce(
            min(known_date) over (
                partition by {{ key_columns }}
                order by version_number
                rows between 1 following and unbounded following
            ),
            {{ end_of_time() }}
        ) as known_until_date
    from dated
),

{{ 'told_versions' if is_held else 'versions' }} as (
    select *
    from intervals
    where known_date < known_until_date and not is_deleted
)
{%- if is_held %},

versions as (
    select
        told_versions.* replace (
            coalesce(holders.holder_account_id, told_versions.account_id) as account_id,
            greatest(told_versions.known_date, coalesce(holders.from_date, told_versions.known_date)) as known_date,
            least(told_versions.known_until_date, coalesce(holders.until_date, told_versions.known_until_date))
                as known_until_date
        ),
        told_versions.account_id as told_account_id
    from told_versions
    left join {{ ref('int_accounts__holders') }} as holders
        on
            told_versions.account_id = holders.account_id
            and told_versions.known_date < holders.until_date
            and told_versions.known_until_date > holders.from_date
)
{%- endif %}
{%- endmacro %}

{#
    When a fact without `known_at` could have been known: its first instant plus the delay with which its source delivers
    (var source_delay_hours: source name -> hours, 0 unless given).
#}
{% macro source_known_at(first_instant) -%}
    {%- set delays = var('source_delay_hours') -%}
    {%- if delays -%}
        {{ timestamp_add_hours(first_instant, source_delay_hours()) }}
    {%- else -%}
        {{ first_instant }}
    {%- endif -%}
{%- endmacro %}
