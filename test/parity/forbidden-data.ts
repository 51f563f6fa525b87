/**
 * For each singular test, and for those that no hostile row of `hostile-rows.ts` breaks, how data must be changed for it to be there for something: a model or seed that it reads, and the
 * rows in its place, in GoogleSQL, where `{}` stands for the rows as they are.
 */
export const FORBIDDEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  assert_account_day_arr_is_that_of_its_terms: {
    int_accounts__account_days: '(select * replace (arr + 1 as arr) from {})',
  },
  assert_arr_at_risk_moves_add_up: {
    fct_arr_at_risk_changes: '(select * replace (arr_recovered + 1 as arr_recovered) from {})',
  },
  assert_arr_movements_add_up: {
    fct_arr_movements: '(select * replace (arr_end + 1 as arr_end) from {})',
  },
  assert_category_matches_cuts: {
    fct_account_health_daily: "(select * replace ('green' as category) from {})",
  },
  assert_check_accounts_add_up: {
    int_checks__long: '(select * replace (value + 1 as value) from {})',
  },
  assert_contributions_add_to_the_score: {
    fct_signal_contributions_daily: '(select * replace (contribution + 1 as contribution) from {})',
  },
  assert_due_on_workdays: {
    // a Sunday
    int_alerts__computed:
      "(select * replace (date '2026-06-20' as created_date, date '2026-06-28' as due_date) from {})",
  },
  assert_each_term_renews_one: {
    int_revenue__epoch_terms: '(select * replace (cast(null as string) as previous_contract_id) from {})',
    int_revenue__successions: '(select * from {} union all select * from {})',
  },
  assert_exclusions_name_rules_or_plays: {
    alert_exclusions: "(select 'no such rule' as rule)",
  },
  assert_known_noise_names_something: {
    fct_known_noise: '(select cast(null as string) as kind)',
  },
  assert_losses_meet_renewals_and_churns: {
    fct_losses: '(select * replace (arr_lost + 1 as arr_lost) from {})',
  },
  assert_no_check_is_lost: {
    int_checks__long: "(select * from {} where check_id != 'M2')",
  },
  assert_no_signal_is_lost: {
    fct_signal_contributions_daily: "(select * from {} where signal != 'csm_sentiment')",
  },
  assert_nothing_is_left_to_renew: {
    int_revenue__successions: '(select * from {} where false)',
  },
  assert_number_of_signals: {
    int_signals__index:
      "(select signal || number as signal, 1 as weight from {} cross join unnest(['', 'a']) as number)",
  },
  assert_one_movement_per_month: {
    fct_arr_movements: '(select * replace (1 as arr_new, 1 as arr_expansion) from {})',
  },
  assert_retention_meets_movements: {
    fct_arr_movements: '(select * replace (arr_start + 1 as arr_start) from {})',
  },
  assert_scored_unless_all_signals_are_null: {
    fct_account_health_daily: '(select * replace (cast(null as float64) as score) from {})',
  },
  assert_weights_add_to_100: {
    int_signals__index: '(select * replace (weight + 1 as weight) from {})',
  },
  expression_is_true_fct_arr_cohorts_arr_kept_arr_start_and_arr_end_arr_start_and_accounts_left_account_count:
    {
      fct_arr_cohorts:
        '(select 2 as arr_kept, 1 as arr_start, 1 as arr_end, 0 as accounts_left, 0 as account_count, 0 as quarters_since)',
    },
};
