{#
    Whether a ticket's tags, a JSON column, say that it was merged into another. Zendesk sets the tag by itself; Freshdesk and
    Intercom say nothing of a merge, so there a rule of the desk may set the same tag.
#}
{% macro is_merged_ticket(tags) -%}
    coalesce(lower({{ json_as_text(tags) }}) like '%"closed_by_merge"%', false)
{%- endmacro %}
