{#
    Which streams feed each canonical entity: entity -> list of [kind, stream]. A vendor's staging model adds its
    line here and its `union all` branch in the canonical model.
#}
{% macro entity_streams() %}
    {% do return({
        'accounts': [['files', 'accounts'], ['salesforce', 'Account'], ['hubspot', 'companies']],
        'contracts': [['files', 'contracts'], ['salesforce', 'Contract'], ['hubspot', 'deals'], ['stripe', 'subscriptions'], ['chargebee', 'subscription']],
        'users': [['files', 'users'], ['salesforce', 'User'], ['hubspot', 'owners']],
        'contacts': [['files', 'contacts'], ['salesforce', 'Contact'], ['hubspot', 'contacts']],
        'usage_events': [['files', 'usage_events'], ['segment', 'tracks'], ['amplitude', 'events'], ['mixpanel', 'export']],
        'licensed_features': [['files', 'licensed_features'], ['salesforce', 'Licensed_Feature__c']],
        'meetings': [['files', 'meetings'], ['salesforce', 'Event'], ['hubspot', 'engagements_meetings']],
        'emails': [['files', 'emails'], ['salesforce', 'EmailMessage'], ['hubspot', 'engagements_emails']],
        'tickets': [['files', 'tickets'], ['zendesk', 'tickets'], ['intercom', 'conversations'], ['freshdesk', 'tickets']],
        'invoices': [['files', 'invoices'], ['stripe', 'invoices'], ['chargebee', 'invoice']],
        'sentiments': [['files', 'sentiments'], ['salesforce', 'Account'], ['hubspot', 'companies']],
        'overrides': [['files', 'overrides'], ['salesforce', 'Health_Override__c']],
        'opportunities': [['files', 'opportunities'], ['salesforce', 'Opportunity'], ['hubspot', 'deals']],
        'tasks': [['files', 'tasks'], ['salesforce', 'Task']],
        'surveys': [['files', 'surveys'], ['salesforce', 'Survey_Response__c']],
        'rates': [['files', 'rates'], ['salesforce', 'DatedConversionRate']],
    }) %}
{% endmacro %}
