{#
    CTEs that date the rows of a HubSpot stream; the last is `versions`, all columns of the rows plus `changed_at` and
    `is_archived`. A record that was merged into another is told no more from then on; a copy of what was last said of it
    stands for that, as archived.

    rows: the CTE that holds the stream's rows, as for `hubspot_merged`
    changed_at: when a row was changed, an expression over the rows
#}
{% macro hubspot_versions(rows, changed_at) -%}
merged as (
    {{- hubspot_merged(rows) }}
),

first_merges as (
    select
        source_name,
        id,
        min(merged_at) as merged_at
    from merged
    group by source_name, id
),

dated as (
    select
        {{ rows }}.*,
        {{ changed_at }} as said_at,
        first_merges.merged_at,
        row_number() over (
            partition by {{ rows }}.source_name, {{ rows }}.id
            order by {{ rows }}._airbyte_extracted_at desc, {{ rows }}._airbyte_raw_id desc
        ) as recency
    from {{ rows }}
    left join first_merges
        on {{ rows }}.source_name = first_merges.source_name and {{ rows }}.id = first_merges.id
),

versions as (
    select
        dated.*,
        said_at as changed_at,
        coalesce(archived, false) as is_archived
    from dated
    where merged_at is null or said_at < merged_at
    union all
    select
        dated.*,
        merged_at as changed_at,
        true as is_archived
    from dated
    where merged_at is not null and recency = 1
)
{%- endmacro %}

{#
    The records of a HubSpot stream that were merged into others, as a `select` of `source_name`, `id`, `merged_into_id` and
    `merged_at`, the instant of the first version that says so: the record that is left lists them in
    `hs_merged_object_ids`. HubSpot itself shows them no more and says nothing else of them.

    rows: the CTE that holds the stream's rows, with `id`, `updatedAt` and `properties_hs_merged_object_ids`
#}
{% macro hubspot_merged(rows) %}
    select
        {{ rows }}.source_name,
        {{ clean_text('merged_id') }} as id,
        {{ rows }}.id as merged_into_id,
        min({{ rows }}.{{ adapter.quote('updatedAt') }}) as merged_at
    from {{ rows }}
    cross join {{ list_items(rows ~ '.properties_hs_merged_object_ids', 'merged_id') }}
    where {{ clean_text('merged_id') }} is not null and {{ clean_text('merged_id') }} <> {{ rows }}.id
    group by {{ rows }}.source_name, {{ clean_text('merged_id') }}, {{ rows }}.id
{% endmacro %}
