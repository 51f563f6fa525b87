-- One row per version of a playbook that there ever was and step of it, as it was last said in that version. Another
-- version leaves it as it is: the plays that began by it go on by it. It cannot be built again, so that --full-refresh
-- leaves it alone.
{{ config(
    materialized='incremental',
    full_refresh=false,
    on_schema_change='append_new_columns',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where playbook in (select playbook from {{ ref('int_plays__playbooks_now') }}){% endif %}",
) }}
select * from {{ ref('int_plays__playbooks_now') }}
