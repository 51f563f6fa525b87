-- What the files' reader rejected: one row per line and fault. A table of an earlier version has no `severity`: all
-- that it holds are rows; and no `stream`: a file has the name of its table. Where no file was ever synced there is
-- no table.
{%- set rejected = source('raw', '_rejected') %}
{%- set is_asked = execute and flags.INTROSPECT is not false %}
{%- set found = adapter.get_relation(rejected.database, rejected.schema, rejected.identifier)
    if is_asked else rejected %}
{%- set columns = adapter.get_columns_in_relation(found) | map(attribute='name') | map('lower') | list
    if is_asked and found else ['severity', 'stream'] %}
{% if found %}
select
    source_name,
    {% if 'stream' in columns -%}
    coalesce(stream, lower(regexp_replace(file_name, '[.].*$', ''))) as entity,
    {%- else -%}
    lower(regexp_replace(file_name, '[.].*$', '')) as entity,
    {%- endif %}
    record_key,
    column_name,
    reason,
    {{ "coalesce(severity, 'row')" if 'severity' in columns else "cast('row' as " ~ dbt.type_string() ~ ')' }} as severity,
    file_name,
    line_number,
    content
from {{ rejected }}
{% else %}
select
    {%- for column in ['source_name', 'entity', 'record_key', 'column_name', 'reason', 'severity', 'file_name'] %}
    cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
    cast(null as {{ dbt.type_bigint() }}) as line_number,
    cast(null as {{ dbt.type_string() }}) as content
{{ no_rows() }}
{% endif %}
