-- The data quality audit of the as-of day: one row per aspect, how many of the accounts in scope are complete in it and
-- how many of the others are known not to be, and one row `all` with the score: the weighted mean of the aspects that
-- have anything to look at. Below the line of D4 renewal dates pause what is automated: alerts are held, and nothing is
-- written outside.
with

rules as (

    select * from {{ ref('quality_rules') }}

),

-- The lines of completeness below which there is a warning (D1, of what is missing) and a pause (D4).
lines as (

    select
        max(case when check_id = 'D1' then red_line end) as warn_missing_share,
        max(case when check_id = 'D4' then red_line end) as pause_share
    from {{ ref('check_rules') }}

),

aspects as (

    select
        aspect,
        count(case when is_complete then 1 end) as complete_count,
        count(case when is_known then 1 end) as known_count,
        count(*) as n
    from {{ ref('fct_data_quality_accounts') }}
    group by aspect

),

measured as (

    select
        rules.aspect,
        rules.title,
        rules.advice,
        rules.weight,
        coalesce(aspects.complete_count, 0) as complete_count,
        coalesce(aspects.known_count, 0) as known_count,
        coalesce(aspects.n, 0) as n,
        1.0 * aspects.complete_count / aspects.n as complete_share
    from rules
    left join aspects
        on rules.aspect = aspects.aspect

),

summed as (

    select
        max(n) as n,
        sum(case when n > 0 then weight end) as weight,
        sum(weight * complete_share) / sum(case when n > 0 then weight end) as complete_share,
        max(case when aspect = 'renewal_date' then complete_share end) as dated_share
    from measured

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        measured.aspect,
        measured.title,
        measured.weight,
        measured.complete_count,
        measured.known_count,
        measured.n,
        measured.complete_share,
        case when measured.aspect = 'renewal_date' then lines.pause_share end as pause_share,
        case
            when measured.aspect = 'renewal_date' then coalesce(measured.complete_share < lines.pause_share, false)
        end as is_paused,
        case when measured.complete_count < measured.n then measured.advice end as advice
    from measured
    cross join lines
    union all
    select
        {{ as_of_date() }} as as_of_date,
        'all' as aspect,
        'Data quality score' as title,
        summed.weight,
        null as complete_count,
        null as known_count,
        summed.n,
        summed.complete_share,
        null as pause_share,
        cast(null as {{ dbt.type_boolean() }}) as is_paused,
        case
            when summed.dated_share < lines.pause_share
                then 'Pause: enter renewal dates before anything is automated'
            when 1 - summed.dated_share >= lines.warn_missing_share
                then 'Clean up renewal dates first'
        end as advice
    from summed
    cross join lines

)

select * from final
