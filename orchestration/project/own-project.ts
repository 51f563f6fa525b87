import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { isName, NAME_WORDS } from '../config/names.ts';
import { compiled, ownPlaybooks, type Playbook } from '../config/playbooks.ts';
import { type RuleTable, ruleTables } from '../config/rule-tables.ts';
import { lineOfRow, namesIn, type RuleFiles, ruleFiles, rulesLaid } from '../config/rules.ts';
import type { Config } from '../config/schema.ts';
import { type SignalSettings, signalsOf, signalsUsed } from '../config/signals.ts';
import { TenureError } from '../errors.ts';
import { projectRoot } from '../project-root.ts';
import { modelName, type OwnModel, readOwnModels, spokenSql } from './own-models.ts';

const models = join(projectRoot, 'models');
const productsIn = (folder: string, prefix: string): readonly string[] =>
  namesIn(join(models, folder))
    .filter((file) => file.startsWith(prefix) && file.endsWith('.sql'))
    .map((file) => file.slice(prefix.length, -'.sql'.length));

/** Canonical entities that are nobody's: what is said late of them reopens no account. */
const OF_NO_ACCOUNT = ['users', 'rates'];
/** Models over days or versions that a signal may read, beside canonical ones, inputs and other signals. */
const HISTORIES = /^int_(accounts__(account_days|account_spans|holders)|usage__\w+|revenue__term_versions)$/;

