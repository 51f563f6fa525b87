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
