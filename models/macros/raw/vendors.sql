{#
    What the staging models of each kind of source give, a paragraph a kind: the one place in models/ outside of
    staging/<kind>/ and dbt_project.yml that names a vendor.

    entities: canonical entity -> the streams that it is read from, then the columns that stg_<kind>__<entity> has beside
        those of every kind:
        - customer_id: rows say whose they are by the vendor's own record of a customer, not by the account (which account
          that is, int_accounts__identities knows)
        - is_deleted: a record that the vendor deleted has a row that says so; the record ends on the day on which that is
          known, and earlier days keep it
        - left_out_reason: why a contract is none in its source's own words (draft, in_approval, trial, incomplete, future,
          metered, no_term or transferred; null when it is one); such a row ends the contract's earlier versions, as a
          deletion does, and marts.fct_reconciliation lists it
    customers: the staging model of those records of customers
    merges: the staging model of accounts that were merged into others
#}
{% macro vendors() %}
    {% do return({
        'files': {'entities': {
            'accounts': [['accounts']],
            'contracts': [['contracts']],
            'users': [['users']],
            'contacts': [['contacts']],
            'usage_events': [['usage_events']],
            'licensed_features': [['licensed_features']],
            'meetings': [['meetings']],
            'emails': [['emails']],
            'tickets': [['tickets']],
            'invoices': [['invoices']],
            'sentiments': [['sentiments']],
            'overrides': [['overrides']],
            'opportunities': [['opportunities']],
            'tasks': [['tasks']],
            'surveys': [['surveys']],
            'documents': [['documents']],
            'notes': [['notes']],
            'engagements': [['engagements']],
            'outcomes': [['outcomes']],
            'rates': [['rates']],
            'external_scores': [['external_scores']],
        }},
        'salesforce': {
            'entities': {
                'accounts': [['Account'], 'is_deleted'],
                'contracts': [
                    ['Contract'] + var('source_contracts_from').values() | reject('equalto', 'Contract') | unique | list,
                    'is_deleted', 'left_out_reason',
                ],
                'users': [['User']],
                'contacts': [['Contact'], 'is_deleted'],
                'licensed_features': [['Licensed_Feature__c'], 'is_deleted'],
                'meetings': [['Event'], 'is_deleted'],
                'emails': [['EmailMessage'], 'is_deleted'],
                'sentiments': [['Account']],
                'overrides': [['Health_Override__c']],
                'opportunities': [['Opportunity'], 'is_deleted'],
                'tasks': [['Task'], 'is_deleted'],
                'surveys': [['Survey_Response__c'], 'is_deleted'],
                'notes': [['Note', 'ContentNote', 'Task'], 'is_deleted'],
                'rates': [['DatedConversionRate']],
            },
            'merges': 'merges',
        },
        'hubspot': {
            'entities': {
                'accounts': [['companies'], 'is_deleted'],
                'contracts': [['deals'], 'is_deleted', 'left_out_reason'],
                'users': [['owners']],
                'contacts': [['contacts'], 'is_deleted'],
                'meetings': [['engagements_meetings'], 'is_deleted'],
                'emails': [['engagements_emails'], 'is_deleted'],
                'sentiments': [['companies']],
                'opportunities': [['deals'], 'is_deleted'],
                'tasks': [['engagements_tasks'], 'is_deleted'],
                'notes': [['engagements_notes'], 'is_deleted'],
            },
            'merges': 'merges',
        },
        'zendesk': {
            'entities': {'tickets': [['tickets'], 'customer_id', 'is_deleted']},
            'customers': 'organizations',
        },
        'intercom': {
            'entities': {'tickets': [['conversations'], 'customer_id', 'is_deleted']},
            'customers': 'companies',
        },
        'freshdesk': {
            'entities': {'tickets': [['tickets'], 'customer_id', 'is_deleted']},
            'customers': 'companies',
        },
        'stripe': {
            'entities': {
                'contracts': [['subscriptions'], 'customer_id', 'left_out_reason'],
                'invoices': [['invoices'], 'customer_id', 'is_deleted'],
            },
            'customers': 'customers',
        },
        'chargebee': {
            'entities': {
                'contracts': [['subscription'], 'customer_id', 'is_deleted', 'left_out_reason'],
                'invoices': [['invoice'], 'customer_id', 'is_deleted'],
            },
            'customers': 'customers',
        },
        'segment': {'entities': {'usage_events': [['tracks']]}},
        'amplitude': {'entities': {'usage_events': [['events']]}},
        'mixpanel': {'entities': {'usage_events': [['export']]}},
    }) %}
{% endmacro %}

{# Which streams feed each canonical entity: entity -> list of [kind, stream]. #}
{% macro entity_streams() %}
    {% set streams = {} %}
    {% for kind, vendor in vendors().items() %}
        {% for entity, given in vendor.entities.items() %}
            {% for stream in given[0] %}{% do streams.setdefault(entity, []).append([kind, stream]) %}{% endfor %}
        {% endfor %}
    {% endfor %}
    {% do return(streams) %}
{% endmacro %}

{# Whether a staging model of a canonical entity has one of the columns that only some kinds have (macro vendors). #}
{% macro staging_has(relation, column) %}
    {% for kind, vendor in vendors().items() %}
        {% for entity, given in vendor.entities.items() if column in given %}
            {% if 'stg_' ~ kind ~ '__' ~ entity in relation | string %}{% do return(true) %}{% endif %}
        {% endfor %}
    {% endfor %}
    {% do return(false) %}
{% endmacro %}

{# Whether the staging models of a kind of source are there: it is connected, or all are asked for (dbt_project.yml). #}
{% macro kind_is_staged(kind) %}
    {% do return(var('stage_all', false) or kind in connected('raw_tables')) %}
{% endmacro %}

{#
    The staging models of a canonical entity, one a kind of source that feeds it and is connected. Where none is, that of
    files, which then has no rows.
#}
{% macro entity_models(entity) %}
    {% do return(fed_by(entity) or [ref('stg_files__' ~ entity)]) %}
{% endmacro %}

{# The staging models of a canonical entity that may have rows: none where no connected kind of source feeds it. #}
{% macro fed_by(entity) %}
    {% set models = [] %}
    {% for kind, vendor in vendors().items() if entity in vendor.entities and kind_is_staged(kind) %}
        {% do models.append(ref('stg_' ~ kind ~ '__' ~ entity)) %}
    {% endfor %}
    {% do return(models) %}
{% endmacro %}

{# The staging models of the connected kinds that have such records: `customers` or `merges`. #}
{% macro vendor_models(records) %}
    {% set models = [] %}
    {% for kind, vendor in vendors().items() if records in vendor and kind_is_staged(kind) %}
        {% do models.append(ref('stg_' ~ kind ~ '__' ~ vendor[records])) %}
    {% endfor %}
    {% do return(models) %}
{% endmacro %}
