{#
    Whether a staging model says whose a row is by the vendor's own record of a customer (`customer_id`), not by the
    account: which account that is, int_accounts__identities knows. A vendor's staging model of that kind adds its name
    here.
#}
{% macro names_customers(relation) %}
    {% set names = [
        'stg_chargebee__contracts',
        'stg_chargebee__invoices',
        'stg_freshdesk__tickets',
        'stg_intercom__tickets',
        'stg_stripe__contracts',
        'stg_stripe__invoices',
        'stg_zendesk__tickets',
    ] %}
    {% do return(names | select('in', relation | string) | list | length > 0) %}
{% endmacro %}

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
        'stg_hubspot__tasks',
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
