{#
    The rows of one stream of a kind of source, from each connected source that has it, as a `select` of
    `source_name`, the columns asked for, `_airbyte_extracted_at` and `_airbyte_raw_id`.

        raw_rows('files', 'accounts', [('account_id', 'string'), ('created_at', 'timestamp')])

    Types are the logical ones of `column_type`. A value that does not fit its type is null; a column that a raw
    table lacks is null; a stream that nobody has gives no rows, so that a model over it is empty, not broken.
    Column names match whatever their case.

    A third item names a field that tenure.yaml may map to another column (`sources: - {…, fields: {sentiment: …}}`):
    ('CSM_Sentiment__c', 'string', 'sentiment') reads the column mapped, and calls it CSM_Sentiment__c all the same.
    A column may go on into its JSON, `metadata.account_id`; it is then called as the field.

    `sources` are the only sources whose rows count, as a list; all of them unless given.
#}
{% macro raw_rows(kind, stream, columns, sources=none) %}
    {%- set tables = [] -%}
    {%- for table in raw_tables_of(kind, stream) -%}
        {%- if sources is none or connected('source_names').get(table, table) in sources -%}
            {%- do tables.append(table) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set loaded = [('_airbyte_extracted_at', 'timestamp'), ('_airbyte_raw_id', 'string')] -%}
    {%- for table in tables %}
    {%- set relation = raw_relation(table) -%}
    {%- set source = connected('source_names').get(table, table) -%}
    {%- set landed = {} -%}
    {%- set types = connected('raw_columns').get(table, {}) -%}
    {%- for name in types -%}{%- do landed.update({name | lower: name}) -%}{%- endfor %}
    select
        cast('{{ source }}' as {{ dbt.type_string() }}) as source_name
        {%- for column in columns + loaded %},
        {{ raw_field(landed, source, column, types) }} as {{ adapter.quote(raw_name(column)) }}
        {%- endfor %}
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as source_name
        {%- for column in columns + loaded %},
        {{ raw_value(none, column[1]) }} as {{ adapter.quote(raw_name(column)) }}
        {%- endfor %}
    {{ no_rows() }}
    {%- endfor %}
{% endmacro %}

{# The relation of a landed raw table, given as `schema.table`; our own schemas take the dataset prefix on BigQuery. #}
{% macro raw_relation(table) %}
    {% set parts = table.split('.') %}
    {% set schema = schema_named(parts[0]) | trim if parts[0] == 'raw' else parts[0] %}
    {% do return(api.Relation.create(database=target.database, schema=schema, identifier=parts[1:] | join('.'))) %}
{% endmacro %}

{# Ends a `select` of constants that yields no row. BigQuery wants a `from` before a `where`. #}
{% macro no_rows() -%}
    from (select 1 as one) as one_row where false
{%- endmacro %}
