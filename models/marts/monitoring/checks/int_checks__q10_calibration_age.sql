-- Days since a weight was last fitted or confirmed; without any, since a model version was first built.
with

definitions as (

    select
        max(fitted_on) as fitted_on,
        max(confirmed_on) as confirmed_on
    from {{ ref('signal_definitions') }}
    where preset = '{{ var("signals_preset") }}'

),

versions as (

    select min(first_built_on) as first_built_on
    from {{ ref('int_scores__versions_in_force') }}

),

last_look as (

    select
        coalesce(
            greatest(
                coalesce(definitions.fitted_on, definitions.confirmed_on),
                coalesce(definitions.confirmed_on, definitions.fitted_on)
            ),
            versions.first_built_on
        ) as looked_on
    from definitions
    cross join versions

)

select
    'Q10' as check_id,
    {{ days_between('looked_on', as_of_date()) }} as value,
    case when looked_on is null then 0 else 1 end as n
from last_look
