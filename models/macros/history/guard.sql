{#
    Refuses, before a row is replaced, to make published days of accounts vanish, unless their records say why (the
    account's last version has ended: it was deleted, or merged into another), and to change more than the share var
    max_change_share of the published scores. Days that are not published for good (history_published_days) may change.
    --full-refresh comes not here, `tenure build --accept-loss` and `--accept-changes` (vars accept_loss and
    accept_changes, or TENURE_ACCEPT_LOSS and TENURE_ACCEPT_CHANGES in the environment) let it through.

    A model says
    - history_rows: 'changes' when it has no row for every account and day, so that one may go;
    - history_score: the column whose sum for an account and day is its published score.
#}
{% macro history_guard(existing, new_rows, history_date, history_key, key_value, replaced_days) %}
    {% set published_days = replaced_days ~ ' and ' ~ history_published_days(existing, history_date) %}
    {% if config.get('history_rows') != 'changes' and not history_accepts('loss') %}
        {% do history_refuse_loss(existing, new_rows, history_date, published_days) %}
    {% endif %}
    {% if config.get('history_score') and not history_accepts('changes') %}
        {% do history_refuse_changes(existing, new_rows, history_date, published_days, history_key, key_value) %}
    {% endif %}
{% endmacro %}

{# Whether the run was asked to let through what the guard refuses: `loss` of days, `changes` of scores. #}
{% macro history_accepts(what) %}
    {% set told = var('accept_' ~ what, none) %}
    {% if told is none %}
        {% set told = env_var('TENURE_ACCEPT_' ~ what | upper, '') %}
    {% endif %}
    {% do return(told | string | lower in ['true', '1', 'yes']) %}
{% endmacro %}

{% macro history_refuse_loss(existing, new_rows, history_date, published_days) %}
    {% set lost %}
        select
            count(*) as day_count,
            count(distinct published.account_id) as account_count,
            min(published.account_id) as first_account,
            max(published.account_id) as last_account,
            cast(min(published.{{ history_date }}) as {{ dbt.type_string() }}) as first_date,
            cast(max(published.{{ history_date }}) as {{ dbt.type_string() }}) as last_date,
            count(distinct case when customers.account_id is null then versions.account_id end) as prospect_count
        from (
            select distinct account_id, {{ history_date }} from {{ existing }}
            where {{ published_days }}
        ) as published
        left join (
            select distinct account_id, {{ history_date }} from {{ new_rows }}
        ) as computed
            on
                published.account_id = computed.account_id
                and published.{{ history_date }} = computed.{{ history_date }}
        left join (select distinct account_id from {{ history_table('int_accounts__versions') }}) as versions
            on published.account_id = versions.account_id
        left join {{ history_table('int_accounts__customers') }} as customers
            on published.account_id = customers.account_id
        where
            computed.account_id is null
            and published.account_id not in (
                select account_id from {{ history_table('int_history__ended_accounts') }}
            )
    {% endset %}
    {% set row = run_query(lost).rows[0] %}
    {% if row[0] | int > 0 %}
        {% set accounts = row[2] if row[2] == row[3] else row[2] ~ ' … ' ~ row[3] %}
        {% do history_forget(new_rows) %}
        {% do exceptions.raise_compiler_error(
            'HISTORY_WOULD_LOSE_DAYS: ' ~ row[0] ~ ' published days of ' ~ row[1] ~ ' accounts (' ~ accounts
            ~ ', ' ~ row[4] ~ ' to ' ~ row[5] ~ ') would vanish from ' ~ model.name ~ '. Why: '
            ~ history_causes(existing, history_date)
            ~ ('; ' ~ row[6] ~ ' of these accounts are prospects now: they have no contract, and their source does not call'
            ~ ' them customers (is_customer)' if row[6] | int > 0 else '') ~ '. Nothing of the history was changed. Mend the source and sync'
            ~ ' again; if the days shall go, run once more with --accept-loss (their values stay in'
            ~ ' marts.fct_restatements).'
        ) %}
    {% endif %}
{% endmacro %}

{% macro history_refuse_changes(existing, new_rows, history_date, published_days, history_key, key_value) %}
    {% set score = config.get('history_score') %}
    {% set changed %}
        select
            count(*) as day_count,
            count(distinct published.account_id) as account_count
        from (
            select account_id, {{ history_date }}, round(sum({{ score }}), 6) as score from {{ existing }}
            where {{ published_days }}
            group by account_id, {{ history_date }}
        ) as published
        inner join (
            select account_id, {{ history_date }}, round(sum({{ score }}), 6) as score from {{ new_rows }}
            group by account_id, {{ history_date }}
        ) as computed
            on
                published.account_id = computed.account_id
                and published.{{ history_date }} = computed.{{ history_date }}
        where published.score <> computed.score
    {% endset %}
    {% set row = run_query(changed).rows[0] %}
    {% set scores = relation_there('int_scores__scores') %}
    {% if row[0] | int > 0 and scores is not none %}
        {% set count %}
            select count(*) from {{ scores }} where {{ history_of_key(history_key, key_value) }}
        {% endset %}
        {% set published = run_query(count).rows[0][0] | int %}
        {% set share = (row[0] | int) / ([published, 1] | max) %}
        {% if share > var('max_change_share') | float %}
            {% do history_forget(new_rows) %}
            {% do exceptions.raise_compiler_error(
                'HISTORY_WOULD_CHANGE: ' ~ row[0] ~ ' of ' ~ published ~ ' published scores (' ~ row[1]
                ~ ' accounts) would change, a share of ' ~ '%.2f' % share ~ '; max_change_share allows '
                ~ var('max_change_share') ~ '. Why: ' ~ history_causes(existing, history_date)
                ~ '. No published score was changed. Mend the source and sync again; if they shall change, run once more'
                ~ ' with --accept-changes (the values before stay in marts.fct_restatements).'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#
    What makes the past another, in words: a later start of the history, else another version of the product and the inputs
    that differ, most accounts first.
#}
{% macro history_causes(existing, history_date) %}
    {% set first_day %}
        select cast(min({{ history_date }}) as {{ dbt.type_string() }}) from {{ existing }}
    {% endset %}
    {% set first_built = run_query(first_day).rows[0][0] %}
    {% set start = var('history_start_date') | string %}
    {% if first_built and first_built < start %}
        {% do return('tenant.history_start_date moved from ' ~ first_built ~ ' to ' ~ start) %}
    {% endif %}
    {% set differing %}
        select
            cause,
            count(distinct account_id) as account_count
        from {{ history_table('int_history__reopenings') }}
        where from_date < {{ as_of_date() }}
        group by cause
        order by 2 desc, 1
        limit 6
    {% endset %}
    {% set other_version = history_other_version() %}
    {% set causes = [other_version] if other_version else [] %}
    {% for cause, accounts in run_query(differing).rows %}
        {% do causes.append(cause ~ ' (' ~ accounts ~ ' accounts)') %}
    {% endfor %}
    {% do return(causes | join(', ') or 'these days are computed again as of ' ~ as_of_day()) %}
{% endmacro %}
