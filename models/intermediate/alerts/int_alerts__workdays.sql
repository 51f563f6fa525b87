-- One row per day on which something may be due: the workday on which it is then, the same or the next
-- (`workday_from`), and the last workday by then (`workday_by`). People work from Monday to Friday, but for holidays.
with

bounds as (

    select
        {{ date_add_days(history_start_date(), -30) }} as first_date,
        {{ date_add_days(as_of_date(), 800) }} as last_date

),

days as (

    select
        days.as_of_date as day_date,
        -- 5 January 1970 was a Monday
        mod({{ days_between("cast('1970-01-05' as date)", 'days.as_of_date') }}, 7) < 5
        and holidays.holiday_date is null as is_workday
    from bounds
    cross join {{ date_series('bounds.first_date', 'bounds.last_date') }} as days
    left join {{ ref('holidays') }} as holidays
        on days.as_of_date = holidays.holiday_date

),

final as (

    select
        day_date,
        min(case when is_workday then day_date end) over (
            order by day_date rows between current row and unbounded following
        ) as workday_from,
        max(case when is_workday then day_date end) over (
            order by day_date rows between unbounded preceding and current row
        ) as workday_by
    from days

)

select * from final
