-- One row per account and day: the active days of login_frequency in percent of those 52 weeks before, the first day
-- of the last lookback_days, so that a customer who pauses each summer is held against its own summers. Null where
-- nothing is known of its usage on either day. Where nobody was active then there is no measure, and the value is that
-- of out_of_season, whoever is active now.
{{ config(
    materialized='history',
    history_key='cuts_hash',
    history_key_from='int_signals__cuts_version',
    enabled=signal_is_there('usage_against_last_year'),
) }}

with

spine as (
    {{ signal_spine() }}
),

cuts as (
    {{ signal_cuts(
        'usage_against_last_year',
        ['as_before', 'less', 'far_less', 'out_of_season'],
        ['lookback_days'],
    ) }}
),

active as (
    select
        login_frequency.account_id,
        login_frequency.as_of_date,
        login_frequency.measure as active_days
    from {{ ref('int_signals__login_frequency') }} as login_frequency
    inner join {{ ref('int_signals__cuts_version') }} as cuts_version
        on login_frequency.cuts_hash = cuts_version.cuts_hash
    where
        login_frequency.measure is not null
        and login_frequency.as_of_date > {{ lookback_from_date('usage_against_last_year') }}
        and {{ in_bucket('login_frequency.account_id') }}
),

measured as (
    select
        spine.account_id,
        spine.as_of_date,
        case when active_now.active_days is not null then active_before.active_days end as active_days_before,
        case
            when active_before.active_days > 0 then 100.0 * active_now.active_days / active_before.active_days
        end as percent_of_before
    from spine
    cross join cuts
    left join active as active_now
        on spine.account_id = active_now.account_id and spine.as_of_date = active_now.as_of_date
    left join active as active_before
        on
            spine.account_id = active_before.account_id
            and active_before.as_of_date = {{ date_add_days('spine.as_of_date', '1 - cuts.lookback_days') }}
),

cut_days as (
    select
        measured.account_id,
        measured.as_of_date,
        measured.percent_of_before,
        case
            when measured.percent_of_before >= cuts.as_before_threshold then 'as_before'
            when measured.percent_of_before >= cuts.less_threshold then 'less'
            when measured.percent_of_before is not null then 'far_less'
            when measured.active_days_before = 0 then 'out_of_season'
        end as cut
    from measured
    {{ cuts_on_day('measured') }}
),

{{ signal_by_cut('cut_days.percent_of_before', ['as_before', 'less', 'far_less', 'out_of_season']) }}
