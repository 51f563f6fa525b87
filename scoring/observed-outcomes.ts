import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import { addDays, monthEnds } from './calendar.ts';
import { openHistory, readRenewalRules, type ScoredDay } from './history.ts';
import { type Observation, observeAccounts, observeRenewals, type Unit } from './observations.ts';
import type { EvaluationRules } from './rules.ts';

export interface ObservedOptions {
  readonly asOfDate: IsoDate;
  readonly modelVersion: string;
  readonly unit: Unit;
  readonly horizonDays: number;
  readonly rules: EvaluationRules;
  /** other scores of the same days; default the published ones */
  readonly scoredOn?: (days: readonly IsoDate[]) => Promise<ScoredDay[]>;
}

/** The observations of one unit and horizon, as the backtest takes them: definitions, section 6. */
export async function observedOutcomes(
  warehouse: Warehouse,
  { asOfDate, modelVersion, unit, horizonDays, rules, scoredOn }: ObservedOptions,
): Promise<readonly Observation[]> {
  const history = openHistory(warehouse, { asOfDate, modelVersion });
  const { grace_days: graceDays } = await readRenewalRules(warehouse);
  const observationRules = { asOfDate, horizonDays, graceDays, contractionShare: rules.contraction_share };
  const renewals = await history.renewals();
  if (unit === 'renewal') {
    const days = renewals.map(({ renewal_date }) => addDays(renewal_date, -horizonDays));
    const scored = scoredOn
      ? await scoredOn([...new Set(days)].filter((day) => day <= asOfDate))
      : await history.scoredBeforeRenewals(horizonDays);
    return observeRenewals(renewals, scored, observationRules).observations;
  }
  const first = await history.firstDay();
  const ends = first === undefined ? [] : monthEnds(first, asOfDate);
  const arrLater = await history.arrOn(
    ends.map((end) => addDays(end, horizonDays)).filter((day) => day <= asOfDate),
  );
  return observeAccounts(
    await (scoredOn ?? history.scoredOn)(ends),
    await history.accountChurns(),
    renewals,
    arrLater,
    observationRules,
  ).observations;
}
