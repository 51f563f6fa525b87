-- One row per contract and day on which it ended without a renewal: what was lost, why, and what the score had said
-- 180, 90, 60 and 30 days before. Restated by each run. Reads the days on which category or flag changed, not the
-- history.
{%- set marks = [180, 90, 60, 30] %}
with

losses as (

    select * from {{ ref('int_revenue__losses') }}

),

reasons as (

    select * from {{ ref('loss_reasons') }}

),

renewals as (

    select
        contract_id,
        renewal_date,
        owner_id,
        segment
    from {{ ref('int_renewals__renewals') }}

),

accounts as (

    select
        account_id,
        name,
        owner_id
    from {{ ref('dim_accounts') }}

),

users as (

    select
        user_id,
        name
    from {{ ref('int_canonical__users') }}
    where known_date <= {{ as_of_date() }} and known_until_date > {{ as_of_date() }}

),

spans as (

    select * from {{ ref('int_accounts__account_spans') }}

),

churns as (

    select * from {{ ref('fct_account_churns') }}

),

-- From each change to the next the account was of one category and flag, on the days on which it was scored.
risks as (

    {{ risk_spans() }}

),

marked as (

    {%- for days in marks %}
    select
        account_id,
        contract_id,
        churn_date,
        {{ days }} as days_before,
        {{ date_add_days('churn_date', -days) }} as mark_date
    from losses
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- What was said on each mark, and in which segment it was; nothing where the account was out of scope.
said as (

    select
        {%- for days in marks %}
        max(case when marked.days_before = {{ days }} then risks.category end) as category_{{ days }}d,
        max(case when marked.days_before = {{ days }} then risks.flag end) as flag_{{ days }}d,
        {%- endfor %}
        marked.account_id,
        marked.contract_id,
        marked.churn_date
    from marked
    inner join spans
        on
            marked.account_id = spans.account_id
            and marked.mark_date >= spans.from_date
            and marked.mark_date < spans.until_date
    inner join risks
        on
            marked.account_id = risks.account_id
            and marked.mark_date >= risks.from_date
            and marked.mark_date < risks.until_date
    group by marked.account_id, marked.contract_id, marked.churn_date

),

last_segments as (

    select
        losses.contract_id,
        losses.churn_date,
        max(spans.segment) as segment
    from losses
    inner join spans
        on
            losses.account_id = spans.account_id
            and losses.churn_date > spans.from_date
            and losses.churn_date <= spans.until_date
    group by losses.contract_id, losses.churn_date

),

final as (

    select
        losses.contract_id,
        losses.churn_date,
        losses.account_id,
        accounts.name as account_name,
        coalesce(renewals.owner_id, accounts.owner_id) as owner_id,
        users.name as owner_name,
        coalesce(last_segments.segment, renewals.segment) as segment,
        losses.product,
        {{ dbt.concat([
            'cast(extract(year from losses.churn_date) as ' ~ dbt.type_string() ~ ')',
            "'-Q'",
            'cast(extract(quarter from losses.churn_date) as ' ~ dbt.type_string() ~ ')',
        ]) }} as quarter,
        losses.renewal_date,
        cast(losses.arr_lost as {{ dbt.type_numeric() }}) as arr_lost,
        losses.outcome_reason,
        losses.reason_said,
        case
            when losses.reason_said is null then 'not_said'
            else coalesce(reasons.category, 'unmapped')
        end as reason_category,
        churns.account_id is not null as is_account_churn,
        churns.is_surprise,
        churns.is_preventable,
        churns.has_no_flag,
        {%- for days in marks %}
        said.category_{{ days }}d,
        said.flag_{{ days }}d,
        {%- endfor %}
        losses.outcome_known_date
    from losses
    left join reasons
        on {{ plain_words('losses.reason_said') }} = reasons.word
    left join renewals
        on losses.contract_id = renewals.contract_id and losses.renewal_date = renewals.renewal_date
    left join accounts
        on losses.account_id = accounts.account_id
    left join users
        on coalesce(renewals.owner_id, accounts.owner_id) = users.user_id
    left join churns
        on losses.account_id = churns.account_id and losses.churn_date = churns.churn_date
    left join said
        on
            losses.account_id = said.account_id
            and losses.contract_id = said.contract_id
            and losses.churn_date = said.churn_date
    left join last_segments
        on losses.contract_id = last_segments.contract_id and losses.churn_date = last_segments.churn_date

)

select * from final
