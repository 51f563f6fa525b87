-- An exclusion names a rule of alerts or a play: one that names nothing excludes nothing.
{{ config(severity='warn') }}
select exclusions.rule
from {{ ref('alert_exclusions') }} as exclusions
left join {{ ref('alert_rules') }} as rules
    on exclusions.rule = rules.rule
left join {{ ref('plays') }} as plays
    on exclusions.rule = plays.play
where
    nullif(exclusions.rule, '') is not null
    and rules.rule is null
    and plays.play is null
