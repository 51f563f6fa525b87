{#
    A table with a row per account and day, to which each run adds days and whose older rows change only where late data
    touches them.

    The first run (and --full-refresh) builds all days, later ones those from `least(last day + 1, as_of_date)` to
    `as_of_date`; the rows of those days are replaced. Where something else is known of an account's past than when it
    was built (int_history__reopened_accounts), its days are built again from there on. A long run builds one part of the accounts after the
    other (history_bucket_ranges), so that memory is bounded. A run that is killed leaves what was there before.

    The model says `where … >= {{ history_from_date() }}`, `{{ in_bucket('account_id') }}` and, of what it looks back on,
    `… > {{ lookback_from_date(signal) }}`, and may configure
    - history_date: its column of days (as_of_date)
    - history_key: a column, such as model_version, within which days are counted: a new value gets its whole history
      and the rows of the others stay; with
    - history_key_from: the model of one row that has the present value of that column.
    What is published stays: history_guard refuses to make rows vanish and to change many, history_restated keeps what a
    changed one said before.
    On BigQuery the table has a partition a day and is clustered by account_id.
#}
{% materialization history, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set new_rows = make_intermediate_relation(target_relation) -%}
    {%- set is_first_build =
        existing_relation is none or not existing_relation.is_table or should_full_refresh()
    -%}
    {%- set history_date = config.get('history_date', 'as_of_date') -%}
    {%- set history_key = config.get('history_key') -%}
    {%- set key_value = history_key_value(history_key, config.get('history_key_from')) -%}
    {%- set from_date =
        var('history_start_date') if is_first_build
        else history_next_date(existing_relation, history_date, history_key, key_value)
    -%}

    {%- set reopened = history_reopened() -%}
    {%- set reopened_from = none if is_first_build else history_reopened_date(reopened, from_date) -%}

    {#- for the tests: see history_written_from -#}
    {%- do graph.nodes[model.unique_id].update({'history_from_date': reopened_from or from_date}) -%}

    {%- if not history_expires() %}
    {{ drop_relation_if_exists(load_cached_relation(new_rows)) }}
    {%- endif %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set lookbacks = history_lookbacks(compiled_code) -%}
    {%- set bucket_queries = [] -%}
    {%- for buckets in history_bucket_ranges(from_date) -%}
        {%- do bucket_queries.append(history_narrow(compiled_code, buckets, from_date, lookbacks)) -%}
    {%- endfor -%}

    {%- if is_first_build -%}
        {%- do history_create(existing_relation, new_rows, target_relation, bucket_queries, history_date) -%}
    {%- else -%}
        {%- do history_write(new_rows, bucket_queries) -%}
        {%- if reopened_from -%}
            {%- for buckets in history_bucket_ranges(reopened_from) -%}
                {%- call statement('reopened_' ~ loop.index) -%}
                    insert into {{ new_rows }}
                    select reopened_days.* from (
                        {{ history_narrow(
                            compiled_code, buckets, reopened_from, lookbacks, history_reopened_accounts(reopened, from_date)
                        ) }}
                    ) as reopened_days
                    where reopened_days.{{ history_date }} < cast('{{ from_date }}' as date)
                {%- endcall -%}
            {%- endfor -%}
        {%- endif -%}
        {%- set replaced_days = history_replaced_days(
            history_date, from_date, history_key, key_value, reopened, reopened_from
        ) -%}
        {%- do history_guard(existing_relation, new_rows, history_date, history_key, key_value, replaced_days) -%}
        {%- do process_schema_changes('append_new_columns', new_rows, existing_relation) -%}
        {%- do history_replace_days(
            existing_relation, new_rows, replaced_days,
            history_restated(existing_relation, new_rows, history_date, replaced_days)
        ) -%}
        {%- do history_forget(new_rows) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
