with

landed as (
    {{ raw_rows('files', 'identities', [
        ('source', 'string'),
        ('customer_id', 'string'),
        ('account_id', 'string'),
        ('known_at', 'timestamp'),
    ]) }}
),

numbered as (
    select
        {{ clean_text('source') }} as customer_source_name,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('account_id') }} as account_id,
        known_at,
        row_number() over (
            partition by {{ clean_text('source') }}, {{ clean_text('customer_id') }}
            order by known_at desc nulls last, _airbyte_extracted_at desc nulls last, account_id asc
        ) as version_number
    from landed
),

-- who a record's customer is holds for all time: the last word of it counts
final as (
    select
        customer_source_name,
        customer_id,
        account_id,
        known_at
    from numbered
    where version_number = 1
)

select * from final
