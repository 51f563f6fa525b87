import { z } from 'zod';
import { rulesInvalid } from './errors.ts';

const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'expected MM-DD');
const days = z.coerce.number().int().min(0);

/** The open stages in which a renewal is before its anchor, from the most distant. */
export const COUNTED_STAGES = [
  'planning',
  'review',
  'soft_question',
  'outreach',
  'follow_up',
  'urgent',
] as const;
export type CountedStage = (typeof COUNTED_STAGES)[number];
export type RenewalStage = 'scheduled' | CountedStage | 'due' | 'late' | 'closed';

const renewalRules = z.object({
  /** days after `term_end_date` in which a renewal without outcome is late, not yet churned */
  grace_days: days,
  /** first and last day of the holiday period, both in it; may span the new year */
  holiday_start: monthDay,
  holiday_end: monthDay,
  /** how many days earlier an anchor in the holiday period moves */
  holiday_shift_days: days,
  /** most days to the anchor at which each stage begins */
  stage_days: z.record(z.enum(COUNTED_STAGES), days),
});
export type RenewalRules = z.infer<typeof renewalRules>;

/** Sections 4 and 5 of the definitions; used where the seed has no row. */
export const DEFAULT_RENEWAL_RULES: RenewalRules = Object.freeze({
  grace_days: 30,
  holiday_start: '12-15',
  holiday_end: '01-05',
  holiday_shift_days: 14,
  stage_days: Object.freeze({
    planning: 270,
    review: 180,
    soft_question: 120,
    outreach: 90,
    follow_up: 60,
    urgent: 30,
  }),
});

/**
 * The renewal rules from the rows of the seed, each a rule's name and its value; rules that scoring does not
 * use are passed over, absent ones keep their default.
 *
 * @throws ScoringError RENEWAL_RULES_INVALID for a value that is no day count or no `MM-DD`
 * @example parseRenewalRules([{ rule: 'grace_days', value: '45' }]).grace_days // 45
 */
export function parseRenewalRules(
  rows: readonly { readonly rule: string; readonly value: unknown }[],
): RenewalRules {
  const values = new Map(rows.map((row) => [row.rule, row.value]));
  const ruleOr = (rule: string, otherwise: unknown) => values.get(rule) ?? otherwise;
  const parsed = renewalRules.safeParse({
    grace_days: ruleOr('grace_days', DEFAULT_RENEWAL_RULES.grace_days),
    holiday_start: ruleOr('holiday_start', DEFAULT_RENEWAL_RULES.holiday_start),
    holiday_end: ruleOr('holiday_end', DEFAULT_RENEWAL_RULES.holiday_end),
    holiday_shift_days: ruleOr('holiday_shift_days', DEFAULT_RENEWAL_RULES.holiday_shift_days),
    stage_days: Object.fromEntries(
      COUNTED_STAGES.map((stage) => [
        stage,
        ruleOr(`stage_${stage}_days`, DEFAULT_RENEWAL_RULES.stage_days[stage]),
      ]),
    ),
  });
  if (!parsed.success) throw rulesInvalid('renewal_rules', z.prettifyError(parsed.error));
  const limits = COUNTED_STAGES.map((stage) => parsed.data.stage_days[stage]);
  if (limits.some((limit, index) => index > 0 && limit >= limits[index - 1]!)) {
    throw rulesInvalid(
      'renewal_rules',
      `stages must begin ever nearer to the anchor, got ${limits.join(', ')} days`,
    );
  }
  return parsed.data;
}

const share = z.coerce.number().min(0).max(1);
const some = z.coerce.number().int().min(1);

/** The numbers by which the backtest and the forecast judge: definitions, section 6. */
const evaluationRules = z.object({
  /** days ahead in which an outcome is awaited */
  near_horizon_days: some,
  far_horizon_days: some,
  /** a loss of at least this share of ARR is a contraction, shown apart */
  contraction_share: share,
  /** below this many churns no verdict is given */
  minimum_churns: some,
  /** a share of fewer cases than this gets no verdict */
  minimum_cases: some,
  /** go-live gate: least decisive accuracy, exclusive */
  decisive_accuracy: share,
  /** go-live gate: limit of green_churn_rate and red_renew_rate, exclusive */
  error_rate: share,
  /** what "all renew" gets in balanced accuracy, and chance in AUC */
  chance: share,
  /** a signal that alone orders churn this well longer ahead than the near horizon knows too much too early */
  leak_auc: share,
  /** days ahead of a churn at which it should have been flagged */
  ahead_days: some,
  /** cases by which the forecast's shares are drawn to their prior: n / (n + this) */
  shrinkage: z.coerce.number().min(0),
  /** renewal rate before any outcome is known: median GRR of the reference lines (section 4) */
  assumed_renewal_rate: share,
  /** so old may the latest score of another platform be */
  external_score_days: some,
  /** a learned score asks for so many accounts with a known outcome, and so long a history */
  learned_accounts: some,
  learned_days: some,
});
export type EvaluationRules = Readonly<z.infer<typeof evaluationRules>>;

/** Used where the seed has no row. */
export const DEFAULT_EVALUATION_RULES: EvaluationRules = Object.freeze({
  near_horizon_days: 90,
  far_horizon_days: 180,
  contraction_share: 0.2,
  minimum_churns: 30,
  minimum_cases: 10,
  decisive_accuracy: 0.7,
  error_rate: 0.3,
  chance: 0.5,
  leak_auc: 0.9,
  ahead_days: 60,
  shrinkage: 30,
  assumed_renewal_rate: 0.9,
  external_score_days: 90,
  learned_accounts: 1000,
  learned_days: 365,
});

/**
 * The rules of the backtest from the rows of the seed, as `parseRenewalRules` has those of renewals; what chance
 * gives is no rule.
 *
 * @throws ScoringError BACKTEST_RULES_INVALID for a share outside 0–1 or a count that is none
 * @example parseEvaluationRules([{ rule: 'minimum_churns', value: 50 }]).minimum_churns // 50
 */
export function parseEvaluationRules(
  rows: readonly { readonly rule: string; readonly value: unknown }[],
): EvaluationRules {
  const given = Object.fromEntries(rows.map(({ rule, value }) => [rule, value]));
  const { chance } = DEFAULT_EVALUATION_RULES;
  const parsed = evaluationRules.safeParse({ ...DEFAULT_EVALUATION_RULES, ...given, chance });
  if (!parsed.success) throw rulesInvalid('backtest_rules', z.prettifyError(parsed.error));
  return parsed.data;
}
