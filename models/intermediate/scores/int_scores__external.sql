-- One row per account, other platform and span of days on which one score of it was its latest that was known: from the
-- day on which it was both made and known until a later one is, at most `external_score_days` after it was made. Of two
-- accounts that were merged the lower of two scores of one day counts.
with

rules as (
    {{ rule_values('backtest_rules', ['external_score_days']) }}
),

scores as (
    select
        account_id,
        system,
        scored_on,
        known_date,
        known_until_date,
        score,
        category,
        told_account_id,
        greatest(scored_on, known_date) as from_date
    from {{ ref('int_canonical__external_scores') }}
),

followed as (
    select
        scores.*,
        min(from_date) over (
            partition by account_id, system
            order by scored_on asc, known_date asc, score desc, told_account_id asc
            rows between 1 following and unbounded following
        ) as next_from_date
    from scores
),

spans as (
    select
        followed.account_id,
        followed.system,
        followed.from_date,
        least(
            followed.known_until_date,
            coalesce(followed.next_from_date, {{ end_of_time() }}),
            {{ date_add_days('followed.scored_on', 'rules.external_score_days + 1') }}
        ) as until_date,
        followed.scored_on,
        followed.score,
        followed.category
    from followed
    cross join rules
),

final as (
    select * from spans
    where from_date < until_date
)

select * from final
