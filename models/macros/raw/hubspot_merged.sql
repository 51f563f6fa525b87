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
