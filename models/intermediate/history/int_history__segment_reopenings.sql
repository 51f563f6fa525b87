-- One row per account for which its segment's features of a built day are others now, because something else is known
-- of somebody's use or segment: the first such day. Only where features are held against what the segment uses.
{%- set built = relation_there('int_history__built_segment_features') if not flags.FULL_REFRESH else none %}
with

features as (
    select
        signal,
        segment,
        as_of_date,
        feature,
        cuts_hash
    from {{ ref('int_usage__segment_features') }}
    where feature is not null and as_of_date <= {{ as_of_date() }}
),

built as (
    {%- if built is none %}
    select * from features
    {%- else %}
    select
        signal,
        segment,
        as_of_date,
        feature,
        cuts_hash
    from {{ built }}
    where
        feature is not null
        and as_of_date <= {{ as_of_date() }}
        and cuts_hash = (select cuts_version.cuts_hash from {{ ref('int_signals__cuts_version') }} as cuts_version)
    {%- endif %}
),

-- days after the last that was built are new to everybody
last_built as (
    select max(as_of_date) as last_date
    from {{ built or ref('int_usage__segment_features') }}
    where cuts_hash = (select cuts_version.cuts_hash from {{ ref('int_signals__cuts_version') }} as cuts_version)
),

changed as (
    select
        coalesce(features.segment, built.segment) as segment,
        coalesce(features.as_of_date, built.as_of_date) as as_of_date
    from features
    full outer join built
        on
            features.signal = built.signal
            and features.segment = built.segment
            and features.as_of_date = built.as_of_date
            and features.feature = built.feature
    where features.feature is null or built.feature is null
),

changed_days as (
    select
        changed.segment,
        changed.as_of_date
    from changed
    inner join last_built
        on changed.as_of_date <= last_built.last_date
    group by changed.segment, changed.as_of_date
),

final as (
    select
        spans.account_id,
        'features of the segment changed' as cause,
        min(changed_days.as_of_date) as from_date
    from changed_days
    inner join {{ ref('int_accounts__account_spans') }} as spans
        on
            changed_days.segment = spans.segment
            and changed_days.as_of_date >= spans.from_date
            and changed_days.as_of_date < spans.until_date
    group by spans.account_id
)

select * from final
