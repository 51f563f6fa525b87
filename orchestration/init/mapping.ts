import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import {
  type Answers,
  type ColumnMapping,
  type FileProfile,
  type FileProposal,
  faultText,
  IngestError,
  type Preview,
  type Proposal,
  patternOf,
  preview,
  profilesOf,
  propose,
  type Question,
  TABLES,
  type TableMapping,
  type ValueMapping,
} from '../../ingest/index.ts';
import { TenureError, usage } from '../errors.ts';
import type { Ask } from './ask.ts';
import { QUESTIONS } from './questions.ts';

const EXPORTS = ['.csv', '.tsv', '.txt', '.xlsx'];

export interface MapRequest {
  /** Exports, or folders of them; all in one folder. */
  readonly paths: readonly string[];
  /** The source that reads them, for what is said of it. */
  readonly source: string;
  readonly answers: Answers;
  readonly timeZone: string;
  readonly ask: Ask;
}

/** What of a source's configuration follows from exports, and what is to be said of it. */
export interface Mapped {
  /** The folder of the files, absolute. */
  readonly folder: string;
  readonly tables: Readonly<Record<string, TableMapping>>;
  readonly values: ValueMapping;
  readonly currency: string | undefined;
  readonly rows: readonly MappedRows[];
  readonly text: string;
}

/** What a sync would land of a table. */
export interface MappedRows {
  readonly table: string;
  readonly file: string;
  readonly rows_received: number;
  readonly rows_landing: number;
  /** By currency code; `tenant` is the tenant's. Of contracts only. */
  readonly arr?: Readonly<Record<string, number>>;
}

/**
 * Proposes how exports are read, asks a person for what they leave open, and says what a sync would land. Without a person
 * it takes what is safe and throws a `TenureError` with exit code 2 that names each flag it needs.
 */
export async function mapExports({ paths, source, answers, timeZone, ask }: MapRequest): Promise<Mapped> {
  const files = await exportsIn(paths);
  const [folder = ''] = new Set(files.map((file) => dirname(file)));
  if (files.some((file) => dirname(file) !== folder))
    throw usage(
      `Expected exports of one folder, got ${[...new Set(files.map((file) => dirname(file)))].join(' and ')}.`,
      'Put them into one folder and name that.',
    );
  const profiles: FileProfile[] = [];
  for (const file of files) profiles.push(...(await readable(() => profilesOf(file))));
  checkHeaders(profiles, answers);
  const proposal = await answered(profiles, answers, ask);
  const currency = answers.currency ?? proposal.currency ?? QUESTIONS.currency.fallback;
  const tables: Record<string, TableMapping> = {};
  const rows: MappedRows[] = [];
  const lines: string[] = [];
  const accounts = new Map<string, ReadonlySet<string>>();
  for (const file of proposal.files) {
    const previews = new Map<string, Preview>();
    for (const { table, mapping } of file.tables) {
      const options = { timeZone, values: proposal.values, isShared: file.tables.length > 1 };
      const made = await readable(() => preview(file.profile.path, source, table, mapping, options));
      previews.set(table.name, made);
      accounts.set(table.name, made.accounts);
      if (!isCanonical(file.profile.file, table.name, mapping))
        tables[table.name] = { ...mapping, file: patternOf(file.profile.file) };
      rows.push({
        table: table.name,
        file: file.profile.file,
        rows_received: made.received,
        rows_landing: made.landing,
        ...(table.name === 'contracts' && {
          arr: Object.fromEntries([...made.arr].map(([code, sum]) => [code || 'tenant', cents(sum)])),
        }),
      });
    }
    lines.push(...fileText(file, previews, currency), '');
  }
  lines.push(...accountsText(accounts));
  lines.push(...ratesText(rows, currency, proposal, files));
  return {
    folder,
    tables,
    values: proposal.values,
    currency: proposal.currency,
    rows,
    text: lines.join('\n').trimEnd(),
  };
}

const cents = (sum: number) => Math.round(sum * 100) / 100;

/** Files and the exports of folders, absolute, each once. */
async function exportsIn(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) throw usage(`Expected an export at ${path}, found nothing there.`);
    if (!found.isDirectory()) files.push(resolve(path));
    else {
      const names = (await readdir(path))
        .filter((name) => EXPORTS.includes(extname(name).toLowerCase()) && !/\.txt$/i.test(name))
        .sort();
      if (names.length === 0)
        throw usage(`Expected exports (${EXPORTS.join(', ')}) in the folder ${path}, found none.`);
      files.push(...names.map((name) => resolve(join(path, name))));
    }
  }
  return [...new Set(files)];
}

