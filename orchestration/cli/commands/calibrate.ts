import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { parse } from 'csv-parse/sync';
import {
  type Calibration,
  type CutProposal,
  calibrate,
  changeWeights,
  type SignalProposal,
} from '../../../scoring/index.ts';
import { type RuleRow, type RuleTable, ruleTables } from '../../config/rule-tables.ts';
import { asCsv, overlayOf, ruleFiles, rulesOf } from '../../config/rules.ts';
import { TenureError } from '../../errors.ts';
import { withWarehouse } from '../../pipeline/configured-warehouse.ts';
import type { Line } from '../../pipeline/line.ts';
import { percent, table } from '../../runtime/print.ts';
import { type Context, configOf, lineOf, parseCount, show, verb } from '../context.ts';
import { horizon } from '../options.ts';

export interface CalibrationRequest {
  readonly unit: 'account' | 'renewal';
  readonly horizon: number;
  readonly segment?: string | undefined;
  readonly samples: number;
  /** where to write the rows of proposed weights; true: `rules/` of the project */
  readonly write?: string | true | undefined;
  /** where to write the rows of proposed category cuts; true: `rules/` of the project */
  readonly writeCuts?: string | true | undefined;
  /** a CSV file for those who decide: assumed, fitted, proposed, and room for who agreed; true: beside the configuration */
  readonly worksheet?: string | true | undefined;
}

const WEIGHTS = 'signal_definitions';
const CUTS = 'category_cuts';

/** Proposes weights from the outcomes known on the line's day, and writes them as a seed when asked to. */
export async function calibration(
  line: Line,
  request: CalibrationRequest,
): Promise<{ value: Calibration; text: string }> {
  const { config, reporter } = line;
  reporter.step('Fitting weights to what happened');
  const found = await withWarehouse(
    config,
    (warehouse) =>
      calibrate(warehouse, {
        asOfDate: line.asOfDate,
        unit: request.unit,
        horizonDays: request.horizon,
        bootstrapSamples: request.samples,
        ...(request.segment === undefined ? {} : { segment: request.segment }),
        onProgress: (howFar, what) => reporter.progress(howFar, what),
      }).catch((error: Error & { code?: string }) => {
        if (error.code !== 'SEGMENT_UNKNOWN') throw error;
        throw new TenureError(error.code, error.message, { exitCode: 2, cause: error });
      }),
    { readOnly: true },
  );
  reporter.done(`${found.churn_count} churns of ${found.account_count} accounts, ${found.case_count} cases`);
  const written =
    request.write === undefined
      ? undefined
      : await writeRules(config.directory, request.write, config.signals.preset, found);
  const cutsWritten =
    request.writeCuts === undefined ? undefined : await writeCuts(config.directory, request.writeCuts, found);
  const worksheetFile =
    request.worksheet === true ? join(config.directory, 'calibration_worksheet.csv') : request.worksheet;
  if (worksheetFile !== undefined)
    await writeText(worksheetFile, worksheet(config.directory, config.signals.preset, found));
  return { value: found, text: calibrationText(found, { written, cutsWritten, worksheetFile }) };
}

const rounded = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);

const share = (value: number | null) => percent(value === null ? null : value / 100);

/** Why a signal gets the weight that is proposed, in a sentence. */
function why(one: SignalProposal, isTelling: boolean): string {
  const assumed = share(one.assumed_share);
  switch (one.verdict) {
    case 'fitted':
      return one.proposed_weight === one.assumed_weight
        ? 'stays: it tells churn, but the signals that gave way left no more points to share'
        : 'moved: it tells churn, its interval is above 0';
    case 'against':
      return one.proposed_weight === 0
        ? `moved to 0, a shadow signal: at most ${share(one.ci_high)}, assumed ${assumed}`
        : `moved down: at most ${share(one.ci_high)}, assumed ${assumed}`;
    case 'kept':
      return isTelling
        ? `kept: its interval holds 0 and the assumed ${assumed}`
        : 'kept: the signals together tell nothing';
    case 'suspected_leak':
      return 'kept, not fitted: it knows churns too early, as if written with hindsight';
    case 'no_data':
      return 'kept: no data in any case';
    case 'no_variation':
      return 'kept: the same value in all cases';
  }
}

/** Signals that speak the wrong way, and pairs that say much the same. */
function remarks(found: Calibration): string[] {
  const wrong = found.evidence
    .filter(({ ci_high }) => ci_high !== null && ci_high < 0.5)
    .map(
      (one) =>
        `${one.signal} speaks the wrong way: churned accounts had the higher values (AUC ${one.auc?.toFixed(2)}, at most ${one.ci_high?.toFixed(2)}).`,
    );
  const pairs = new Map<string, string>();
  for (const { signal, moves_with } of found.signals) {
    if (moves_with === null || Math.abs(moves_with.correlation) < SAME) continue;
    const pair = [signal, moves_with.signal].sort();
    pairs.set(
      pair.join(' '),
      `${pair.join(' and ')} say much the same (correlation ${moves_with.correlation.toFixed(2)}): how a fit divides weight between them means little.`,
    );
  }
  return [...wrong, ...pairs.values()];
}

