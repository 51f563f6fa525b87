cut_days as (
    select
        measured.*,
        case
            when measured.row_count >= cuts.many_threshold then 'many'
            when measured.row_count >= cuts.some_threshold then 'some'
            when measured.row_count is not null then 'none'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.row_count', ['none', 'some', 'many']) }}
