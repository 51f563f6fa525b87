-- One row per account, kind of input and period in which something of it became known: how many rows, and a fingerprint
-- of them that changes when one comes, goes or says something else. Periods are days, and months where they are long
-- past. The end of a version counts as something known on its day. Usage, of which there is most, has
-- int_usage__landed.
--
-- Each column of a canonical model counts, but for those that say nothing of scope, signal or score: a signal that
-- comes to read one of these takes it out of the list (a test looks). Where a signal of the company's project reads the
-- model, each of them counts, and so does all of the project's inputs.
{%- set keys = {
    'accounts': 'account_id',
    'opportunities': 'opportunity_id',
    'contacts': 'contact_id',
    'licensed_features': 'feature',
    'meetings': 'meeting_id',
    'emails': 'email_id',
    'tickets': 'ticket_id',
    'invoices': 'invoice_id',
    'surveys': 'survey_id',
    'engagements': 'engagement_id',
    'outcomes': 'outcome_id',
} %}
{%- set says_nothing = {
    'accounts': [
        'name', 'owner_id', 'owner_email', 'parent_account_id', 'industry', 'region', 'territory', 'domain', 'crm_url',
    ],
    'opportunities': ['stage', 'amount', 'loss_reason', 'forecast_category'],
    'contacts': ['name', 'title', 'role'],
    'meetings': ['notes'],
    'tickets': ['priority'],
    'invoices': ['amount'],
    'engagements': ['type'],
    'outcomes': ['goal', 'unit'],
    'sentiments': ['set_by', 'note'],
} %}
{%- for entity in var('own_reads') %}
{%- do says_nothing.update({entity: []}) %}
{%- endfor %}
{%- set columns = {} %}
{%- for entity in ['overrides', 'sentiments'] + keys.keys() | list %}
{%- do columns.update({entity: history_input_columns('int_canonical__' ~ entity, says_nothing.get(entity, []))}) %}
{%- endfor %}
{#- Of overrides set at one instant the later line counts, whichever lines they are. #}
{%- do columns.update({'overrides': columns.overrides | reject('equalto', 'line_number') | list}) %}
{%- do columns.overrides.append(
    'row_number() over (partition by account_id, set_at order by coalesce(line_number, 0), direction)'
) %}
{#- What has versions: the model, and the columns of a version that begins and of one that ends. -#}
{%- set versioned = {} %}
{%- for entity, key in keys.items() %}
{%- do versioned.update({entity: {
    'entity': entity, 'model': 'int_canonical__' ~ entity, 'begins': columns[entity], 'ends': [key],
}}) %}
{%- endfor %}
{%- set own_models = {} %}
{%- for input in var('own_inputs') %}
{%- do own_models.update({input: 'int_inputs__' ~ input}) %}
{%- endfor %}
{%- for entity in ['contracts', 'tasks'] if entity in var('own_reads') %}
{%- do own_models.update({entity: 'int_canonical__' ~ entity}) %}
{%- endfor %}
{%- for entity, model_name in own_models.items() %}
{%- set own_columns = history_input_columns(model_name, []) %}
{%- do versioned.update({'own_' ~ entity: {
    'entity': entity, 'model': model_name, 'begins': own_columns, 'ends': own_columns + ['known_until_date'],
}}) %}
{%- endfor %}
{%- set term_columns = [
    'contract_id', 'term_number', 'dated_from_date', 'term_start_date', 'term_end_date', 'product',
    'previous_contract_id', 'arr', 'seats', 'notice_days', 'cancel_known_date', 'cancelled_date',
    'cancel_effective_date', 'auto_renew',
] %}
with

{% for entity in ['overrides', 'sentiments'] -%}
{{ entity }} as (
    select
        account_id,
        '{{ entity }}' as entity,
        greatest(event_date, known_date) as known_date,
        {{ row_fingerprint(columns[entity]) }} as fingerprint
    from {{ ref('int_canonical__' ~ entity) }}
),

{% endfor -%}
{% for name, versions in versioned.items() -%}
{{ name }} as (
    select
        account_id,
        '{{ versions.entity }}' as entity,
        known_date,
        {{ row_fingerprint(versions.begins) }} as fingerprint
    from {{ ref(versions.model) }}
    union all
    select
        account_id,
        '{{ versions.entity }}' as entity,
        known_until_date as known_date,
        {{ row_fingerprint(versions.ends) }} as fingerprint
    from {{ ref(versions.model) }}
    where known_until_date <= {{ as_of_date() }}
),

{% endfor -%}

-- A feed that looks broken freezes what all its accounts show.
stale_days as (
    select
        account_id,
        'stale_days' as entity,
        as_of_date as known_date,
        {{ row_fingerprint(['fresh_date']) }} as fingerprint
    from {{ ref('int_usage__stale_days') }}
),

accounts_known as (
    select distinct account_id from {{ ref('int_canonical__accounts') }}
),

-- So does any other source that is past its red line.
stale_sources as (
    select
        accounts_known.account_id,
        'stale_sources' as entity,
        stale.as_of_date as known_date,
        {{ row_fingerprint(['stale.source_name', 'stale.source_entity', 'stale.fresh_date']) }} as fingerprint
    from {{ ref('int_signals__stale_sources') }} as stale
    cross join accounts_known
    where stale.source_entity <> 'usage_events'
),

-- What a signal needs of anybody's data is an input of every account.
first_known as (
    select
        accounts_known.account_id,
        'first_known' as entity,
        marks.known_from_date as known_date,
        {{ row_fingerprint(['marks.signal', 'marks.known_from_date', 'marks.dated_from_date']) }} as fingerprint
    from {{ ref('int_signals__first_known') }} as marks
    cross join accounts_known
    where marks.known_from_date is not null
),

-- From the day of a merge on an account has what was the other's, usage of long ago included.
account_merges as (
    select
        holder_account_id as account_id,
        'account_merges' as entity,
        from_date as known_date,
        {{ row_fingerprint(['account_id']) }} as fingerprint
    from {{ ref('int_accounts__holders') }}
    where holder_account_id <> account_id
),

-- That a usage source knows an account may rest on the company's own list alone, without any event.
usage_identities as (
    select
        account_id,
        'usage_identities' as entity,
        known_from_date as known_date,
        {{ row_fingerprint(['source_name']) }} as fingerprint
    from {{ ref('int_usage__account_sources') }}
    where
        source_name || ' ' || account_id in (
            select by_hand.source_name || ' ' || by_hand.account_id
            from {{ ref('int_accounts__identities_by_hand') }} as by_hand
        )
),

-- Other rules make another past.
rules as (
    select
        accounts_known.account_id,
        'rules' as entity,
        {{ history_start_date() }} as known_date,
        {{ row_fingerprint(['rules_hash']) }} as fingerprint
    from {{ ref('int_history__rules') }}
    cross join accounts_known
),

-- Of contracts what history makes of them: when each term counts as known also depends on the account's others, and its
-- ARR on rates.
terms as (
    select
        account_id,
        'terms' as entity,
        known_from_date as known_date,
        {{ row_fingerprint(term_columns) }} as fingerprint
    from {{ ref('int_revenue__term_versions') }}
    union all
    select
        account_id,
        'terms' as entity,
        known_until_date as known_date,
        {{ row_fingerprint(term_columns[:2]) }} as fingerprint
    from {{ ref('int_revenue__term_versions') }}
    where known_until_date <= {{ as_of_date() }}
    union all
    -- A contract of another account may renew one of this account's.
    select
        account_id,
        'terms' as entity,
        known_from_date as known_date,
        {{ row_fingerprint(['contract_id', 'term_number', 'term_start_date', 'named_contract_id']) }} as fingerprint
    from {{ ref('int_revenue__links_across_accounts') }}
    union all
    select
        account_id,
        'terms' as entity,
        known_until_date as known_date,
        {{ row_fingerprint(['contract_id', 'term_number', 'named_contract_id']) }} as fingerprint
    from {{ ref('int_revenue__links_across_accounts') }}
    where known_until_date <= {{ as_of_date() }}
),

unioned as (
    {%- for entity in ['overrides', 'sentiments'] + versioned.keys() | list
        + ['stale_days', 'stale_sources', 'first_known', 'account_merges', 'usage_identities', 'rules', 'terms'] %}
    select * from {{ entity }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

dated as (
    select
        account_id,
        entity,
        {{ history_input_period('greatest(known_date, ' ~ history_start_date() ~ ')') }} as period_date,
        fingerprint
    from unioned
    where account_id is not null and known_date <= {{ as_of_date() }}
),

final as (
    select
        account_id,
        entity,
        period_date,
        count(*) as row_count,
        cast(sum(fingerprint) as {{ dbt.type_bigint() }}) as fingerprint
    from dated
    group by account_id, entity, period_date
)

select * from final
