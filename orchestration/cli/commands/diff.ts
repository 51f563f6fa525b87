import { readFile } from 'node:fs/promises';
import { Command } from '@commander-js/extra-typings';
import { FLAG_RULES, type Setting } from '../../../scoring/index.ts';
import { type RuleChange, ruleChanges, ruleChangeText } from '../../config/rule-changes.ts';
import { type RuleTable, ruleTables } from '../../config/rule-tables.ts';
import { ruleFiles, rulesOf } from '../../config/rules.ts';
import { rulesAtRef } from '../../config/rules-at-ref.ts';
import { signalsOf, signalsUsed } from '../../config/signals.ts';
import { TenureError, usage } from '../../errors.ts';
import type { Line } from '../../pipeline/line.ts';
import { type OtherProduct, otherProduct } from '../../project/other-product.ts';
import { productVersion } from '../../project-root.ts';
import { type Answer, type Context, configOf, lineOf, show, verb } from '../context.ts';
import { horizon } from '../options.ts';
import { replay, settingOf, type WhatIfAnswer, whatIfOfFiles } from './whatif.ts';

const flagRules: readonly string[] = FLAG_RULES;

/** Whether kept signal values can be scored by the rule again. */
const isReplayed = ({ table, key, after }: RuleChange) =>
  ['signal_definitions', 'category_cuts'].includes(table) ||
  (table === 'score_rules' && after !== null && flagRules.includes(key.rule ?? ''));

/** The tables that differ in what is not replayed, said so. */
const notReplayed = (changes: readonly RuleChange[]): string[] =>
  [...new Set(changes.filter((change) => !isReplayed(change)).map(({ table }) => table))].map(
    (table) =>
      `${table} differs too and is not replayed: it changes signal values or rules, which need "tenure build".`,
  );

/** The weights, the cuts and the limits of flags of tables of rules. */
function wholeSetting(line: Line, tables: readonly RuleTable[], where: string): Setting {
  const rows = tables.find((table) => table.name === 'score_rules')?.rows ?? [];
  const limits = rows.filter((row) => flagRules.includes(row.rule ?? ''));
  return {
    ...settingOf(line, tables, where),
    flags: Object.fromEntries(limits.map((row) => [row.rule, Number(row.value)])),
  };
}

/**
 * What a change would do before it is merged: replays history with the rules of a git ref of the project, or with a file
 * of weights or of cuts.
 */
async function diff(line: Line, refOrFile: string, horizonDays: number): Promise<WhatIfAnswer> {
  const text = await readFile(refOrFile, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const isCuts = /(^|,)max_score(,|\r?$)/m.test(text.split('\n', 1)[0] ?? '');
    return whatIfOfFiles(line, { [isCuts ? 'cuts' : 'weights']: refOrFile, horizon: horizonDays });
  }
  const { directory } = line.config;
  const then = rulesAtRef(directory, refOrFile);
  const changes = ruleChanges(rulesOf(ruleFiles(directory)), then);
  return replay(line, wholeSetting(line, then, `at ${refOrFile}`), horizonDays, notReplayed(changes));
}

/**
 * What an upgrade would do before it is taken: replays history with the rules of another version of the product, under
 * those of the project.
 */
async function diffProduct(line: Line, versionOrTarball: string, horizonDays: number): Promise<Answer> {
  const { directory, signals } = line.config;
  line.reporter.step(`Reading Tenure ${versionOrTarball}`);
  const other = otherProduct(directory, versionOrTarball);
  const now = rulesOf(ruleFiles(directory));
  const { rules: then, unknown } = rulesUnderProject(directory, other);
  const rules = ruleChanges(now, then).filter(({ key }) => [undefined, signals.preset].includes(key.preset));
  const setting = wholeSetting(line, then, `of Tenure ${other.version}`);
  const computed = signalsUsed(signals, signalsOf(now));
  const isComputed = ({ signal }: { signal: string }) => computed.includes(signal);
  const added = new Set(setting.weights.filter((row) => !isComputed(row)).map(({ signal }) => signal));
  const weights = setting.weights.filter(isComputed);
  const { value, text } = await replay(line, { ...setting, weights }, horizonDays, []);
  const isOtherwise = Object.values(other.files).some((names) => names.length > 0);
  const warnings = [
    ...unknown.map(
      ({ table, column }) =>
        `rules/${table}.csv has the column ${column}, which Tenure ${other.version} does not know: no build would start there until it is taken out.`,
    ),
    ...notReplayed(rules),
    ...[...added].map(
      (signal) =>
        `${signal} is new: nobody has computed it yet, so it counts as if nothing were known of it.`,
    ),
    ...(isOtherwise
      ? ['Files that compute numbers differ: what they do shows only after "tenure build" with that version.']
      : []),
  ];
  const product = { from: productVersion(), to: other.version, rules, files: other.files };
  return { value: { ...value, warnings, product }, text: productText(product, warnings, text) };
}

