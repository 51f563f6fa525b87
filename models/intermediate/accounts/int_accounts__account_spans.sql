-- One row per account in scope and span of days that are alike: what was known of its contracts on each of them. The
-- days are int_accounts__account_days; what asks about single days of long ago asks here.
with

segment_cuts as (
    {{ segment_cuts() }}
),

first_versions as (
    select
        account_id,
        min(dated_from_date) as dated_from_date
    from {{ ref('int_canonical__accounts') }}
    group by account_id
),

accounts as (
    select
        accounts.*,
        customers.customer_from_date,
        -- Without a `created_at` an account is in scope from its earliest version, else from the start of history.
        case
            when accounts.created_date is not null then accounts.created_date
            when first_versions.dated_from_date < {{ end_of_time() }} then first_versions.dated_from_date
            else {{ history_start_date() }}
        end as scope_from_date
    from {{ ref('int_canonical__accounts') }} as accounts
    inner join first_versions
        on accounts.account_id = first_versions.account_id
    inner join {{ ref('int_accounts__customers') }} as customers
        on accounts.account_id = customers.account_id
),

states as (
    select * from {{ ref('int_revenue__term_states') }}
    where until_date > {{ history_start_date() }}
),

first_terms as (
    select
        account_id,
        epoch_number,
        min(term_start_date) as first_term_start_date
    from states
    group by account_id, epoch_number
),

-- Terms that are in force or open on some day of the epoch.
running as (
    select *
    from states
    where in_force_until_date > from_date or outcome_from_date > from_date
),

epochs as (
    select * from {{ ref('int_revenue__epochs') }}
    where until_date > {{ history_start_date() }}
),

-- What other accounts' contracts renew of an account's before the day from which they are known by a date of their own.
undated_links as (
    select * from {{ ref('int_revenue__links_across_accounts') }}
    where dated_from_date > known_from_date
),

-- The days on which something may change: a term begins, ends, is decided or known by a date of its own, or another
-- version of the account holds.
cuts as (
    select
        account_id,
        epoch_number,
        from_date,
        until_date
    from epochs
    {%- for day in [
        'term_start_date',
        date_add_days('term_end_date', 1),
        'in_force_until_date',
        'outcome_from_date',
        'dated_from_date',
    ] %}
    union distinct
    select
        account_id,
        epoch_number,
        {{ day }} as from_date,
        until_date
    from states
    where {{ day }} > from_date and {{ day }} < until_date
    {%- endfor %}
    {%- for day in ['known_date', 'known_until_date', 'dated_from_date', 'scope_from_date', 'customer_from_date'] %}
    union distinct
    select
        epochs.account_id,
        epochs.epoch_number,
        accounts.{{ day }} as from_date,
        epochs.until_date
    from epochs
    inner join accounts
        on
            epochs.account_id = accounts.account_id
            and epochs.from_date < accounts.{{ day }}
            and epochs.until_date > accounts.{{ day }}
    {%- endfor %}
    union distinct
    select
        epochs.account_id,
        epochs.epoch_number,
        undated_links.dated_from_date as from_date,
        epochs.until_date
    from epochs
    inner join undated_links
        on
            epochs.account_id = undated_links.account_id
            and epochs.from_date < undated_links.dated_from_date
            and epochs.until_date > undated_links.dated_from_date
),

bounded as (
    select
        account_id,
        epoch_number,
        from_date,
        coalesce(
            lead(from_date) over (partition by account_id, epoch_number order by from_date),
            until_date
        ) as until_date
    from cuts
),

-- Days between two cuts are alike: what holds on the first holds on all.
spans as (
    select * from bounded
    where until_date > {{ history_start_date() }} and from_date <= {{ as_of_date() }}
),

