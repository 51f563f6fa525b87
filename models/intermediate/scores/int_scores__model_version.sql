-- One row: the version of the model that scores now. It is the preset and the hash of all that decides a score
-- (weights, cuts, rules, the ARR of segments, the rules by which a contract is in force), so that a changed weight can
-- only write new rows, under a new version. Presets are named there as they were first: rows of such versions are
-- published.
{%- set first_names = {'standard': 'standard_10', 'lean': 'lean_6'} %}
{%- set preset = var('signals_preset') %}
with

settings as (
    select
        'weight' as topic,
        {{ surrogate_key(['signal', 'segment', micros('weight')]) }} as setting_key
    from {{ ref('signal_definitions') }}
    where preset = '{{ preset }}'
    {%- for signal in var('shadow_signals') | sort %}
    union all
    select
        'shadow' as topic,
        '{{ signal }}' as setting_key
    {%- endfor %}
    union all
    select
        'cut' as topic,
        cuts_hash as setting_key
    from {{ ref('int_signals__cuts_version') }}
    union all
    select
        'category' as topic,
        {{ surrogate_key(['segment', 'category', micros('max_score')]) }} as setting_key
    from {{ ref('category_cuts') }}
    union all
    select
        'rule' as topic,
        {{ surrogate_key(['rule', micros('value')]) }} as setting_key
    from {{ ref('score_rules') }}
    union all
    select
        'history' as topic,
        rules_hash as setting_key
    from {{ ref('int_history__rules') }}
),

hashed as (
    select {{ dbt.hash("string_agg(setting_key, ',' order by topic, setting_key)") }} as config_hash
    from settings
),

final as (
    select
        {{ dbt.concat(["'" ~ first_names.get(preset, preset) ~ "@'", 'substr(config_hash, 1, 8)']) }}
            as model_version,
        config_hash
    from hashed
)

select * from final
