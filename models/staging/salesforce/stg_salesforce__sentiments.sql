-- The CSM's view of an account is kept on the account: each version that changes the
-- colour, or sets it again, is one sentiment.
with

landed as (
    {{ raw_rows('salesforce', 'Account', [
        ('Id', 'string'),
        ('CSM_Sentiment__c', 'string', 'sentiment'),
        ('CSM_Sentiment_Set_At__c', 'timestamp', 'sentiment_set_at'),
        ('CSM_Sentiment_Set_By__c', 'string', 'sentiment_set_by'),
        ('CSM_Sentiment_Note__c', 'string', 'sentiment_note'),
        ('SystemModstamp', 'timestamp'),
    ]) }}
),

versions as (
    select
        landed.*,
        {{ mapped_value('sentiment', 'CSM_Sentiment__c') }} as sentiment,
        coalesce(CSM_Sentiment_Set_At__c, SystemModstamp) as set_at
    from landed
),

compared as (
    select
        versions.*,
        lag(sentiment) over (partition by source_name, Id order by SystemModstamp)
            as previous_sentiment,
        lag(CSM_Sentiment_Set_At__c) over (
            partition by source_name, Id order by SystemModstamp
        ) as previous_set_at
    from versions
),

final as (
    select
        {{ clean_text('Id') }} as account_id,
        sentiment,
        set_at,
        {{ clean_text('CSM_Sentiment_Set_By__c') }} as set_by,
        {{ clean_text('CSM_Sentiment_Note__c') }} as note,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at
    from compared
    where
        sentiment is not null
        and (
            sentiment is distinct from previous_sentiment
            or CSM_Sentiment_Set_At__c is distinct from previous_set_at
        )
)

select * from final
