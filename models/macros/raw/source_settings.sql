{# The configured red line of the row's source in whole hours, by its `source_name`; a day when nothing is configured. #}
{% macro source_red_line_hours() -%}
    {%- set red_lines = var('source_red_line_hours') -%}
    {%- if red_lines -%}
    case source_name
    {%- for name, hours in red_lines.items() %} when '{{ name }}' then {{ hours | int }}
    {%- endfor %} else 24 end
    {%- else -%}
    24
    {%- endif -%}
{%- endmacro %}

{# The hours after which a person is warned of the row's source, by its `source_name`; null where nobody is. #}
{% macro source_warn_hours() -%}
    {%- set lines = var('source_warn_hours') -%}
    {%- if lines -%}
    case source_name
    {%- for name, hours in lines.items() %} when '{{ name }}' then {{ hours | int }}
    {%- endfor %} end
    {%- else -%}
    cast(null as {{ dbt.type_int() }})
    {%- endif -%}
{%- endmacro %}

{# The configured delay of the row's source in whole hours, by its `source_name`. #}
{% macro source_delay_hours() -%}
    case source_name
    {%- for name, hours in var('source_delay_hours').items() %} when '{{ name }}' then {{ hours | int }}
    {%- endfor %} else 0 end
{%- endmacro %}

{# The configured delay of the row's source in days, rounded up: an event is known at the latest that many days after. #}
{% macro source_delay_days() -%}
    {%- set delays = var('source_delay_hours') -%}
    {%- if delays -%}
    case source_name
    {%- for name, hours in delays.items() %} when '{{ name }}' then {{ (hours | int + 23) // 24 }}
    {%- endfor %} else 0 end
    {%- else -%}
    0
    {%- endif -%}
{%- endmacro %}

{#
    Whether the row's source is one whose subscriptions are contracts (`contracts: true` in tenure.yaml). A contract in the
    CRM and its subscription in billing are one promise: both would count its ARR twice.
#}
{% macro is_contract_source() -%}
    source_name in ('{{ var("contract_sources") | join("', '") }}')
{%- endmacro %}

{#
    Whether the customers of the row's source are matched to accounts by a key, `account_id` or `domain`: as tenure.yaml
    says (`match_by`), else by `account_id` alone.
#}
{% macro is_matched_by(key) -%}
    {%- set by_default = key == 'account_id' -%}
    {%- set exceptions = [] -%}
    {%- for source, keys in var('source_match_by').items() if (key in keys) != by_default -%}
        {%- do exceptions.append(source) -%}
    {%- endfor -%}
    source_name {{ 'not ' if by_default }}in ('{{ exceptions | join("', '") }}')
{%- endmacro %}
