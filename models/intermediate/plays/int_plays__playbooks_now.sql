-- One row per step of a playbook as the files have it now, with what the whole playbook says.
select
    {{ dbt.concat(['plays.play', "':'", 'cast(plays.version as ' ~ dbt.type_string() ~ ')']) }} as playbook,
    plays.play,
    plays.version,
    plays.title as play_title,
    plays.trigger_kind,
    plays.trigger_names,
    plays.trigger_days,
    plays.trigger_value,
    plays.min_arr,
    plays.again_after_days,
    plays.segments as play_segments,
    steps.step,
    steps.position,
    steps.day,
    steps.days_before,
    steps.days_after_end,
    steps.segments,
    steps.owner_role,
    steps.due_days,
    steps.is_pressing,
    steps.title,
    steps.text,
    steps.exit_condition
from {{ ref('plays') }} as plays
inner join {{ ref('play_steps') }} as steps
    on plays.play = steps.play
