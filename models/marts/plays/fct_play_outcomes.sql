-- One row per play, version and whether somebody acted on it in time: how many had a renewal whose outcome is known,
-- and the share that was won, with a Wilson 95 % interval. Plays that were acted on stand beside those that were not;
-- who acts chooses whom to act on, so that the difference is no proof.
with

plays as (

    select
        play,
        title,
        version,
        state,
        renewal_outcome,
        is_save,
        days_to_action,
        steps,
        steps_met,
        first_action_date is not null and (renewal_outcome is null or renewal_outcome = 'churned' or is_save)
            as was_acted_on
    from {{ ref('fct_plays') }}

),

counted as (

    select
        play,
        title,
        version,
        was_acted_on,
        count(*) as plays,
        sum(case when state in ('running', 'closing') then 1 else 0 end) as running,
        sum(case when state = 'completed' then 1 else 0 end) as completed,
        sum(steps) as steps,
        sum(steps_met) as steps_met,
        avg(days_to_action) as mean_days_to_action,
        count(renewal_outcome) as renewals,
        sum(case when renewal_outcome <> 'churned' then 1 else 0 end) as renewals_won
    from plays
    group by play, title, version, was_acted_on

),

shares as (

    select
        counted.*,
        cast(nullif(renewals, 0) as {{ dbt.type_float() }}) as n,
        case when renewals > 0 then renewals_won / cast(renewals as {{ dbt.type_float() }}) end as won_rate,
        -- the standard normal's 97.5 % point
        1.959964 as z
    from counted

),

intervals as (

    select
        shares.*,
        (won_rate + z * z / (2 * n) - z * sqrt(won_rate * (1 - won_rate) / n + z * z / (4 * n * n)))
        / (1 + z * z / n) as low,
        (won_rate + z * z / (2 * n) + z * sqrt(won_rate * (1 - won_rate) / n + z * z / (4 * n * n)))
        / (1 + z * z / n) as high
    from shares

),

final as (

    select
        play,
        title,
        version,
        was_acted_on,
        plays,
        running,
        completed,
        steps,
        steps_met,
        mean_days_to_action,
        renewals,
        renewals_won,
        won_rate,
        -- where all or none were won, an end of the interval is the share itself, but for the last digit
        case when won_rate is not null then least(low, won_rate) end as won_rate_low,
        case when won_rate is not null then greatest(high, won_rate) end as won_rate_high
    from intervals

)

select * from final
