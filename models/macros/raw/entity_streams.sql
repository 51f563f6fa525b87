{#
    Which streams feed each canonical entity: entity -> list of [kind, stream]. A vendor's staging model adds its
    line here and its `union all` branch in the canonical model.
#}
{% macro entity_streams() %}
    {% do return({
        'accounts': [['files', 'accounts'], ['salesforce', 'Account']],
        'contracts': [['files', 'contracts'], ['salesforce', 'Contract']],
        'users': [['files', 'users'], ['salesforce', 'User']],
        'contacts': [['files', 'contacts'], ['salesforce', 'Contact']],
        'usage_events': [['files', 'usage_events'], ['segment', 'tracks']],
        'licensed_features': [['files', 'licensed_features'], ['salesforce', 'Licensed_Feature__c']],
        'meetings': [['files', 'meetings'], ['salesforce', 'Event']],
        'emails': [['files', 'emails'], ['salesforce', 'EmailMessage']],
        'tickets': [['files', 'tickets'], ['zendesk', 'tickets']],
        'invoices': [['files', 'invoices'], ['stripe', 'invoices']],
        'sentiments': [['files', 'sentiments'], ['salesforce', 'Account']],
        'overrides': [['files', 'overrides'], ['salesforce', 'Health_Override__c']],
        'opportunities': [['files', 'opportunities'], ['salesforce', 'Opportunity']],
        'tasks': [['files', 'tasks'], ['salesforce', 'Task']],
        'surveys': [['files', 'surveys'], ['salesforce', 'Survey_Response__c']],
        'rates': [['files', 'rates'], ['salesforce', 'DatedConversionRate']],
    }) %}
{% endmacro %}
