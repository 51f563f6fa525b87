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
