{#
    Whether a staging model has a row, with `is_deleted`, for a record that its vendor deleted. The record then ends on
    the day on which the deletion is known, and earlier days keep it. A vendor's staging model that has `is_deleted` adds
    its name here.
#}
{% macro says_deletions(relation) %}
    {% set names = [
        'stg_chargebee__contracts',
        'stg_chargebee__invoices',
        'stg_freshdesk__tickets',
        'stg_hubspot__accounts',
        'stg_hubspot__contacts',
        'stg_hubspot__contracts',
        'stg_hubspot__emails',
        'stg_hubspot__meetings',
        'stg_hubspot__opportunities',
        'stg_intercom__tickets',
        'stg_salesforce__accounts',
        'stg_salesforce__contacts',
        'stg_salesforce__contracts',
        'stg_salesforce__emails',
        'stg_salesforce__licensed_features',
        'stg_salesforce__meetings',
        'stg_salesforce__opportunities',
        'stg_salesforce__surveys',
        'stg_salesforce__tasks',
        'stg_stripe__invoices',
        'stg_zendesk__tickets',
    ] %}
    {% do return(names | select('in', relation | string) | list | length > 0) %}
{% endmacro %}
