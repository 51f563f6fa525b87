-- The largest share of records of one source and entity that is set aside. Usage is left out: a day reads no more of it
-- than that day's.
{% set entities = entity_streams().keys() | reject('equalto', 'usage_events') | list %}
{% set keyless = ['sentiments', 'overrides'] %}
with

taken as (
    {%- for entity in entities %}
    select
        source_name,
        '{{ entity }}' as entity,
        count({{ '*' if entity in keyless else 'distinct ' ~ record_rules(entity)['key'][0] }}) as record_count
    from {{ ref('int_canonical__' ~ entity) }}
    group by source_name
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

set_aside as (
    select
        source_name,
        entity,
        count(distinct coalesce(record_key, content)) as record_count
    from {{ ref('fct_rejected_records') }}
    where severity = 'row' and is_current
    group by source_name, entity
),

shares as (
    select
        set_aside.source_name,
        set_aside.entity,
        set_aside.record_count + coalesce(taken.record_count, 0) as record_count,
        1.0 * set_aside.record_count / (set_aside.record_count + coalesce(taken.record_count, 0)) as share
    from set_aside
    left join taken
        on set_aside.source_name = taken.source_name and set_aside.entity = taken.entity
),

totals as (
    select coalesce(sum(record_count), 0) as record_count from taken
),

worst as (
    select
        coalesce(max(share), 0.0) as share,
        coalesce(sum(record_count), 0) as record_count
    from shares
)

select
    'R4' as check_id,
    worst.share as value,
    totals.record_count + worst.record_count as n
from totals
cross join worst
