/** A failure of scoring that a caller may handle; `code` is stable and goes into the run log. */
export class ScoringError extends Error {
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ScoringError';
    this.code = code;
    this.data = data;
  }
}

export const historyMissing = (relation: string) =>
  new ScoringError(
    'HISTORY_MISSING',
    `Expected the table ${relation}, found none. Run "tenure build" first: it makes the history that scoring reads.`,
    { relation },
  );

export const historyInvalid = (relation: string, problem: string, cause: unknown) =>
  new ScoringError(
    'HISTORY_INVALID',
    `A row of ${relation} is not as scoring expects it: ${problem}. Run "tenure build --full-refresh"; if it stays, the model behind ${relation} has changed its columns.`,
    { relation, problem },
    cause,
  );

export const rulesInvalid = (seed: 'renewal_rules' | 'backtest_rules', problem: string) =>
  new ScoringError(
    seed === 'renewal_rules' ? 'RENEWAL_RULES_INVALID' : 'BACKTEST_RULES_INVALID',
    `The rules in models/seeds/${seed}.csv cannot be used: ${problem}. Mend the row and run "tenure build" again.`,
    { problem },
  );

export const statisticUndefined = (statistic: string, problem: string) =>
  new ScoringError('STATISTIC_UNDEFINED', `${statistic} cannot be computed: ${problem}.`, {
    statistic,
    problem,
  });
