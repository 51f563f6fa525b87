import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import { observedOutcomes } from './observed-outcomes.ts';
import type { EvaluationRules } from './rules.ts';
import { type SignalEvidence, signalEvidence } from './signal-evidence.ts';
import { signalValues } from './signal-values.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import type { SignalWeight } from './weight-proposal.ts';

/** What each signal alone says of churn at the far horizon, of all accounts: enough to see a leak. */
export async function observedEvidence(
  warehouse: Warehouse,
  {
    asOfDate,
    modelVersion,
    rules,
  }: { readonly asOfDate: IsoDate; readonly modelVersion: string; readonly rules: EvaluationRules },
  assumed: readonly SignalWeight[],
  bootstrap: BootstrapOptions,
): Promise<SignalEvidence[]> {
  const observations = await observedOutcomes(warehouse, {
    asOfDate,
    modelVersion,
    unit: 'account',
    horizonDays: rules.far_horizon_days,
    rules,
  });
  const decided = observations.filter(({ outcome }) => outcome === 'churned' || outcome === 'renewed');
  if (decided.length === 0) return [];
  const names = assumed.map(({ signal }) => signal);
  const valuesOf = await signalValues(warehouse, modelVersion, names, decided);
  return signalEvidence(decided, assumed, valuesOf, { rules, bootstrap });
}
