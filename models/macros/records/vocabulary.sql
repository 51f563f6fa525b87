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
        'survey_type': ['nps', 'csat'],
    }[field]) %}
{% endmacro %}
