{# What a field is called in the row's source, as a text: the name that tenure.yaml maps it to, else the one given. #}
{% macro mapped_name(field, name) -%}
    {%- set mapped = [] -%}
    {%- for source, fields in var('source_fields').items() if field in fields -%}
        {%- do mapped.append((source, fields[field])) -%}
    {%- endfor -%}
    {%- if mapped -%}
    case source_name
        {%- for source, column in mapped %}
        when '{{ source }}' then '{{ column }}'
        {%- endfor %}
        else '{{ name }}'
    end
    {%- else -%}
    '{{ name }}'
    {%- endif -%}
{%- endmacro %}

{#
    A source's own word of a closed vocabulary (macro vocabulary), as tenure.yaml maps it for the row's source
    (`values: {task_status: {On Hold: in_progress}}`), else as it is; in lower case, with `_` for spaces and hyphens. Null
    when there is none.
#}
{% macro mapped_value(field, column) -%}
    {%- set word = spelled(column) -%}
    {%- set mapped = [] -%}
    {%- for source, fields in var('source_values').items() if fields.get(field) -%}
        {%- do mapped.append((source, fields[field])) -%}
    {%- endfor -%}
    {%- if mapped -%}
    case
        {%- for source, words in mapped %}
        {%- for given, meant in words.items() %}
        when source_name = '{{ source }}' and {{ word }} = '{{ dbt.escape_single_quotes(given) }}' then '{{ meant }}'
        {%- endfor %}
        {%- endfor %}
        else {{ word }}
    end
    {%- else -%}
    {{ word }}
    {%- endif -%}
{%- endmacro %}

{# A word of a vocabulary in one spelling: lower case, `_` for spaces and hyphens. #}
{% macro spelled(column) -%}
    replace(replace(lower({{ clean_text(column) }}), ' ', '_'), '-', '_')
{%- endmacro %}

{#
    The words that a field of a closed vocabulary may have. tenure.yaml maps a source's own words to them (`values` of a
    source), and refuses others; `ingest/vocabularies.ts` lists the same, which a test compares.
#}
{% macro vocabulary(field) %}
    {% do return({
        'task_status': ['open', 'in_progress', 'completed', 'cancelled', 'ignored'],
        'user_role': ['csm', 'csm_manager', 'vp_cs', 'ae'],
        'meeting_type': ['qbr', 'sponsor', 'other'],
        'meeting_status': ['attended', 'missed', 'recap', 'cancelled'],
        'email_direction': ['out', 'in'],
        'invoice_status': ['open', 'paid', 'void', 'uncollectible'],
        'sentiment': ['green', 'yellow', 'red'],
        'override_direction': ['up', 'down', 'none'],
        'opportunity_type': ['renewal', 'expansion'],
        'forecast_category': ['commit', 'most_likely', 'best_case', 'pipeline', 'omitted'],
        'survey_type': ['nps', 'csat'],
        'engagement_type': ['webinar', 'beta', 'reference', 'community', 'other'],
        'engagement_status': ['attended', 'declined', 'silent'],
        'is_customer': ['yes', 'no'],
        'contact_role': ['sponsor', 'champion', 'other'],
    }[field]) %}
{% endmacro %}

{#
    What an owner calls a deal in the forecast of a CRM, in the vocabulary `forecast_category`: the words of tenure.yaml
    (`values: {forecast_category: {Safe: commit}}`), else those that Salesforce's ForecastCategory and HubSpot's
    hs_manual_forecast_category have by themselves. A deal that is closed is no call any more, but an outcome: null.
#}
{% macro forecast_call(column) -%}
    case {{ mapped_value('forecast_category', column) }}
        when 'forecast' then 'commit'
        when 'mostlikely' then 'most_likely'
        when 'bestcase' then 'best_case'
        when 'omit' then 'omitted'
        when 'not_forecasted' then 'omitted'
        when 'closed' then null
        when 'closed_won' then null
        else {{ mapped_value('forecast_category', column) }}
    end
{%- endmacro %}
