-- One row per day from the start of history to the as-of day: the calendar that metrics join to.
select cast(days.as_of_date as date) as date_day
from {{ date_series(history_start_date(), as_of_date()) }} as days