/** Columns that say where a value comes from; a replay does without them. */
const ORIGINS = ['assumed_weight', 'fitted_on'];

interface RulesThere {
  readonly rules: readonly RuleTable[];
  /** Columns of the project's files that the other version does not have. */
  readonly unknown: readonly { readonly table: string; readonly column: string }[];
}

/** The rules of another version with the project's laid over; a fault of them would stop the first build after the upgrade. */
function rulesUnderProject(directory: string, { version, rules }: OtherProduct): RulesThere {
  const here = ruleTables();
  const lacking = ({ name, columns }: RuleTable) =>
    (here.find((table) => table.name === name)?.columns ?? []).filter(
      (column) => ORIGINS.includes(column.name) && !columns.some((each) => each.name === column.name),
    );
  const readable = rules.map((table) => ({ ...table, columns: [...table.columns, ...lacking(table)] }));
  try {
    const laid = rulesOf(ruleFiles(directory), readable);
    const unknown = rules.flatMap((table) =>
      lacking(table)
        .map(({ name }) => ({ table: table.name, column: name }))
        .filter(({ column }) =>
          laid.find(({ name }) => name === table.name)?.rows.some((row) => column in row),
        ),
    );
    return { rules: laid, unknown };
  } catch (error) {
    if (!(error instanceof TenureError)) throw error;
    throw new TenureError(
      error.code,
      `After an upgrade to Tenure ${version} no build would start. ${error.message}`,
      {
        exitCode: error.exitCode,
        cause: error,
      },
    );
  }
}

interface ProductDiff {
  readonly from: string;
  readonly to: string;
  readonly rules: readonly RuleChange[];
  readonly files: OtherProduct['files'];
}

/** What an upgrade would change, for the terminal: the rules, the figures, and what is not in them. */
function productText({ from, to, rules, files }: ProductDiff, warnings: readonly string[], figures: string) {
  const paths = Object.entries(files).flatMap(([how, names]) => names.map((name) => `      ${how}  ${name}`));
  return [
    `Tenure ${from} runs here; this is what ${to} would change, with your own rules over both.`,
    '',
    ...(rules.length === 0
      ? ['No rule differs.']
      : ['Rules that differ:', ...rules.map((rule) => `  - ${ruleChangeText(rule)}`)]),
    '',
    figures,
    '',
    ...(warnings.length === 0
      ? ['Nothing else that computes numbers differs.']
      : ['Not in these figures:', ...warnings.map((warning) => `  - ${warning}`), ...paths]),
  ].join('\n');
}

export const diffVerb = (context: Context) =>
  verb(
    new Command('diff')
      .description('what other rules would change: of a git ref, a file, or another version of Tenure')
      .argument('[ref-or-file]', 'a git ref of this project, or a file of weights or cuts')
      .option('--product <version-or-tarball>', 'what an upgrade to this version of Tenure would change')
      .addOption(horizon()),
  ).action(async (refOrFile, options) => {
    const { product } = options;
    if ((refOrFile === undefined) === (product === undefined))
      throw usage('Expected a git ref, a file of rules or --product VERSION: one of them.');
    const line = lineOf(context, await configOf(options.config, 'diff'), options);
    show(
      options,
      product === undefined
        ? await diff(line, refOrFile as string, options.horizon)
        : await diffProduct(line, product, options.horizon),
    );
  });
