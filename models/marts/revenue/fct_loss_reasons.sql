-- One row per way of dividing losses (`all`, `segment`, `product`, `owner`), its value, quarter (`all` too) and
-- category of reason: how often it was given, and for how much ARR.
{%- set slices = {
    'all': "'all'",
    'segment': "coalesce(segment, 'unknown')",
    'product': "coalesce(product, 'none')",
    'owner': "coalesce(owner_id, 'none')",
} %}
with

losses as (

    select * from {{ ref('fct_losses') }}

),

quarters as (

    select
        account_id,
        owner_id,
        segment,
        product,
        reason_category,
        arr_lost,
        quarter
    from losses
    union all
    select
        account_id,
        owner_id,
        segment,
        product,
        reason_category,
        arr_lost,
        'all' as quarter
    from losses

),

sliced as (

    {%- for slice, value in slices.items() %}
    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        quarter,
        reason_category,
        account_id,
        arr_lost
    from quarters
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    select
        slice,
        slice_value,
        quarter,
        reason_category,
        count(*) as loss_count,
        count(distinct account_id) as account_count,
        sum(arr_lost) as arr_lost
    from sliced
    group by slice, slice_value, quarter, reason_category

),

final as (

    select
        counted.*,
        cast(counted.arr_lost as {{ dbt.type_float() }})
        / nullif(
            sum(cast(counted.arr_lost as {{ dbt.type_float() }})) over (
                partition by counted.slice, counted.slice_value, counted.quarter
            ),
            0
        ) as arr_share
    from counted

)

select * from final
