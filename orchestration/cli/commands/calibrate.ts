import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { parse } from 'csv-parse/sync';
import { type Calibration, calibrate, changeWeights, type SignalProposal } from '../../../scoring/index.ts';
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
}

const WEIGHTS = 'signal_definitions';

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
  return { value: found, text: calibrationText(found, written) };
}

const rounded = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);

const WHY: Readonly<Record<SignalProposal['verdict'], string>> = {
  fitted: 'fitted: its interval is above 0',
  kept: 'kept: its interval holds 0',
  no_data: 'kept: no data in any case',
  no_variation: 'kept: the same value in all cases',
};

function calibrationText(found: Calibration, written: string | undefined): string {
  const rows = found.signals.map((one) => ({
    signal: one.signal,
    'weight now': one.assumed_weight,
    fitted: rounded(one.fitted_weight),
    '95 % from': rounded(one.ci_low),
    to: rounded(one.ci_high),
    cases: one.n,
    proposed: one.proposed_weight,
    why: WHY[one.verdict],
  }));
  const { trial } = found;
  const what = found.unit === 'account' ? 'month ends of accounts' : 'renewals';
  return [
    `Weights from ${found.case_count} ${what} whose outcome within ${found.horizon_days} days was known by ${found.as_of_date}: ` +
      `${found.churn_count} churns, ${found.account_count} accounts${found.segment === null ? '' : `, segment ${found.segment}`}.`,
    '',
    table(['signal', 'weight now', 'fitted', '95 % from', 'to', 'cases', 'proposed', 'why'], rows),
    '',
    trial === null
      ? 'The method could not be tried on later outcomes: no quarter had enough known churns before it.'
      : `Tried walk-forward from ${trial.first_date} on ${trial.case_count} cases (${trial.churn_count} churns) that no fit had seen: ` +
        `AUC ${trial.auc_assumed.toFixed(3)} with the weights in force, ${trial.auc_proposed.toFixed(3)} with proposed ones; ` +
        `gain ${trial.auc_gain.toFixed(3)} (95 % interval ${trial.ci_low?.toFixed(3) ?? '–'} to ${trial.ci_high?.toFixed(3) ?? '–'}).` +
        (trial.ci_low !== null && trial.ci_low > 0
          ? ''
          : ' That is no proof that the proposed weights are better.'),
    written === undefined
      ? 'Nothing is changed. --write writes them into rules/signal_definitions.csv of this project; "tenure diff FILE" shows what a file would change.'
      : `Written to ${written}, as proposed: who agrees sets status to confirmed, confirmed_by and confirmed_on. See what would change with: tenure diff ${written}`,
  ].join('\n');
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
  const share = (value: number | null) => percent(value === null ? null : value / 100);
  const changes = found.signals
    .filter(({ verdict }) => verdict === 'fitted')
    .map((one) => ({
      signal: one.signal,
      weight: one.proposed_weight,
      status: 'assumed' as const,
      rationale:
        `fitted on ${found.as_of_date} to ${found.churn_count} churns (${found.unit}, ${found.horizon_days} days): ` +
        `share ${share(one.fitted_weight)}, 95 % interval ${share(one.ci_low)} to ${share(one.ci_high)}; was ${one.assumed_weight}`,
    }));
  const text = changeWeights(WEIGHTS, asCsv(inForce), { preset, segment: found.segment }, changes);
  const rows: RuleRow[] = parse(text, { columns: true, skip_empty_lines: true });
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, overlayOf(shipped, { ...inForce, rows }));
  } catch (error) {
    throw new TenureError(
      'NOT_WRITTEN',
      `The weights could not be written to ${file}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  return file;
}

export const calibrateVerb = (context: Context) =>
  verb(
    new Command('calibrate')
      .description('propose weights from what happened; nothing is changed')
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
      ),
  ).action(async (options) => {
    const line = lineOf(context, await configOf(options.config, 'calibrate'), options);
    show(options, await calibration(line, options));
  });
