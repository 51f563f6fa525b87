-- What a deal pipeline is called, by its last version; its name says what its deals are for.
with

landed as (
    {{ raw_rows('hubspot', 'deal_pipelines', [
        ('pipelineId', 'string'),
        ('label', 'string'),
        ('updatedAt', 'integer'),
    ]) }}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by source_name, {{ adapter.quote('pipelineId') }}
            order by {{ adapter.quote('updatedAt') }} desc, _airbyte_extracted_at desc
        ) as version_number
    from landed
),

final as (
    select
        {{ adapter.quote('pipelineId') }} as pipeline_id,
        lower({{ clean_text('label') }}) as label,
        source_name
    from numbered
    where version_number = 1
)

select * from final