/** A fault of a project: where it stands, what was expected there and what came. */
interface Fault {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

const projectInvalid = (faults: readonly Fault[]) =>
  new TenureError(
    'PROJECT_INVALID',
    `The signals, checks and playbooks of this project cannot be used:\n${faults
      .map(({ where, expected, got }) => `  - ${where}: expected ${expected}, got ${got}`)
      .join('\n')}\nMend them and run the same command again; nothing was started.`,
    { exitCode: 2 },
  );

export interface OwnProject {
  /** All tables of rules, the project's and its playbooks laid over the product's. */
  readonly rules: readonly RuleTable[];
  /** Of these the ones that differ. */
  readonly laid: readonly RuleTable[];
  readonly models: readonly OwnModel[];
}

/**
 * What a company's project adds to the product, checked.
 *
 * @throws TenureError RULES_INVALID or PROJECT_INVALID with each fault: where, expected and got
 */
export function ownProject(directory: string): OwnProject {
  const files = ruleFiles(directory);
  const playbooks = ownPlaybooks(directory);
  const { laid, rules } = withPlaybooks(rulesLaid(files), playbooks.playbooks);
  const { models: own, strays } = readOwnModels(directory);
  const faults = [
    ...playbooks.faults,
    ...strays.map((file) => ({
      where: file,
      expected: `a model ${file.replace(/\.ya?ml$/, '.sql')} beside it`,
      got: 'none',
    })),
    ...own.flatMap((model) => [...faultsOfName(model), ...faultsOfProperties(model)]),
    ...own.flatMap((model) => (model.kind === 'signal' ? faultsOfReading(model, rules) : [])),
    ...own.flatMap((model) =>
      model.kind === 'input' && streamsOf(model).length === 0 ? [noStream(model)] : [],
    ),
    ...faultsOfSignals(rules, own, files),
    ...faultsOfCuts(rules, files),
    ...faultsOfChecks(rules, own, files),
  ];
  if (faults.length > 0) throw projectInvalid(faults);
  return { rules, laid, models: own };
}

/** Rules with the playbooks of a project laid over: one of the product's name takes all of its place. */
function withPlaybooks(
  { laid, rules }: ReturnType<typeof rulesLaid>,
  playbooks: readonly Playbook[],
): ReturnType<typeof rulesLaid> {
  if (playbooks.length === 0) return { laid, rules };
  const names = playbooks.map(({ name }) => name);
  const made = compiled(playbooks);
  const replaced = (['plays', 'play_steps'] as const).map((name): RuleTable => {
    const table = tableOf(rules, name);
    const kept = table.rows.filter(({ play = '' }) => !names.includes(play));
    return { ...table, rows: [...kept, ...made[name]] };
  });
  const isReplaced = ({ name }: RuleTable) => replaced.some((each) => each.name === name);
  return {
    laid: [...laid.filter((table) => !isReplaced(table)), ...replaced],
    rules: [...rules.filter((table) => !isReplaced(table)), ...replaced],
  };
}

const tableOf = (rules: readonly RuleTable[], name: string) =>
  rules.find((table) => table.name === name) as RuleTable;
const namesOf = (own: readonly OwnModel[], kind: OwnModel['kind']) =>
  own.filter((model) => model.kind === kind).map((model) => model.name);

function faultsOfName({ kind, name, file }: OwnModel): Fault[] {
  if (!isName(name)) return [{ where: file, expected: `${NAME_WORDS}, then .sql`, got: `"${name}.sql"` }];
  const theirs = {
    signal: () => productsIn('intermediate/signals', 'int_signals__'),
    input: () => productsIn('intermediate/canonical', 'int_canonical__'),
    check: () => productsIn('marts/monitoring/checks', 'int_checks__'),
  }[kind]();
  return theirs.includes(name)
    ? [
        {
          where: file,
          expected: 'a name that nothing of the product has (its weights and cuts are changed in rules/)',
          got: `"${name}", which is the product's`,
        },
      ]
    : [];
}

const properties = z.looseObject({ models: z.array(z.looseObject({ name: z.string() })).default([]) });

function faultsOfProperties(model: OwnModel): Fault[] {
  if (model.properties === undefined) return [];
  const where = model.file.replace(/\.sql$/, '.yml');
  let document: unknown;
  try {
    document = parseYaml(model.properties);
  } catch (error) {
    return [{ where, expected: 'YAML', got: (error as Error).message.split('\n')[0] ?? '' }];
  }
  const parsed = properties.safeParse(document);
  const named = parsed.success ? parsed.data.models.map((each) => each.name) : [];
  return named.length === 1 && named[0] === modelName(model)
    ? []
    : [
        {
          where,
          expected: `properties of one model, ${modelName(model)}, and its unit tests`,
          got: named.length === 0 ? 'none' : named.join(', '),
        },
      ];
}

const refsIn = (sql: string) =>
  [...spokenSql(sql).matchAll(/\bref\(\s*['"](\w+)['"]/g)].map(([, name = '']) => name);

/** What a signal reads must be known by its day, and what comes late of it must reopen the days that rest on it. */
function faultsOfReading({ file, sql }: OwnModel, rules: readonly RuleTable[]): Fault[] {
  const seeds = rules.map((table) => table.name);
  const isRead = (name: string) =>
    seeds.includes(name) ||
    HISTORIES.test(name) ||
    name.startsWith('int_inputs__') ||
    (name.startsWith('int_canonical__') && !OF_NO_ACCOUNT.includes(name.slice('int_canonical__'.length))) ||
    (name.startsWith('int_signals__') &&
      !['long', 'index', 'stale_sources'].includes(name.slice('int_signals__'.length)));
  const reads = [
    ...refsIn(sql)
      .filter((name) => !isRead(name))
      .map((name) => `ref('${name}')`),
    ...(spokenSql(sql).match(/\b(raw_rows|raw_relation|source)\(/g) ?? []).map((text) => `${text}…)`),
  ];
  return [...new Set(reads)].map((got) => ({
    where: file,
    expected:
      "only what each day knew: ref('int_canonical__…') of accounts, int_accounts__account_days, other signals, rules, or a raw table " +
      'by a model of its own in signals/inputs/, so that late rows are seen',
    got,
  }));
}

/** The streams that an input reads: `raw_rows('raw', 'seat_invitations', …)` → `['raw', 'seat_invitations']`. */
const streamsOf = ({ sql }: OwnModel): [string, string][] =>
  [...spokenSql(sql).matchAll(/\braw_rows\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]/g)].map(
    ([, kind = '', stream = '']) => [kind, stream],
  );

const noStream = ({ file }: OwnModel): Fault => ({
  where: file,
  expected: "a stream of a source, by raw_rows('raw', '<stream>', [('<column>', '<type>'), …])",
  got: 'none',
});

const where = (files: RuleFiles, table: string, values: Readonly<Record<string, string>>) => {
  const line = lineOfRow(files[table] ?? '', values);
  return `rules/${table}.csv${line === undefined ? '' : ` line ${line}`}`;
};

/** A segment has cuts of its own of those that all have, and no window of its own: a signal looks back as far for all. */
function faultsOfCuts(rules: readonly RuleTable[], files: RuleFiles): Fault[] {
  const { rows } = tableOf(rules, 'signal_cuts');
  return rows.flatMap(({ signal = '', cut = '', segment = '' }): Fault[] => {
    if (segment === '') return [];
    const place = `${where(files, 'signal_cuts', { signal, cut, segment })}, column cut`;
    const known = rows
      .filter((row) => row.signal === signal && (row.segment ?? '') === '')
      .map((row) => row.cut ?? '')
      .filter((name) => !name.endsWith('_days'));
    if (known.includes(cut)) return [];
    const expected =
      known.length === 0
        ? `cuts of ${signal} for all segments first, in rows without a segment`
        : `one of ${known.join(', ')}, which a segment may have of its own`;
    return [{ where: place, expected, got: `"${cut}"` }];
  });
}

function faultsOfSignals(rules: readonly RuleTable[], own: readonly OwnModel[], files: RuleFiles): Fault[] {
  const definitions = tableOf(rules, 'signal_definitions').rows;
  const models = [...productsIn('intermediate/signals', 'int_signals__'), ...namesOf(own, 'signal')];
  const entities = [
    ...productsIn('intermediate/canonical', 'int_canonical__').filter((name) => name !== 'meeting_contacts'),
    ...namesOf(own, 'input'),
  ];
  const rows = definitions.flatMap(({ preset = '', signal = '', source_entity = '' }): Fault[] => {
    const place = where(files, 'signal_definitions', { signal });
    if (!isName(preset))
      return [{ where: `${place}, column preset`, expected: NAME_WORDS, got: `"${preset}"` }];
    if (!models.includes(signal))
      return [
        { where: place, expected: `a model of the signal ${signal} in signals/${signal}.sql`, got: 'none' },
      ];
    return entities.includes(source_entity)
      ? []
      : [
          {
            where: `${place}, column source_entity`,
            expected: `what the signal rests on, one of ${entities.join(', ')}`,
            got: source_entity === '' ? 'nothing' : `"${source_entity}"`,
          },
        ];
  });
  const words = tableOf(rules, 'signal_words').rows;
  const missing = own
    .filter((model) => model.kind === 'signal')
    .flatMap(({ name, file }): Fault[] => {
      if (!definitions.some((row) => row.signal === name))
        return [
          {
            where: file,
            expected: `a row of the signal ${name} in rules/signal_definitions.csv, with its preset and weight (0: computed and not scored)`,
            got: 'none',
          },
        ];
      return words.some((row) => row.signal === name && row.part === 'subject' && !row.cut)
        ? []
        : [
            {
              where: file,
              expected: `a row ${name},,subject in rules/signal_words.csv, which says what the signal is called in a sentence`,
              got: 'none',
            },
          ];
    });
  return [...rows, ...missing];
}

function faultsOfChecks(rules: readonly RuleTable[], own: readonly OwnModel[], files: RuleFiles): Fault[] {
  const rows = tableOf(rules, 'check_rules').rows;
  const theirs = tableOf(ruleTables(), 'check_rules').rows.map((row) => row.check_id);
  const names = namesOf(own, 'check');
  return [
    ...rows
      .filter((row) => row.status !== 'by_hand' && ![...theirs, ...names].includes(row.check_id ?? ''))
      .map(({ check_id = '' }) => ({
        where: where(files, 'check_rules', { check_id }),
        expected: `a model of the check ${check_id} in checks/${check_id}.sql, or the status by_hand`,
        got: 'none',
      })),
    ...names
      .filter((name) => !rows.some((row) => row.check_id === name))
      .map((name) => ({
        where: `checks/${name}.sql`,
        expected: `a row of the check ${name} in rules/check_rules.csv, with its title and red line`,
        got: 'none',
      })),
  ];
}

/** Which part of a model's text decides what it says: another text makes other numbers. */
const hashOf = (texts: readonly string[]) =>
  createHash('sha256').update(texts.map(spokenSql).join('\n')).digest('hex').slice(0, 16);

/**
 * What dbt must be told of the project before it reads a model: the signals that are computed, those of the project with a
 * hash of their SQL, its inputs with the streams they read, the canonical entities its signals read, and its checks.
 *
 * @throws TenureError RULES_INVALID or PROJECT_INVALID with each fault
 */
export function projectVars(
  config: Pick<Config, 'directory' | 'signals'> & Partial<Pick<Config, 'plays'>>,
): Readonly<Record<string, unknown>> {
  const { rules, models: own } = ownProject(config.directory);
  const settings: SignalSettings = config.signals;
  const inputs = own.filter((model) => model.kind === 'input');
  const signals = own.filter((model) => model.kind === 'signal');
  const textsOf = (model: OwnModel) => {
    const read = refsIn(model.sql);
    return [
      model.sql,
      ...inputs.filter((input) => read.includes(modelName(input))).map((input) => input.sql),
    ];
  };
  const hashes = new Map(signals.map((model) => [model.name, hashOf(textsOf(model))]));
  const used = signalsUsed(settings, signalsOf(rules));
  const reads = signals
    .filter(({ name }) => used.includes(name))
    .flatMap(({ sql }) => refsIn(sql))
    .flatMap((name) => (name.startsWith('int_canonical__') ? [name.slice('int_canonical__'.length)] : []));
  return {
    signals_preset: settings.preset,
    shadow_signals: settings.shadow,
    signals: Object.fromEntries(used.map((name) => [name, hashes.get(name) ?? 'product'])),
    own_inputs: Object.fromEntries(inputs.map((model) => [model.name, streamsOf(model)])),
    own_reads: [...new Set(reads)].sort(),
    own_checks: namesOf(own, 'check'),
    cut_segments: [
      ...new Set(tableOf(rules, 'signal_cuts').rows.flatMap(({ segment }) => (segment ? [segment] : []))),
    ].sort(),
    plays: config.plays ?? [],
  };
}
