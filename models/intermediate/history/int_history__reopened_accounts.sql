-- One row per account of whose past something else is known than when history was last built: the first day that this
-- may change, and all causes. Days from it on, as far as they are built, are built again for this account.
with

causes as (
    select
        account_id,
        cause,
        from_date
    from {{ ref('int_history__reopenings') }}
    union all
    select
        account_id,
        cause,
        from_date
    from {{ ref('int_history__segment_reopenings') }}
),

reopenings as (
    select
        account_id,
        from_date,
        {{ dbt.concat(['cause', "' from '", 'cast(from_date as ' ~ dbt.type_string() ~ ')']) }} as cause
    from causes
),

final as (
    select
        account_id,
        min(from_date) as from_date,
        string_agg(cause, '; ' order by cause) as cause
    from reopenings
    group by account_id
)

select * from final