/** What the reader throws of a file, as what the person at the terminal can mend. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    throw new TenureError(error.code, error.message.replace(/ What was landed of it before is kept\.$/, ''), {
      exitCode: 2,
      cause: error,
    });
  }
}

/** The proposal with all that is open answered. */
async function answered(profiles: readonly FileProfile[], given: Answers, ask: Ask): Promise<Proposal> {
  let answers = given;
  for (;;) {
    const proposal = await readable(async () => propose(profiles, answers));
    const open = proposal.questions.filter(({ fallback }) => ask !== undefined || fallback === undefined);
    const [question] = open;
    if (question === undefined) return proposal;
    if (ask === undefined)
      throw new TenureError(
        'MAPPING_UNSURE',
        `Nothing was written, because ${open.length === 1 ? 'one thing is' : `${open.length} things are`} not certain and a guess would be dangerous:\n` +
          `${open.map((each) => `  - ${each.ask}`).join('\n')}\n`,
        {
          exitCode: 2,
          next: `Say it with ${[...new Set(open.map(flagOf))].join(' and ')}, and run it again.`,
        },
      );
    const { choices, fallback = '' } = question;
    const text = choices === undefined ? question.ask : `${question.ask} (${choices.join(' or ')})`;
    answers = withAnswer(answers, question, await ask(text, fallback));
  }
}

const flagOf = ({ flag, choices }: Question) =>
  `--${flag} ${choices?.join('|') ?? (flag === 'column' ? '"TABLE.COLUMN=HEADER"' : 'NUMBER')}`;

function withAnswer(answers: Answers, { flag, choices, fallback }: Question, text: string): Answers {
  const answer = text.trim() || (fallback ?? '');
  switch (flag) {
    case 'dates':
    case 'decimals': {
      const chosen = choices?.find(
        (each) => each === answer.replaceAll(/[\s-]/g, '_') || each.startsWith(`${answer}_`),
      );
      if (chosen !== undefined) return { ...answers, [flag]: chosen };
      process.stderr.write(`  expected ${choices?.join(' or ')}, got "${answer}"\n`);
      return answers;
    }
    case 'term-months':
      if (/^\d{1,3}$/.test(answer) && Number(answer) > 0) return { ...answers, termMonths: Number(answer) };
      process.stderr.write(`  expected a number of months, got "${answer}"\n`);
      return answers;
    default:
      return { ...answers, columns: { ...answers.columns, ...columnAnswers([answer]) } };
  }
}

/**
 * Headers by column, as `--column` gives them.
 *
 * @example columnAnswers(['contracts.arr=Total Value']) // { 'contracts.arr': 'Total Value' }
 */
export function columnAnswers(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const [, table = '', column = '', header = ''] = /^\s*(\w+)\.(\w+)\s*=\s*(.+?)\s*$/.exec(text) ?? [];
      const known = TABLES.find(({ name }) => name === table)?.columns.some(({ name }) => name === column);
      if (!known)
        throw usage(
          `--column: expected a column of a table and a header, such as contracts.arr=Total, got "${text}".`,
          'See "tenure files" for all tables and columns.',
        );
      return [`${table}.${column}`, header];
    }),
  );
}

/** Whether a file is read without any mapping, as it is. */
const isCanonical = (file: string, table: string, { columns = {}, formats = {} }: TableMapping) =>
  basename(file, extname(file)).toLowerCase() === table &&
  extname(file).toLowerCase() === '.csv' &&
  Object.keys(formats).length === 0 &&
  Object.entries(columns).every(([column, from]) => column === from);

/** A mapping in words. */
export function columnText(from: ColumnMapping): string {
  if (typeof from === 'string') return `"${from}"`;
  if ('id_of' in from)
    return `made from ${[from.id_of]
      .flat()
      .map((each) => `"${each}"`)
      .join(' and ')}`;
  if ('currency_of' in from) return `the sign in "${from.currency_of}"`;
  if ('value' in from) return `always ${from.value}`;
  if ('subtracted_from' in from) return `${from.subtracted_from} less "${from.from}"`;
  if ('means' in from)
    return `"${from.from}", where ${Object.entries(from.means)
      .map(([word, value]) => `${word} is ${value}`)
      .join(', ')}`;
  const word = (each: string | number) => (typeof each === 'number' ? String(each) : `"${each}"`);
  if ('times' in from)
    return `"${from.from}" × ${[from.times].flat().map(word).join(' × ')}${from.divided_by === undefined ? '' : ` ÷ "${from.divided_by}"`}`;
  const [sign, months] = 'plus' in from ? ['plus', from.plus] : ['less', from.minus];
  return `"${from.from}" ${sign} ${word(months)}${typeof months === 'number' ? ' months' : ''}`;
}

