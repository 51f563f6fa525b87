-- Words that no vocabulary knows, each counted once a source and field, however many records have it.
with

words as (
    select distinct
        source_name,
        entity,
        column_name,
        given_value
    from {{ ref('fct_rejected_records') }}
    where reason = 'unknown_value' and is_current and column_name not in ('currency_code')
)

select
    'R3' as check_id,
    1.0 * count(*) as value,
    1 as n
from words