/** From this correlation on two signals are said to say much the same. */
const SAME = 0.7;

const isTelling = ({ fit_auc }: Calibration) => fit_auc.ci_low !== null && fit_auc.ci_low > 0.5;

function calibrationText(
  found: Calibration,
  {
    written,
    cutsWritten,
    worksheetFile,
  }: {
    readonly written: string | undefined;
    readonly cutsWritten: string | null | undefined;
    readonly worksheetFile: string | undefined;
  },
): string {
  const evidence = new Map(found.evidence.map((one) => [one.signal, one]));
  const rows = found.signals.map((one) => ({
    signal: one.signal,
    'weight now': one.assumed_weight,
    fitted: rounded(one.fitted_weight),
    '95 % from': rounded(one.ci_low),
    to: rounded(one.ci_high),
    cases: one.n,
    'AUC alone': evidence.get(one.signal)?.auc?.toFixed(2) ?? null,
    proposed: one.proposed_weight,
    why: why(one, isTelling(found)),
  }));
  const { fit_auc } = found;
  const { trial } = found;
  const what = found.unit === 'account' ? 'month ends of accounts' : 'renewals';
  return [
    `Weights from ${found.case_count} ${what} whose outcome within ${found.horizon_days} days was known by ${found.as_of_date}: ` +
      `${found.churn_count} churns, ${found.account_count} accounts${found.segment === null ? '' : `, segment ${found.segment}`}.`,
    '',
    table(
      ['signal', 'weight now', 'fitted', '95 % from', 'to', 'cases', 'AUC alone', 'proposed', 'why'],
      rows,
    ),
    '',
    fit_auc.value === null
      ? 'The fit could not be tried on accounts that it had not seen.'
      : `Fitted without them, it orders accounts with an AUC of ${fit_auc.value.toFixed(3)} (95 % interval ${fit_auc.ci_low?.toFixed(3) ?? '–'} to ${fit_auc.ci_high?.toFixed(3) ?? '–'}); 0.5 is a coin` +
        (isTelling(found) ? '.' : ', so that nothing is proposed.'),
    ...remarks(found),
    trial === null
      ? 'The method could not be tried on later outcomes: no quarter had enough known churns before it.'
      : `Tried walk-forward from ${trial.first_date} on ${trial.case_count} cases (${trial.churn_count} churns) that no fit had seen: ` +
        `AUC ${trial.auc_assumed.toFixed(3)} with the weights ${found.fitted_on === null ? 'in force' : `before the fit of ${found.fitted_on}`}, ${trial.auc_proposed.toFixed(3)} with proposed ones; ` +
        `gain ${trial.auc_gain.toFixed(3)} (95 % interval ${trial.ci_low?.toFixed(3) ?? '–'} to ${trial.ci_high?.toFixed(3) ?? '–'}).` +
        (trial.ci_low !== null && trial.ci_low > 0
          ? ''
          : ' That is no proof that the proposed weights are better.'),
    '',
    ...cutsText(found),
    ...(cutsWritten === undefined
      ? []
      : [
          cutsWritten === null
            ? 'No cut is written: the outcomes show of none that another is better.'
            : `Cuts are written to ${cutsWritten}, as proposed: who agrees sets status to confirmed. See what would change with: tenure whatif --cuts ${cutsWritten}`,
        ]),
    '',
    written === undefined
      ? `${typeof cutsWritten === 'string' ? 'No weight' : 'Nothing'} is changed. --write writes weights into rules/signal_definitions.csv of this project, --write-cuts cuts into rules/category_cuts.csv; "tenure diff FILE" shows what a file would change.`
      : `Written to ${written}, as proposed: who agrees sets status to confirmed, confirmed_by and confirmed_on. See what would change with: tenure diff ${written}`,
    ...(worksheetFile === undefined
      ? []
      : [`The worksheet is ${worksheetFile}: fill in decision, decided_by and decided_on.`]),
  ].join('\n');
}

const CUT_NAMES = { red: 'red ends at', yellow: 'yellow ends at' } as const;

