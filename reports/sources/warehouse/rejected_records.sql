-- One row per source, kind of record, column and reason: what cannot be read of the records as they are now. A record with
-- several faults is in several rows; `first_count` and `first_arr` count it once.
with

numbered as (
    select
        *,
        row_number() over (
            partition by source_name, entity, severity, coalesce(record_key, file_name || line_number, content)
            order by column_name, reason
        ) as fault_number
    from marts.fct_rejected_records
    where is_current
)

select
    source_name,
    entity,
    coalesce(column_name, '(the whole line)') as column_name,
    case reason
        when 'missing_value' then 'nothing there'
        when 'missing_column' then 'no such column'
        when 'bad_date' then 'no date'
        when 'bad_number' then 'no number'
        when 'bad_boolean' then 'neither yes nor no'
        when 'bad_range' then 'cannot be so'
        when 'unknown_value' then 'not known'
        when 'unknown_account' then 'the account is unknown'
        when 'duplicate_key' then 'there twice'
        else replace(reason, '_', ' ')
    end as finding,
    case severity when 'row' then 'set aside' else 'counts without it' end as severity_text,
    severity = 'row' as is_set_aside,
    count(*) as record_count,
    count(case when fault_number = 1 then 1 end) as first_count,
    sum(case when fault_number = 1 then cast(arr as double) end) as first_arr,
    sum(cast(arr as double)) as arr_in_currency,
    currency_code,
    min(given_value) as example_value,
    min(record_key) as example_key
from numbered
group by all
order by is_set_aside desc, record_count desc, source_name, entity, column_name
