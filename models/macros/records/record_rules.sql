{#
    What a row of a canonical entity must hold, whichever source it comes from. A row that does not is set aside; a value
    that cannot be is taken for null, or for its safe meaning, and its row counts. `marts.fct_rejected_records` lists both.

    key: the columns that name the record; those of `key_may_lack` may be null
    required: the columns without which the row says nothing
    days, instants: column -> `row` or `value`: what is lost when it lies outside the days of the seed record_rules
    numbers: column -> [least, most, `row` or `value`]; none is no limit
    words: column -> the vocabulary, and what a word that is not in it means: `row` sets the row aside; else SQL, the value
        that it is taken for. A word that is missing is `required`, or means the same with `is_said: true`.
    faults: what else must not be: column, reason, severity, SQL that is true when it is
    becomes: column -> SQL, in the place of null, for a value that cannot be
    version_at: what orders the versions of a record; none when its rows are facts of their own
    is_large: whether only the day of an event is looked at, by constants, so that a warehouse need not read all of them
    lookups: whether the row is held against other entities (macro record_lookups)
#}
{% macro record_rules(entity) %}
    {% set rules = {
        'accounts': {
            'key': ['account_id'],
            'instants': {'created_at': 'value', 'onboarded_at': 'value', 'updated_at': 'value'},
            'faults': [
                {'column': 'name', 'reason': 'missing_value', 'severity': 'value', 'when': 'name is null'},
                {
                    'column': 'crm_url', 'reason': 'unknown_value', 'severity': 'value',
                    'when': 'not ' ~ is_web_address('crm_url'),
                },
            ],
            'becomes': {'name': 'coalesce(name, account_id)'},
        },
        'contracts': {
            'key': ['contract_id'],
            'required': ['account_id', 'term_start_date', 'arr'],
            'days': {'term_start_date': 'row', 'cancel_effective_date': 'value'},
            'instants': {'cancelled_at': 'value', 'updated_at': 'value'},
            'numbers': {'arr': [0, none, 'row'], 'seats': [0, none, 'value'], 'notice_days': [0, none, 'value']},
            'faults': [
                {
                    'column': 'term_end_date', 'reason': 'bad_range', 'severity': 'row',
                    'when': 'term_end_date < term_start_date or term_end_date < bounds.earliest_date',
                },
                {
                    'column': 'currency_code', 'reason': 'unknown_value', 'severity': 'row',
                    'when': 'not is_currency_known',
                },
                {
                    'column': 'account_id', 'reason': 'unknown_account', 'severity': 'row',
                    'when': 'account_id is not null and not is_account_known',
                },
            ],
            'becomes': {'term_end_date': 'case when term_end_date < bounds.placeholder_date then term_end_date end'},
            'lookups': true,
            'shown': ['currency_code'],
        },
        'users': {
            'key': ['user_id'],
            'words': {'role': {'values': vocabulary('user_role'), 'unknown': 'null'}},
            'version_at': 'known_at',
        },
        'contacts': {
            'key': ['contact_id'],
            'required': ['account_id'],
            'instants': {'left_at': 'value', 'updated_at': 'value'},
        },
        'usage_events': {
            'key': ['account_id', 'event_at'],
            'key_may_lack': ['account_id', 'event_at'],
            'is_large': true,
            'required': ['event_at'],
            'instants': {'event_at': 'row'},
            'version_at': none,
        },
        'licensed_features': {
            'key': ['account_id', 'feature', 'valid_from'],
            'key_may_lack': ['valid_from'],
            'days': {'valid_from': 'value', 'valid_to': 'value'},
            'faults': [{
                'column': 'valid_to', 'reason': 'bad_range', 'severity': 'row', 'when': 'valid_to < valid_from',
            }],
            'version_at': 'known_at',
        },
        'meetings': {
            'key': ['meeting_id'],
            'required': ['account_id', 'scheduled_at', 'status'],
            'instants': {'scheduled_at': 'row', 'updated_at': 'value'},
            'words': {
                'type': {'values': vocabulary('meeting_type'), 'unknown': "'other'", 'is_said': true},
                'status': {'values': vocabulary('meeting_status'), 'unknown': 'row'},
            },
        },
        'emails': {
            'key': ['email_id'],
            'required': ['account_id', 'sent_at', 'direction'],
            'instants': {'sent_at': 'row', 'replied_at': 'value', 'updated_at': 'value'},
            'words': {'direction': {'values': vocabulary('email_direction'), 'unknown': 'row'}},
        },
        'tickets': {
            'key': ['ticket_id'],
            'required': ['account_id', 'created_at'],
            'instants': {
                'created_at': 'row', 'solved_at': 'value', 'escalated_at': 'value', 'updated_at': 'value',
            },
            'numbers': {'csat': [1, 5, 'value']},
        },
        'invoices': {
            'key': ['invoice_id'],
            'required': ['account_id', 'due_date'],
            'days': {'due_date': 'row'},
            'instants': {'issued_at': 'value', 'paid_at': 'value', 'updated_at': 'value'},
            'words': {'status': {'values': vocabulary('invoice_status'), 'unknown': 'null'}},
        },
        'sentiments': {
            'key': ['account_id'],
            'required': ['sentiment', 'set_at'],
            'instants': {'set_at': 'row'},
            'words': {'sentiment': {'values': vocabulary('sentiment'), 'unknown': 'row'}},
            'version_at': 'set_at',
        },
        'overrides': {
            'key': ['account_id'],
            'required': ['direction', 'set_at'],
            'instants': {'set_at': 'row', 'expires_at': 'value'},
            'words': {'direction': {'values': vocabulary('override_direction'), 'unknown': 'row'}},
            'version_at': 'set_at',
        },
        'opportunities': {
            'key': ['opportunity_id'],
            'required': ['account_id'],
            'days': {'close_date': 'value'},
            'instants': {'created_at': 'value', 'updated_at': 'value'},
            'words': {
                'type': {'values': vocabulary('opportunity_type'), 'unknown': 'null'},
                'forecast_category': {'values': vocabulary('forecast_category'), 'unknown': 'null'},
            },
        },
        'tasks': {
            'key': ['task_key'],
            'required': ['account_id'],
            'instants': {'completed_at': 'value', 'updated_at': 'value'},
            'words': {'status': {'values': vocabulary('task_status'), 'unknown': "'open'", 'is_said': true}},
        },
        'surveys': {
            'key': ['survey_id'],
            'required': ['account_id', 'answered_at', 'type', 'score'],
            'instants': {'answered_at': 'row'},
            'words': {'type': {'values': vocabulary('survey_type'), 'unknown': 'row'}},
            'faults': [{
                'column': 'score', 'reason': 'bad_range', 'severity': 'row',
                'when': "type = 'nps' and score not between 0 and 10 or type = 'csat' and score not between 1 and 5",
            }],
            'version_at': 'known_at',
        },
        'documents': {
            'key': ['document_id'],
            'required': ['account_id', 'title', 'made_at'],
            'instants': {'made_at': 'row', 'updated_at': 'value'},
            'faults': [{
                'column': 'url', 'reason': 'unknown_value', 'severity': 'value', 'when': 'not ' ~ is_web_address('url'),
            }],
        },
        'notes': {
            'key': ['note_id'],
            'required': ['account_id', 'text', 'made_at'],
            'instants': {'made_at': 'row', 'updated_at': 'value'},
        },
        'engagements': {
            'key': ['engagement_id'],
            'required': ['account_id', 'happened_at'],
            'instants': {'happened_at': 'row', 'updated_at': 'value'},
            'words': {
                'type': {'values': vocabulary('engagement_type'), 'unknown': "'other'", 'is_said': true},
                'status': {'values': vocabulary('engagement_status'), 'unknown': 'null'},
            },
        },
        'outcomes': {
            'key': ['outcome_id'],
            'required': ['account_id', 'goal', 'measured_at'],
            'days': {'due_date': 'value'},
            'instants': {'measured_at': 'row'},
            'version_at': 'measured_at',
        },
        'rates': {
            'key': ['currency_code', 'valid_from'],
            'required': ['rate'],
            'days': {'valid_from': 'row'},
            'faults': [{'column': 'rate', 'reason': 'bad_range', 'severity': 'row', 'when': 'rate <= 0'}],
            'version_at': 'known_at',
        },
        'external_scores': {
            'key': ['account_id', 'system', 'scored_on'],
            'required': ['score'],
            'days': {'scored_on': 'row'},
            'numbers': {'score': [0, 100, 'row']},
            'version_at': 'known_at',
        },
    } %}
    {% if entity not in rules %}
        {% do exceptions.raise_compiler_error("record_rules: no canonical entity is named '" ~ entity ~ "'") %}
    {% endif %}
    {% do return(rules[entity]) %}
{% endmacro %}
