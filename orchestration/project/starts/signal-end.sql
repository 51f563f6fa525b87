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

final as (
    select
        cut_days.account_id,
        cut_days.as_of_date,
        cast(cut_days.row_count as {{ dbt.type_float() }}) as measure,
        cut_days.cut,
        {{ cut_value('cut_days.cut', ['none', 'some', 'many']) }} as signal_value,
        true as is_leak_proof,
        cuts_version.cuts_hash
    from cut_days
    {{ cuts_on_day('cut_days') }}
    cross join {{ ref('int_signals__cuts_version') }} as cuts_version
)

select * from final
