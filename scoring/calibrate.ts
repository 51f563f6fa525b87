import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import { cutOf } from './category.ts';
import { type CutOptions, type CutProposal, proposeCuts } from './cut-proposal.ts';
import { ScoringError } from './errors.ts';
import { presentModelVersion, readEvaluationRules, requireHistory } from './history.ts';
import type { Observation, Unit } from './observations.ts';
import { observedEvidence } from './observed-evidence.ts';
import { observedOutcomes } from './observed-outcomes.ts';
import { cutsInForce } from './replay.ts';
import type { EvaluationRules } from './rules.ts';
import type { SignalEvidence } from './signal-evidence.ts';
import { signalValues } from './signal-values.ts';
import { calibrationCase } from './walk-forward-metrics.ts';
import { proposeWeights, type SignalWeight, type WeightProposal } from './weight-proposal.ts';
import { tryWeights, type WeightTrial } from './weight-trial.ts';
import { knowsOfFits } from './weights-in-force.ts';

export interface CalibrationOptions {
  /** only outcomes known by the end of this day are used */
  readonly asOfDate: IsoDate;
  /** default `account`: each month end of each account */
  readonly unit?: Unit;
  /** default 90 */
  readonly horizonDays?: number;
  /** a segment with weights of its own; default all accounts of segments that have none */
  readonly segment?: string;
  readonly evaluationRules?: EvaluationRules;
  /** default 1000 */
  readonly bootstrapSamples?: number;
  /** default 1 */
  readonly seed?: number;
  readonly onProgress?: (howFar: string, what: string) => void;
}

/** A proposal, what it rests on, and how the method fared on outcomes that it had not seen. */
export interface Calibration extends WeightProposal {
  readonly as_of_date: IsoDate;
  readonly model_version: string;
  readonly unit: Unit;
  readonly horizon_days: number;
  /** null for all accounts whose segment has no weights of its own */
  readonly segment: string | null;
  /** what each signal alone says, per account at the far horizon */
  readonly evidence: readonly SignalEvidence[];
  /** from the weights before any fit, so that no outcome that it judges has made them */
  readonly trial: WeightTrial | null;
  /**
   * where red and yellow should end for the scores in force: of the accounts asked for, then, where those are all, of
   * each segment with churns enough
   */
  readonly cuts: readonly CutProposal[];
  /** the last day whose outcomes any weight in force was fitted on; null when none was */
  readonly fitted_on: IsoDate | null;
}

/**
 * Proposes weights from the outcomes known by `asOfDate`, with the signals as they stood on the days before
 * them: definitions, section 6. Writes nothing.
 *
 * @throws ScoringError HISTORY_MISSING, HISTORY_INVALID, NOT_ENOUGH_EVIDENCE, SEGMENT_UNKNOWN
 * @example (await calibrate(warehouse, { asOfDate: '2026-06-30' })).signals[0] // { signal: 'login_frequency', … }
 */
export async function calibrate(warehouse: Warehouse, options: CalibrationOptions): Promise<Calibration> {
  const { asOfDate, unit = 'account', horizonDays = 90, bootstrapSamples = 1000, seed = 1 } = options;
  const rules = options.evaluationRules ?? (await readEvaluationRules(warehouse));
  options.onProgress?.('1/3', 'reading outcomes and signals');
  await requireHistory(warehouse);
  const modelVersion = await presentModelVersion(warehouse);
  const { assumed, beforeFit, fittedOn, isInSegment } = await weightsInForce(warehouse, options.segment);
  const observations = await observedOutcomes(warehouse, {
    asOfDate,
    modelVersion,
    unit,
    horizonDays,
    rules,
  });
  const decided = observations.filter(
    ({ outcome, segment }) => (outcome === 'churned' || outcome === 'renewed') && isInSegment(segment),
  );
  const valuesOf = await signalValues(
    warehouse,
    modelVersion,
    assumed.map(({ signal }) => signal),
    decided,
  );
  const cases = decided.map((one) => calibrationCase(one, valuesOf(one)));
  const bootstrap = { samples: bootstrapSamples, seed };
  const evidence = await observedEvidence(warehouse, { asOfDate, modelVersion, rules }, assumed, bootstrap);
  const proposalOptions = {
    minimumChurns: rules.minimum_churns,
    bootstrap,
    suspectedLeaks: evidence.filter((one) => one.is_suspected_leak).map(({ signal }) => signal),
  };
  options.onProgress?.('2/3', `fitting ${assumed.length} signals to ${cases.length} outcomes`);
  const proposal = proposeWeights(cases, assumed, proposalOptions);
  options.onProgress?.('3/3', 'trying the method on later outcomes');
  const trial = tryWeights(cases, beforeFit, proposalOptions);
  return {
    as_of_date: asOfDate,
    model_version: modelVersion,
    unit,
    horizon_days: horizonDays,
    segment: options.segment ?? null,
    ...proposal,
    evidence,
    trial,
    cuts: await cutProposals(warehouse, decided, options.segment ?? null, {
      minimumChurns: rules.minimum_churns,
      bootstrap,
    }),
    fitted_on: fittedOn,
  };
}

/** The cuts of all, or of the segment asked for; and of each segment whose own outcomes are enough. */
async function cutProposals(
  warehouse: Warehouse,
  decided: readonly Observation[],
  asked: string | null,
  options: CutOptions,
): Promise<CutProposal[]> {
  const cuts = await cutsInForce(warehouse);
  const of = (segment: string | null, cases: readonly Observation[]) =>
    proposeCuts(
      cases,
      segment,
      { red: cutOf('red', segment, cuts), yellow: cutOf('yellow', segment, cuts) },
      options,
    );
  const segments = asked === null ? Map.groupBy(decided, ({ segment }) => segment) : new Map();
  return [
    ...of(asked, decided),
    ...[...segments]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([segment, cases]) => of(segment, cases))
      .filter(([red]) => red.verdict !== 'not_enough_evidence')
      .flat(),
  ];
}

/** The weights that score now, what they were before any fit, and which accounts they score. */
async function weightsInForce(
  warehouse: Warehouse,
  segment: string | undefined,
): Promise<{
  assumed: SignalWeight[];
  beforeFit: SignalWeight[];
  fittedOn: IsoDate | null;
  isInSegment: (segment: string) => boolean;
}> {
  const rows = await warehouse.db
    .selectFrom('intermediate.int_signals__index')
    .select(['segment', 'signal', 'weight'])
    .$if(await knowsOfFits(warehouse), (query) => query.select(['assumed_weight', 'fitted_on']))
    .orderBy('weight', 'desc')
    .orderBy('signal')
    .execute();
  const withOwn = new Set(rows.map((row) => row.segment).filter((name) => name !== 'all'));
  if (segment !== undefined && !withOwn.has(segment)) {
    throw new ScoringError(
      'SEGMENT_UNKNOWN',
      `Expected a segment with weights of its own (${[...withOwn].join(', ') || 'there is none'}), got "${segment}". ` +
        'Leave the segment out to fit the weights that all others share.',
      { segment },
    );
  }
  const own = rows.filter((row) => row.segment === (segment ?? 'all'));
  const fits = own.flatMap(({ fitted_on }) => fitted_on ?? []).sort();
  return {
    assumed: own.map(({ signal, weight }) => ({ signal, weight })),
    beforeFit: own.map(({ signal, weight, assumed_weight }) => ({
      signal,
      weight: assumed_weight ?? weight,
    })),
    fittedOn: fits.at(-1) ?? null,
    isInSegment: (name) => (segment === undefined ? !withOwn.has(name) : name === segment),
  };
}
