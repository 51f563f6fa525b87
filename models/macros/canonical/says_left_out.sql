{#
    Whether a staging model of contracts says of its rows why they are none in their source's own words
    (`left_out_reason`: draft, in_approval, trial, incomplete, future, metered, no_term or transferred; null when they
    are). Such a row ends the contract's earlier versions, as a deletion does, and marts.fct_reconciliation lists it. A
    vendor's staging model that has the column adds its name here.
#}
{% macro says_left_out(relation) %}
    {% set names = [
        'stg_chargebee__contracts',
        'stg_hubspot__contracts',
        'stg_salesforce__contracts',
        'stg_stripe__contracts',
    ] %}
    {% do return(names | select('in', relation | string) | list | length > 0) %}
{% endmacro %}
