-- One row per signal that is computed: how many of the accounts in scope it speaks of on the as-of day, which
-- sources feed it, and what would let it speak of more.
{%- set entities = {} %}
{%- for entity, streams in entity_streams().items() | list + var('own_inputs').items() | list %}
{%- set missing = [] %}
{%- for kind, stream in streams if kind in connected('raw_tables') and not raw_tables_of(kind, stream) %}
{%- do missing.append(stream ~ ' (' ~ kind ~ ')') %}
{%- endfor %}
{%- set kinds = streams | map(attribute=0) | unique | list %}
{%- set sources = entity_sources() | selectattr(0, 'equalto', entity) | map(attribute=1) | list %}
{%- set found = {'kinds': kinds | join(', ')} %}
{%- for column, names in [
    ('source_names', sources),
    ('streams_not_landed', missing),
    ('vendor_streams', missing | reject('equalto', entity ~ ' (files)') | list),
    ('vendor_kinds', kinds | reject('equalto', 'files') | list),
] %}
{%- do found.update({column: "'" ~ names | join(', ') ~ "'" if names else 'null'}) %}
{%- endfor %}
{%- do entities.update({entity: found}) %}
{%- endfor %}
with

entities as (
    {%- for entity, found in entities.items() %}
    select
        '{{ entity }}' as source_entity,
        '{{ found.kinds }}' as kinds,
        cast({{ found.source_names }} as {{ dbt.type_string() }}) as source_names,
        cast({{ found.streams_not_landed }} as {{ dbt.type_string() }}) as streams_not_landed,
        cast({{ found.vendor_streams }} as {{ dbt.type_string() }}) as vendor_streams,
        cast({{ found.vendor_kinds }} as {{ dbt.type_string() }}) as vendor_kinds
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

signals as (
    select
        signal,
        dimension,
        source_entity,
        weight
    from {{ ref('int_signals__index') }}
    where segment = 'all'
),

needs as (
    select
        signal,
        words
    from {{ ref('signal_words') }}
    where part = 'needs' and cut is null
),

spoken as (
    select
        signal,
        count(*) as n,
        count(signal_value) as account_count
    from {{ ref('fct_signal_contributions_daily') }}
    where as_of_date = {{ as_of_date() }} and model_version = {{ model_version() }}
    group by signal
),

joined as (
    select
        signals.signal,
        signals.dimension,
        signals.weight,
        signals.source_entity,
        needs.words as needs,
        entities.source_names,
        entities.streams_not_landed,
        entities.kinds,
        entities.vendor_streams,
        entities.vendor_kinds,
        coalesce(spoken.account_count, 0) as account_count,
        coalesce(spoken.n, 0) as n
    from signals
    left join entities
        on signals.source_entity = entities.source_entity
    left join needs
        on signals.signal = needs.signal
    left join spoken
        on signals.signal = spoken.signal
),

final as (
    select
        {{ as_of_date() }} as as_of_date,
        signal,
        dimension,
        weight,
        source_entity,
        needs,
        source_names,
        streams_not_landed,
        account_count,
        n,
        case when n > 0 then 1.0 * account_count / n end as share,
        case
            when account_count > 0 then null
            when source_names is null and vendor_streams is not null
                then 'No ' || replace(source_entity, '_', ' ') || ' read yet: add the stream ' || vendor_streams
            when source_names is null and streams_not_landed is not null
                then
                    'No ' || replace(source_entity, '_', ' ') || ' read yet: add a file of them ("tenure map FILE")'
                    || coalesce(', or connect one of ' || vendor_kinds, '')
            when source_names is null
                then
                    'No source has ' || replace(source_entity, '_', ' ')
                    || coalesce('; connect one of ' || kinds, '')
            when n > 0 then 'Landed, but without what it takes' || coalesce(': ' || needs, '')
        end as advice
    from joined
)

select * from final
