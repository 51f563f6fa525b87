-- Salesforce gives units of the currency for one of the corporate currency, which is
-- taken to be the tenant's; the canonical rate is the other way round.
with

landed as (
    {{ raw_rows('salesforce', 'DatedConversionRate', [
        ('IsoCode', 'string'),
        ('StartDate', 'date'),
        ('ConversionRate', 'number'),
    ]) }}
),

final as (
    select
        upper({{ clean_text('IsoCode') }}) as currency_code,
        StartDate as valid_from,
        1 / nullif(ConversionRate, 0) as rate,
        cast(null as {{ dbt.type_timestamp() }}) as known_at,
        source_name,
        _airbyte_extracted_at
    from landed
)

select * from final