/** What is proposed of where the colours end. */
function cutsText({ cuts, fitted_on, signals }: Calibration): string[] {
  const rows = cuts.map((one) => ({
    accounts: one.segment ?? 'all',
    cut: CUT_NAMES[one.category],
    now: one.cut_now,
    best: one.fitted_cut,
    '95 % from': rounded(one.ci_low),
    to: rounded(one.ci_high),
    churns: one.churn_count,
    'gain in balanced accuracy': signedInterval(one),
    'cases up to it now': percent(one.share_now),
    'up to the best': percent(one.share_fitted),
    proposed: one.proposed_cut,
    why: whyCut(one),
  }));
  const moves = signals.some(({ proposed_weight, assumed_weight }) => proposed_weight !== assumed_weight);
  return [
    'Where the colours should end, for the scores in force; yellow is looked for among what is above red:',
    '',
    table(Object.keys(rows[0] ?? {}), rows),
    ...(moves
      ? ['New weights make other scores: decide on weights first, and on cuts when they score.']
      : []),
    ...(fitted_on === null
      ? []
      : [
          `The scores rest on a fit of ${fitted_on}: on its outcomes they look better than they are, and cuts with them.`,
        ]),
  ];
}

const signedInterval = ({ gain, gain_ci_low, gain_ci_high }: CutProposal) =>
  gain === null
    ? null
    : `${gain.toFixed(3)} (${gain_ci_low?.toFixed(3) ?? '–'} to ${gain_ci_high?.toFixed(3) ?? '–'})`;

/** Why a cut is proposed, or not, in a sentence. */
export function whyCut({ verdict, cut_now, ci_low, ci_high, churn_count, category }: CutProposal): string {
  switch (verdict) {
    case 'moved':
      return 'moved: it tells churn better, of accounts too that it was not chosen on';
    case 'kept':
      return ci_low !== null && ci_high !== null && (cut_now < ci_low || cut_now > ci_high)
        ? 'kept: of accounts that it was not chosen on the other tells churn no better'
        : 'kept: the interval holds it';
    case 'not_enough_evidence':
      return `kept: ${churn_count} churns${category === 'yellow' ? ' above red' : ''} are too few`;
  }
}

/** The project's own rows of cuts with the proposed ones; null when no cut is to be moved. */
async function writeCuts(
  directory: string,
  given: string | true,
  found: Calibration,
): Promise<string | null> {
  const file = given === true ? join(directory, 'rules', `${CUTS}.csv`) : given;
  const of = (tables: readonly RuleTable[]) => tables.find((each) => each.name === CUTS)!;
  const shipped = of(ruleTables());
  const inForce = of(rulesOf(ruleFiles(directory)));
  const rows = cutRows(inForce.rows, found.cuts, found);
  if (rows === null) return null;
  await writeText(file, overlayOf(shipped, { ...inForce, rows }));
  return file;
}

/**
 * Rows of cuts with the proposed ones. A segment gets cuts of its own only where its interval leaves out the cut that it
 * would have with all others; red and yellow go together. Null when nothing moves.
 */
export function cutRows(
  inForce: readonly RuleRow[],
  proposals: readonly CutProposal[],
  { as_of_date, unit, horizon_days }: Pick<Calibration, 'as_of_date' | 'unit' | 'horizon_days'>,
): RuleRow[] | null {
  const rows = inForce.map((row) => ({ ...row }));
  const rowOf = (segment: string | null, category: string) =>
    rows.find((row) => row.segment === (segment ?? '') && row.category === category);
  const put = (row: RuleRow) => {
    const at = rows.findIndex(
      ({ segment, category }) => segment === row.segment && category === row.category,
    );
    if (at === -1) rows.push({ ...row });
    else rows[at] = { ...row };
  };
  const changed = (row: RuleRow, one: CutProposal): RuleRow => ({
    ...row,
    max_score: String(one.proposed_cut),
    status: 'assumed',
    rationale:
      `fitted on ${as_of_date} to ${one.churn_count} churns (${unit}, ${horizon_days} days): best at ${one.fitted_cut}, ` +
      `95 % interval ${rounded(one.ci_low)} to ${rounded(one.ci_high)}; was ${one.cut_now}`,
    fitted_on: as_of_date,
  });
  let isMoved = false;
  for (const [segment, pair] of Map.groupBy(proposals, (one) => one.segment)) {
    const hasOwn = segment === null || rowOf(segment, 'red') !== undefined;
    const moved = pair.filter((one) => {
      const common = Number(rowOf(null, one.category)?.max_score);
      const isElsewhere = common < (one.ci_low ?? common) || common > (one.ci_high ?? common);
      return one.verdict === 'moved' && (hasOwn || isElsewhere);
    });
    if (moved.length === 0) continue;
    isMoved = true;
    if (!hasOwn) {
      put({ ...rowOf(null, 'green')!, segment });
      for (const one of pair)
        put({ ...rowOf(null, one.category)!, segment, max_score: String(one.cut_now), fitted_on: '' });
    }
    for (const one of moved) put(changed(rowOf(segment, one.category)!, one));
  }
  return isMoved ? rows : null;
}

