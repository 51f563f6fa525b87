-- One row per account and signal on the account's last scored day: what was measured, in words, and the points that it
-- takes from 100.
with last_rows as (
    select *
    from marts.fct_signal_contributions_daily
    qualify dense_rank() over (
        partition by account_id
        order by as_of_date desc, in_force(model_version) desc, model_version desc
    ) = 1
),

-- Since when a value is frozen because its source is stale: the first of the days on end.
frozen_days as (
    select
        facts.account_id,
        facts.signal,
        facts.as_of_date,
        max(case when not facts.is_frozen then facts.as_of_date end) over (
            partition by facts.account_id, facts.signal
        ) as thawed_date,
        facts.is_frozen
    from marts.fct_signal_contributions_daily as facts
    inner join last_rows
        on
            facts.account_id = last_rows.account_id
            and facts.signal = last_rows.signal
            and facts.model_version = last_rows.model_version
            and facts.as_of_date <= last_rows.as_of_date
    where last_rows.is_frozen
),

frozen as (
    select
        account_id,
        signal,
        min(as_of_date) as frozen_since
    from frozen_days
    where is_frozen and as_of_date > coalesce(thawed_date, date '1900-01-01')
    group by account_id, signal
),

definitions as (
    select
        signal,
        any_value(dimension) as dimension,
        case when bool_and(status = 'confirmed') then 'confirmed' else 'assumed' end as weight_status
    from intermediate.signal_definitions
    group by signal
),

cuts as (
    select
        signal,
        cut,
        segment,
        threshold,
        signal_value as cut_value,
        unit
    from intermediate.signal_cuts
),

segments as (
    select
        account_id,
        as_of_date,
        model_version,
        segment
    from marts.fct_account_health_daily
),

-- The cuts that hold for the account: those of its segment, else those of all.
account_cuts as (
    select
        last_rows.account_id,
        last_rows.signal_value,
        cuts.*
    from last_rows
    inner join segments
        on
            last_rows.account_id = segments.account_id
            and last_rows.as_of_date = segments.as_of_date
            and last_rows.model_version = segments.model_version
    inner join cuts
        on last_rows.signal = cuts.signal and (cuts.segment is null or cuts.segment = segments.segment)
    qualify row_number() over (
        partition by last_rows.account_id, cuts.signal, cuts.cut
        order by cuts.segment nulls last
    ) = 1
),

-- How the next better value is reached: the nearest cut above the one that applied.
better as (
    select
        account_id,
        signal,
        arg_max(
            unit || coalesce(
                ' ' || plain_number(threshold),
                case when unit in ('sentiment', 'last business review') then ' ' || replace(cut, '_', ' ') end,
                ''
            ),
            row(-cut_value, cut)
        ) as next_cut,
        min(cut_value) as next_value
    from account_cuts
    where cut_value > signal_value
    group by account_id, signal
)

select
    page_of(last_rows.account_id) as account_page,
    in_words(signal_words(last_rows.signal)) as signal_name,
    in_words(definitions.dimension) as dimension,
    coalesce(printf('%.0f', last_rows.signal_value), 'no data')
    || coalesce(strftime(frozen.frozen_since, ', frozen since %-d %b'), '') as value_text,
    case
        when last_rows.signal_value is null then null
        else measured_in_words(
            last_rows.signal,
            sentence_of(last_rows.signal, last_rows.cut, last_rows.measure),
            last_rows.measure,
            lookbacks.threshold,
            recents.threshold
        )
    end as measure_text,
    case
        when last_rows.signal_value < 100 then better.next_cut || printf(' → %.0f', better.next_value)
    end as next_step,
    cast(last_rows.weight as double) as weight,
    coalesce(definitions.weight_status, 'assumed') as weight_status,
    round(last_rows.contribution, 6) as contribution,
    round(
        100 * cast(last_rows.weight as double) / nullif(sum(
            case when last_rows.signal_value is not null then cast(last_rows.weight as double) end
        ) over (partition by last_rows.account_id), 0)
        * case when last_rows.signal_value is not null then 1 end,
        6
    ) as share_of_score,
    round(
        cast(last_rows.weight as double) * (100 - last_rows.signal_value) / nullif(sum(
            case when last_rows.signal_value is not null then cast(last_rows.weight as double) end
        ) over (partition by last_rows.account_id), 0),
        6
    ) as points_lost
from last_rows
left join definitions
    on last_rows.signal = definitions.signal
left join frozen
    on last_rows.account_id = frozen.account_id and last_rows.signal = frozen.signal
left join better
    on last_rows.account_id = better.account_id and last_rows.signal = better.signal
left join cuts as lookbacks
    on last_rows.signal = lookbacks.signal and lookbacks.cut = 'lookback_days'
left join cuts as recents
    on last_rows.signal = recents.signal and recents.cut = 'recent_days'
order by last_rows.account_id, points_lost desc nulls last, last_rows.weight desc, last_rows.signal
