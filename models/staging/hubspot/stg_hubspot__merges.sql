-- Companies that were merged into another: the one that is left lists them.
with

landed as (
    {{ raw_rows('hubspot', 'companies', [
        ('id', 'string'),
        ('updatedAt', 'timestamp'),
        ('properties_hs_merged_object_ids', 'string'),
    ]) }}
),

merged as (
    {{- hubspot_merged('landed') }}
),

final as (
    select
        id as account_id,
        merged_into_id as merged_into_account_id,
        merged_at,
        source_name
    from merged
)

select * from final
