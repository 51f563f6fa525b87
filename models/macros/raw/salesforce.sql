{#
    An id of a Salesforce record as Salesforce's interfaces give it, with 18 characters. Its pages and reports show the first
    15 of them, which is how ids come into files, support desks and billing; upper and lower case tell such ids apart. The
    three more say for each five characters which are upper case: the place in the alphabet is the sum of 1, 2, 4, 8 and 16
    for the first to fifth (https://help.salesforce.com/s/articleView?id=000385008). What is no id of 15 characters stays
    as it is, as does everything where no Salesforce is connected.

        salesforce_id('account_id')  -- 0015f000002Mr6I -> 0015f000002Mr6IAAS
#}
{% macro salesforce_id(id) -%}
    {%- if not raw_tables_of('salesforce', 'Account') -%}
        {{ id }}
    {%- else -%}
        {%- set key_prefixes = {'account': '001', 'contact': '003', 'user': '005', 'opportunity': '006', 'contract': '800'} -%}
        case
            when
                length({{ id }}) = 15
                and substr({{ id }}, 1, 3) in ('{{ key_prefixes.values() | join("', '") }}')
                and regexp_replace({{ id }}, '^[a-zA-Z0-9]*$', '') = ''
                then {{ id }}
                {%- for block in range(3) %}
                || substr(
                    'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345',
                    1
                    {%- for place in range(5) %}
                    + case when substr({{ id }}, {{ 5 * block + place + 1 }}, 1) between 'A' and 'Z' then {{ 2 ** place }} else 0 end
                    {%- endfor %},
                    1
                )
                {%- endfor %}
            else {{ id }}
        end
    {%- endif -%}
{%- endmacro %}

{# Of which account each contact, or opportunity, is: one row per version of it, of which `recency` 1 is the latest. #}
{% macro salesforce_account_of(records, key) %}
    select
        source_name,
        {{ key }},
        account_id,
        row_number() over (
            partition by source_name, {{ key }}
            order by updated_at desc nulls last, _airbyte_extracted_at desc nulls last
        ) as recency
    from {{ ref('stg_salesforce__' ~ records) }}
{%- endmacro %}
