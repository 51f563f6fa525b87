-- The CSM's view of an account is a property of the company. Its history, where that is landed, says each time
-- that it was set and by whom; else each version of the company that changes the colour, or sets it again, is
-- one sentiment.
with

{% if raw_tables_of('hubspot', 'companies_property_history') %}
landed as (
    {{ raw_rows('hubspot', 'companies_property_history', [
        ('companyId', 'string'),
        ('property', 'string'),
        ('value', 'string'),
        ('timestamp', 'timestamp'),
        ('updatedByUserId', 'string'),
    ]) }}
),

final as (
    select
        {{ adapter.quote('companyId') }} as account_id,
        lower({{ clean_text('landed.value') }}) as sentiment,
        landed.{{ adapter.quote('timestamp') }} as set_at,
        {{ id_text(adapter.quote('updatedByUserId')) }} as set_by,
        cast(null as {{ dbt.type_string() }}) as note,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at
    from landed
    where
        property = {{ mapped_name('sentiment', 'csm_sentiment') }}
        and lower({{ clean_text('landed.value') }}) in ('green', 'yellow', 'red')
)
{% else %}
landed as (
    {{ raw_rows('hubspot', 'companies', [
        ('id', 'string'),
        ('updatedAt', 'timestamp'),
        ('archived', 'boolean'),
        ('properties_csm_sentiment', 'string', 'sentiment'),
        ('properties_csm_sentiment_set_at', 'timestamp', 'sentiment_set_at'),
        ('properties_csm_sentiment_set_by', 'string', 'sentiment_set_by'),
        ('properties_csm_sentiment_note', 'string', 'sentiment_note'),
    ]) }}
),

versions as (
    select
        landed.*,
        lower({{ clean_text('properties_csm_sentiment') }}) as sentiment,
        {{ adapter.quote('updatedAt') }} as changed_at
    from landed
    where not coalesce(archived, false)
),

compared as (
    select
        versions.*,
        lag(sentiment) over (partition by source_name, id order by changed_at) as previous_sentiment,
        lag(properties_csm_sentiment_set_at) over (
            partition by source_name, id order by changed_at
        ) as previous_set_at
    from versions
),

final as (
    select
        id as account_id,
        sentiment,
        coalesce(properties_csm_sentiment_set_at, changed_at) as set_at,
        {{ clean_text('properties_csm_sentiment_set_by') }} as set_by,
        {{ clean_text('properties_csm_sentiment_note') }} as note,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at
    from compared
    where
        sentiment in ('green', 'yellow', 'red')
        and (
            sentiment is distinct from previous_sentiment
            or properties_csm_sentiment_set_at is distinct from previous_set_at
        )
)
{% endif %}

select * from final
