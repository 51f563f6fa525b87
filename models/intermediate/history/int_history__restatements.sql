-- One row per account, day, model version, column and instant at which late data changed what was published: the value
-- before, the one after, and why. The `history` materialization writes them together with the rows that it replaces
-- (history_restated); this makes the table. It cannot be built again, so that --full-refresh leaves it alone.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

select
    cast(null as {{ dbt.type_string() }}) as account_id,
    cast(null as date) as as_of_date,
    cast(null as {{ dbt.type_string() }}) as model_version,
    cast(null as {{ dbt.type_string() }}) as column_name,
    cast(null as {{ dbt.type_string() }}) as value_before,
    cast(null as {{ dbt.type_string() }}) as value_after,
    cast(null as {{ dbt.type_string() }}) as cause,
    cast(null as {{ dbt.type_timestamp() }}) as restated_at
{{ no_rows() }}
