-- One row: the hash of all cuts of signals. Signals are kept by it, so that a changed cut gives each day a new value.
with

cuts as (
    select
        signal,
        cut,
        {{ surrogate_key(['signal', 'cut', micros('threshold'), micros('signal_value')]) }} as cut_key
    from {{ ref('signal_cuts') }}
),

final as (
    select {{ dbt.hash("string_agg(cut_key, ',' order by signal, cut)") }} as cuts_hash
    from cuts
)

select * from final
