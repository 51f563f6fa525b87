{#
    The signals that are computed: those of the preset, the parts that they are made of, and the shadow signals that
    tenure.yaml asks for. Weights are the seed's, signal_definitions.
#}
{% macro signals_used() %}
    {% set standard = [
        'login_frequency',
        'feature_adoption',
        'license_utilization',
        'qbr_attendance',
        'email_response',
        'exec_sponsor',
        'ticket_trend',
        'escalations',
        'payment_timeliness',
        'csm_sentiment',
    ] %}
    {% set lean = [
        'product_usage',
        'support_sentiment',
        'champion_engagement',
        'account_fit',
        'onboarding_time',
        'business_outcomes',
    ] %}
    {% set used = standard + (lean if var('signals_preset') == 'lean_6' else []) %}
    {% for signal in var('shadow_signals') if signal not in used %}
        {% do used.append(signal) %}
    {% endfor %}
    {% do return(used) %}
{% endmacro %}