/** The project's own rows of weights with the proposed ones; signals that keep theirs keep their row as it is. */
async function writeRules(
  directory: string,
  given: string | true,
  preset: string,
  found: Calibration,
): Promise<string> {
  const file = given === true ? join(directory, 'rules', `${WEIGHTS}.csv`) : given;
  const of = (tables: readonly RuleTable[]) => tables.find((each) => each.name === WEIGHTS)!;
  const shipped = of(ruleTables());
  const inForce = of(rulesOf(ruleFiles(directory)));
  const changes = found.signals
    .filter(({ verdict }) => verdict === 'fitted' || verdict === 'against')
    .map((one) => ({
      signal: one.signal,
      weight: one.proposed_weight,
      status: 'assumed' as const,
      fittedOn: found.as_of_date,
      rationale:
        `fitted on ${found.as_of_date} to ${found.churn_count} churns (${found.unit}, ${found.horizon_days} days): ` +
        `share ${share(one.fitted_weight)}, 95 % interval ${share(one.ci_low)} to ${share(one.ci_high)}; was ${one.assumed_weight}`,
    }));
  const text = changeWeights(WEIGHTS, asCsv(inForce), { preset, segment: found.segment }, changes);
  const rows: RuleRow[] = parse(text, { columns: true, skip_empty_lines: true });
  await writeText(file, overlayOf(shipped, { ...inForce, rows }));
  return file;
}

async function writeText(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new TenureError('NOT_WRITTEN', `${file} could not be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A row a signal: what was assumed, what was found, what is proposed, who confirmed it so far, and room to decide. */
function worksheet(directory: string, preset: string, found: Calibration): string {
  const inForce = rulesOf(ruleFiles(directory)).find((each) => each.name === WEIGHTS)!.rows;
  const evidence = new Map(found.evidence.map((one) => [one.signal, one]));
  const number = (value: number | null | undefined, digits = 1) => value?.toFixed(digits) ?? '';
  const rows = found.signals.map((one): RuleRow => {
    const row =
      inForce.find(
        (each) =>
          each.preset === preset && each.signal === one.signal && each.segment === (found.segment ?? ''),
      ) ?? inForce.find((each) => each.preset === preset && each.signal === one.signal && !each.segment);
    const alone = evidence.get(one.signal);
    return {
      signal: one.signal,
      segment: found.segment ?? '',
      as_of_date: found.as_of_date,
      churns: String(found.churn_count),
      cases: String(one.n),
      weight_now: String(one.assumed_weight),
      assumed_weight: row?.assumed_weight || String(one.assumed_weight),
      fitted_on: row?.fitted_on ?? '',
      confirmed_by: row?.confirmed_by ?? '',
      confirmed_on: row?.confirmed_on ?? '',
      auc_alone: number(alone?.auc, 3),
      mean_churned: number(alone?.mean_churned),
      mean_renewed: number(alone?.mean_renewed),
      moves_with:
        one.moves_with === null ? '' : `${one.moves_with.signal} (${one.moves_with.correlation.toFixed(2)})`,
      fitted_weight: number(one.fitted_weight),
      ci_low: number(one.ci_low),
      ci_high: number(one.ci_high),
      proposed_weight: String(one.proposed_weight),
      why: why(one, isTelling(found)),
      decision: '',
      decided_by: '',
      decided_on: '',
    };
  });
  const columns = Object.keys(rows[0] ?? {}).map((name) => ({
    name,
    type: 'text' as const,
    isRequired: false,
  }));
  return asCsv({ name: 'worksheet', key: ['signal'], columns, rows });
}

export const calibrateVerb = (context: Context) =>
  verb(
    new Command('calibrate')
      .description('propose weights and category cuts from what happened; nothing is changed')
      .addOption(
        new Option('--unit <unit>', 'what is observed').choices(['account', 'renewal']).default('account'),
      )
      .addOption(horizon())
      .option('--segment <segment>', 'a segment that has weights of its own')
      .addOption(
        new Option('--samples <number>', 'resamples for the intervals').argParser(parseCount).default(1000),
      )
      .option(
        '--write [file]',
        'write the proposed weights, into rules/signal_definitions.csv unless a file is named',
      )
      .option(
        '--write-cuts [file]',
        'write the proposed category cuts, into rules/category_cuts.csv unless a file is named',
      )
      .option(
        '--worksheet [file]',
        'write a CSV file to decide on: assumed, fitted, proposed, confirmed by whom; calibration_worksheet.csv beside the configuration unless a file is named',
      ),
  ).action(async (options) => {
    const line = lineOf(context, await configOf(options.config, 'calibrate'), options);
    show(options, await calibration(line, options));
  });
