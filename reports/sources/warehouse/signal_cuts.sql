-- One row per cut and segment of the signals in use: which measure gives which value, and why.
select
    in_words(signal_words(cuts.signal)) as signal_name,
    in_words(cuts.cut) as cut,
    coalesce(in_words(cuts.segment), 'All') as segment,
    cuts.unit || coalesce(' ' || plain_number(cuts.threshold), '') as threshold_text,
    cuts.signal_value,
    cuts.status,
    -- without the numbers of the requirements that it begins with
    nullif(regexp_replace(cuts.rationale, '^R\d+( and R\d+)*(: )?', ''), '') as rationale
from intermediate.signal_cuts as cuts
where cuts.signal in (select signal from marts.fct_signal_contributions_daily)
order by cuts.signal, cuts.signal_value desc, cuts.cut, cuts.segment nulls first
