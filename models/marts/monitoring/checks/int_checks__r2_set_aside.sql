-- Records that are set aside, of every source, by what is said of them now.
with

rejected as (
    select distinct
        source_name,
        entity,
        coalesce(record_key, file_name || cast(line_number as {{ dbt.type_string() }}), content) as record
    from {{ ref('fct_rejected_records') }}
    where severity = 'row' and is_current
)

select
    'R2' as check_id,
    1.0 * count(*) as value,
    1 as n
from rejected
