-- One row per open renewal opportunity and source that has it: how its renewal stands, what the score was on days
-- before it, and the last business review. The renewal is that of its contract, else the account's next one.
-- Likelihoods are whole per cents, amounts and scores whole numbers, so that noise is not written.
{% set score_days = [180, 90, 60, 30] %}
with

opportunities as (

    select
        opportunity_id,
        account_id,
        contract_id,
        source_name
    from {{ ref('int_canonical__opportunities') }}
    where
        known_date <= {{ as_of_date() }}
        and known_until_date > {{ as_of_date() }}
        and type = 'renewal'
        and not is_closed

),

renewals as (

    select
        account_id,
        contract_id,
        renewal_date,
        renewal_stage,
        row_number() over (partition by account_id order by renewal_date, contract_id) as account_place,
        row_number() over (partition by contract_id order by renewal_date) as contract_place
    from {{ ref('fct_renewals') }}
    where renewal_outcome is null

),

expectations as (

    select * from {{ ref('fct_renewal_expectations') }}
    where as_of_date = {{ as_of_date() }}

),

next_steps as (

    select * from {{ ref('int_activation__next_steps') }}

),

placed as (

    select
        opportunities.opportunity_id,
        opportunities.account_id,
        opportunities.source_name,
        coalesce(of_contracts.contract_id, of_accounts.contract_id) as contract_id,
        coalesce(of_contracts.renewal_date, of_accounts.renewal_date) as renewal_date,
        coalesce(of_contracts.renewal_stage, of_accounts.renewal_stage) as renewal_stage
    from opportunities
    left join renewals as of_contracts
        on opportunities.contract_id = of_contracts.contract_id and of_contracts.contract_place = 1
    left join renewals as of_accounts
        on opportunities.account_id = of_accounts.account_id and of_accounts.account_place = 1

),

versions as (

    select
        model_version,
        from_date,
        coalesce(lead(from_date) over (order by from_date), {{ end_of_time() }}) as until_date
    from {{ ref('int_scores__versions_in_force') }}
    where from_date <= {{ as_of_date() }}

),

-- Of a day the score that people were told of on it: that of the model version then in force.
scores as (

    select
        health.account_id,
        health.as_of_date,
        cast(floor(round(health.score, 9) + 0.5) as {{ dbt.type_int() }}) as score
    from {{ ref('fct_account_health_daily') }} as health
    inner join versions
        on
            health.model_version = versions.model_version
            and health.as_of_date >= versions.from_date
            and health.as_of_date < versions.until_date
    where health.as_of_date <= {{ as_of_date() }}

),

milestones as (

    {% for days in score_days -%}
    select {{ days }} as days_before
    {%- if not loop.last %}
    union all
    {%- endif %}
    {% endfor %}

),

dates as (

    select distinct
        placed.account_id,
        placed.renewal_date,
        milestones.days_before,
        {{ date_add_days('placed.renewal_date', '-milestones.days_before') }} as score_date
    from placed
    cross join milestones
    where placed.renewal_date is not null

),

past_scores as (

    select
        dates.account_id,
        {%- for days in score_days %}
        max(case when dates.days_before = {{ days }} then scores.score end) as score_{{ days }},
        {%- endfor %}
        dates.renewal_date
    from dates
    inner join scores
        on dates.account_id = scores.account_id and dates.score_date = scores.as_of_date
    group by dates.account_id, dates.renewal_date

),

final as (

    select
        placed.opportunity_id as record_key,
        placed.source_name,
        placed.account_id,
        {{ as_of_date() }} as as_of_date,
        placed.renewal_date,
        placed.renewal_stage,
        cast(floor(round(expectations.renew_probability * 100, 9) + 0.5) as {{ dbt.type_int() }}) as likelihood,
        cast(round(expectations.expected_arr) as {{ dbt.type_int() }}) as expected_arr,
        substr(
            next_steps.next_step || ' (by ' || cast(next_steps.due_date as {{ dbt.type_string() }}) || ')', 1, 255
        ) as next_step,
        {%- for days in score_days %}
        past_scores.score_{{ days }},
        {%- endfor %}
        reviews.review_date,
        reviews.notes as review_notes
    from placed
    left join expectations
        on placed.contract_id = expectations.contract_id and placed.renewal_date = expectations.renewal_date
    left join next_steps
        on placed.account_id = next_steps.account_id
    left join past_scores
        on placed.account_id = past_scores.account_id and placed.renewal_date = past_scores.renewal_date
    left join {{ ref('int_activation__reviews') }} as reviews
        on placed.account_id = reviews.account_id

)

select * from final
