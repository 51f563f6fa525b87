-- One row per account and cause for which something else is known of its past than when history was last built: the
-- first day that this may change. What a run has begun to build again and did not complete is begun again.
{%- set relations = {} %}
{%- for name in ['built_inputs', 'built_usage', 'reopenings'] %}
{%- do relations.update({name: relation_there('int_history__' ~ name)}) %}
{%- endfor %}
{%- set is_unfinished = history_is_unfinished(relations.reopenings) %}
with

landed as (
    select * from {{ ref('int_usage__landed') }}
),

appended_sources as (
    select source_name from landed
    where is_appended
),

-- Usage of sources that were read whole is compared like all else; a source that is new, or gone, differs in all.
inputs as (
    select
        account_id,
        entity,
        period_date,
        row_count,
        fingerprint
    from {{ ref('int_history__inputs') }}
    union all
    select
        account_id,
        'usage of ' || source_name as entity,
        period_date,
        row_count,
        fingerprint
    from landed
    where
        account_id <> ''
        and source_name not in (select appended_sources.source_name from appended_sources)
),

built as (
    {%- if relations.built_inputs is none or relations.built_usage is none %}
    select * from inputs
    {%- else %}
    select
        account_id,
        entity,
        {{ history_input_period('period_date') }} as period_date,
        sum(row_count) as row_count,
        sum(fingerprint) as fingerprint
    from {{ relations.built_inputs }}
    group by 1, 2, 3
    union all
    select
        account_id,
        'usage of ' || source_name as entity,
        {{ history_input_period('period_date') }} as period_date,
        sum(row_count) as row_count,
        sum(fingerprint) as fingerprint
    from {{ relations.built_usage }}
    where
        account_id <> ''
        and source_name not in (select appended_sources.source_name from appended_sources)
    group by 1, 2, 3
    {%- endif %}
),

-- Rows that came, went, or say something else.
changed as (
    select
        coalesce(inputs.account_id, built.account_id) as account_id,
        coalesce(inputs.entity, built.entity) as entity,
        case
            when coalesce(inputs.row_count, 0) > coalesce(built.row_count, 0) then 'came late'
            when coalesce(inputs.row_count, 0) < coalesce(built.row_count, 0) then 'went'
            else 'changed'
        end as change,
        coalesce(inputs.period_date, built.period_date) as from_date
    from inputs
    full outer join built
        on
            inputs.account_id = built.account_id
            and inputs.entity = built.entity
            and inputs.period_date = built.period_date
    where
        coalesce(inputs.row_count, 0) <> coalesce(built.row_count, 0)
        or coalesce(inputs.fingerprint, 0) <> coalesce(built.fingerprint, 0)
    union all
    select
        account_id,
        'usage of ' || source_name as entity,
        'came late' as change,
        first_known_date as from_date
    from landed
    where
        account_id <> ''
        and source_name in (select appended_sources.source_name from appended_sources)
),

causes as (
    select
        account_id,
        case entity
            when 'terms' then 'contracts'
            when 'stale_days' then 'days on which a usage feed looked broken'
            when 'usage_identities' then 'identities of usage'
            when 'stale_sources' then 'days on which a source was past its red line'
            else entity
        end || ' ' || change as cause,
        from_date
    from changed
    where from_date <= {{ as_of_date() }}
    {%- if is_unfinished %}
    union all
    select
        account_id,
        cause,
        from_date
    from {{ history_begun(relations.reopenings) }}
    where from_date <= {{ as_of_date() }}
    {%- endif %}
),

final as (
    select
        account_id,
        cause,
        min(from_date) as from_date,
        '{{ invocation_id }}' as begun_by
    from causes
    group by account_id, cause
)

select * from final