span_terms as (
    select
        spans.account_id,
        spans.from_date,
        running.contract_id,
        running.term_end_date,
        running.arr,
        running.seats,
        running.dated_from_date,
        running.term_start_date <= spans.from_date
        and running.in_force_until_date > spans.from_date as is_in_force,
        -- A term that renewed itself is not there before it began.
        running.outcome_from_date > spans.from_date
        and (running.cycle_number = 0 or running.term_start_date <= spans.from_date) as is_open
    from spans
    inner join running
        on spans.account_id = running.account_id and spans.epoch_number = running.epoch_number
),

-- A day and a contract as one text, so that the least of them is the contract of the least day.
summed as (
    select
        account_id,
        from_date,
        sum(case when is_in_force then arr end) as arr,
        sum(case when is_in_force then seats end) as seats,
        count(distinct case when is_in_force then contract_id end) as contract_count,
        min(
            case
                when is_open and term_end_date >= from_date
                    then cast(term_end_date as {{ dbt.type_string() }}) || contract_id
            end
        ) as next_renewal,
        max(
            case
                when is_open and term_end_date < from_date
                    then cast(term_end_date as {{ dbt.type_string() }}) || contract_id
            end
        ) as late_renewal,
        max(case when dated_from_date > from_date then 1 else 0 end) as undated_count
    from span_terms
    where is_in_force or is_open
    group by account_id, from_date
),

undated_spans as (
    select distinct
        spans.account_id,
        spans.from_date
    from spans
    inner join undated_links
        on
            spans.account_id = undated_links.account_id
            and spans.from_date >= undated_links.known_from_date
            and spans.from_date < undated_links.known_until_date
            and spans.from_date < undated_links.dated_from_date
),

joined as (
    select
        spans.account_id,
        spans.from_date,
        spans.until_date,
        coalesce(summed.arr, 0) as arr,
        summed.seats,
        coalesce(summed.next_renewal, summed.late_renewal) as renewal,
        coalesce(summed.contract_count, 0) as contract_count,
        accounts.segment as explicit_segment,
        coalesce(accounts.is_acquired, false) as is_acquired,
        first_terms.first_term_start_date,
        coalesce(summed.undated_count, 0) = 0
        and undated_spans.account_id is null
        and not (
            accounts.dated_from_date > spans.from_date
            and (accounts.segment is not null or coalesce(summed.contract_count, 0) = 0)
        ) as is_leak_proof
    from spans
    left join summed
        on spans.account_id = summed.account_id and spans.from_date = summed.from_date
    left join undated_spans
        on spans.account_id = undated_spans.account_id and spans.from_date = undated_spans.from_date
    left join first_terms
        on spans.account_id = first_terms.account_id and spans.epoch_number = first_terms.epoch_number
    left join accounts
        on
            spans.account_id = accounts.account_id
            and spans.from_date >= accounts.known_date
            and spans.from_date < accounts.known_until_date
    where
        summed.contract_count > 0
        or (
            accounts.scope_from_date <= spans.from_date
            and accounts.customer_from_date <= spans.from_date
            and (
                first_terms.first_term_start_date is null
                or first_terms.first_term_start_date > spans.from_date
            )
        )
),

dated as (
    select
        joined.*,
        cast(substr(joined.renewal, 1, 10) as date) as next_renewal_date,
        substr(joined.renewal, 11) as next_contract_id
    from joined
),

segmented as (
    select
        dated.*,
        coalesce(dated.explicit_segment, segment_cuts.segment) as segment
    from dated
    left join segment_cuts
        on
            dated.arr >= segment_cuts.min_arr
            and (segment_cuts.next_min_arr is null or dated.arr < segment_cuts.next_min_arr)
),

final as (
    select
        account_id,
        greatest(from_date, {{ history_start_date() }}) as from_date,
        until_date,
        segment,
        next_contract_id,
        next_renewal_date,
        first_term_start_date,
        cast(arr as {{ dbt.type_numeric() }}) as arr,
        cast(seats as {{ dbt.type_bigint() }}) as seats,
        contract_count,
        is_acquired,
        coalesce(is_leak_proof, false) as is_leak_proof
    from segmented
)

select * from final