function fileText(
  { profile, tables, leftOut, doubts }: FileProposal,
  previews: ReadonlyMap<string, Preview>,
  currency: string,
): string[] {
  const { file, sheet, headerLine, rowCount, encoding } = profile;
  const [first] = tables;
  const formats = first?.mapping.formats ?? {};
  const facts = [
    ...(headerLine === 1 ? [] : [`header in line ${headerLine}`]),
    ...(encoding === undefined ? [] : [encoding]),
    ...(formats.dates === undefined
      ? []
      : [formats.dates === 'day_first' ? 'day before month' : 'month before day']),
    ...(formats.decimals === undefined ? [] : [`a ${formats.decimals} before decimals`]),
  ];
  const lines = [
    `${file}${sheet === undefined ? '' : `, sheet "${sheet}"`}: ${count(rowCount, 'rows')}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`,
  ];
  if (tables.length > 0 && patternOf(file) !== file)
    lines.push(`  The newest ${patternOf(file)} of the folder is read.`);
  for (const { table, mapping } of tables) {
    lines.push(`  ${table.name}`);
    const width = Math.max(...Object.keys(mapping.columns ?? {}).map((name) => name.length));
    for (const [column, from] of Object.entries(mapping.columns ?? {})) {
      const example =
        typeof from === 'string'
          ? profile.columns.find(({ header }) => header === from)?.examples[0]
          : undefined;
      lines.push(
        `    ${column.padEnd(width)}  ${columnText(from)}${example === undefined ? '' : `, such as ${example.slice(0, 40)}`}`,
      );
    }
  }
  const unsure = [...doubts, ...tables.flatMap((each) => each.doubts)];
  if (unsure.length > 0) lines.push('  Look at this:', ...unsure.map((each) => `    - ${each}`));
  if (leftOut.length > 0) lines.push(`  Left out: ${leftOut.join(', ')}`);
  if (profile.totals.length > 0)
    lines.push(
      `  No rows, but totals or remarks: ${profile.totals.map(({ line, text }) => `line ${line} "${text.slice(0, 40)}"`).join(', ')}`,
    );
  for (const { table } of tables) {
    const made = previews.get(table.name);
    if (made === undefined) continue;
    const arr = [...made.arr].map(
      ([code, sum]) => `${cents(sum).toLocaleString('en', { minimumFractionDigits: 2 })} ${code || currency}`,
    );
    lines.push(
      `  A sync lands ${count(made.landing, table.name)}${arr.length === 0 ? '' : ` with ${arr.join(' and ')} ARR`}`,
    );
    const rejected = made.received - made.accepted;
    if (rejected > 0.3 * made.received)
      lines.push(
        `    ${rejected} of ${made.received} rows are rejected: that is more than 30 %, so a sync lands the others and fails until it is mended`,
      );
    for (const group of made.faults)
      lines.push(`    ${group.severity === 'row' ? 'rejected' : 'without'}: ${faultText(group)}`);
  }
  return lines;
}

/** A number of things by the name of many of them. */
const count = (number: number, names: string) =>
  `${number.toLocaleString('en')} ${number === 1 ? names.replace(/ies$/, 'y').replace(/s$/, '') : names}`;

/** Accounts, and tables that name them, that do not meet. */
function accountsText(named: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const accounts = named.get('accounts');
  if (accounts === undefined) return [];
  const some = (ids: readonly string[]) => `${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ', …' : ''}`;
  const lines: string[] = [];
  for (const [table, ids] of named) {
    const unknown = [...ids].filter((id) => !accounts.has(id));
    if (unknown.length > 0)
      lines.push(
        `${count(unknown.length, 'accounts')} of ${table} ${unknown.length === 1 ? 'is' : 'are'} not among the accounts (${some(unknown)}): ` +
          `${table === 'contracts' ? 'a sync rejects their contracts' : 'what they did counts nowhere'}.`,
        '',
      );
  }
  const contracts = named.get('contracts');
  const without = [...accounts].filter((id) => contracts?.has(id) === false);
  if (without.length > 0)
    lines.push(
      `${without.length.toLocaleString('en')} of ${count(accounts.size, 'accounts')} ${without.length === 1 ? 'has' : 'have'} no contract here (${some(without)}): a customer, unless is_customer says no.`,
      '',
    );
  return lines;
}

/** Throws when a flag names a header that no file has. */
function checkHeaders(profiles: readonly FileProfile[], { columns = {} }: Answers): void {
  const has = profiles.flatMap((profile) => profile.columns.map(({ header }) => header));
  for (const [column, header] of Object.entries(columns))
    if (!has.some((each) => sameHeader(each) === sameHeader(header)))
      throw usage(
        `--column ${column}=${header}: no file has the header "${header}"; there are ${has.map((each) => `"${each}"`).join(', ')}.`,
      );
}

const sameHeader = (header: string) =>
  header
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** What is missing for money in other currencies than the tenant's. */
function ratesText(
  rows: readonly MappedRows[],
  currency: string,
  { files }: Proposal,
  paths: readonly string[],
): string[] {
  const hasRates =
    files.some(({ tables }) => tables.some(({ table }) => table.name === 'rates')) ||
    paths.some((path) => /^rates\./.test(basename(path)));
  const others = [...new Set(rows.flatMap(({ arr = {} }) => Object.keys(arr)))].filter(
    (code) => code !== 'tenant' && code !== currency,
  );
  return others.length === 0 || hasRates
    ? []
    : [
        `Contracts in ${others.join(' and ')} are rejected until there are rates to ${currency}: put a rates.csv beside the export, such as`,
        '  currency_code,valid_from,rate',
        `  ${others[0]},2024-01-01,1.08`,
        '',
      ];
}

/** The path of a folder as `tenure.yaml` beside it says it. */
export const folderFrom = (file: string, folder: string): string => {
  const path = relative(dirname(resolve(file)), folder);
  return path === '' ? '.' : path.startsWith('.') ? path : `./${path}`;
};
