import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Answers } from '../../ingest/index.ts';
import { usage } from '../errors.ts';
import type { Ask } from './ask.ts';
import { initFiles } from './files.ts';
import { agrees } from './map.ts';
import { folderFrom, type Mapped, mapExports } from './mapping.ts';
import { type Intake, QUESTIONS, type QuestionName } from './questions.ts';

export type { Ask } from './ask.ts';
export { mapFiles } from './map.ts';
export { columnAnswers } from './mapping.ts';
export { QUESTIONS, type QuestionName } from './questions.ts';

export interface InitRequest {
  /** where `tenure.yaml` goes; `.env.example` goes beside it */
  readonly file: string;
  /** answers given as flags */
  readonly answers: Partial<Readonly<Record<QuestionName, string>>>;
  readonly ask: Ask;
  readonly force: boolean;
  /** Exports of which the mapping is proposed; the intake is then not asked, its defaults hold. */
  readonly from?: readonly string[] | undefined;
  /** What is said of the exports by flags. */
  readonly mapping?: Answers;
}

/** The answers among the options of a command line, whose names are those of the questions. */
export const answersOf = (options: Readonly<Record<string, unknown>>): InitRequest['answers'] =>
  Object.fromEntries(
    Object.keys(QUESTIONS).flatMap((name) =>
      typeof options[name] === 'string' ? [[name, options[name]]] : [],
    ),
  );

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** What a company's repository never holds: secrets, data, and what is made of them. */
const IGNORED = [
  '.env',
  'data/',
  // exports beside tenure.yaml; those of rules/ are kept
  ...['csv', 'tsv', 'xlsx', 'ndjson', 'parquet'].map((ending) => `/*.${ending}`),
  '*.duckdb',
  '*.duckdb.wal',
  '.build/',
  '.tenure/',
  '.demo/',
  'node_modules/',
];

/** A `.gitignore` as it was, with the lines after it that it lacks. */
function ignoring(text: string): string {
  const missing = IGNORED.filter((line) => !text.split(/\r?\n/).includes(line));
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${gap}${missing.map((line) => `${line}\n`).join('')}`;
}

/**
 * Writes `tenure.yaml` and `.env.example` from the answers: those of the flags, then what a person answers,
 * then the defaults; `.gitignore` gets the lines that it lacks. Writes nothing when an answer is wrong, or over one of the
 * first two without `force`.
 */
export async function init(request: InitRequest): Promise<{
  readonly value: {
    readonly written: readonly string[];
    readonly connectors: readonly string[];
    readonly rows?: Mapped['rows'];
  };
  readonly text: string;
}> {
  const { file, answers, ask, force, from } = request;
  const environmentFile = join(dirname(file), '.env.example');
  const present: string[] = [];
  for (const path of [file, environmentFile]) if (await exists(path)) present.push(path);
  if (present.length > 0 && !force)
    throw usage(
      `${present.join(' and ')} would be overwritten: nothing was written.`,
      from === undefined
        ? 'Add --force to replace.'
        : 'Add --force to replace, or add the export with "tenure map".',
    );

  const mapped =
    from &&
    (await mapExports({
      paths: from,
      source: 'book',
      timeZone: answers.timeZone ?? QUESTIONS.timeZone.fallback,
      answers: { ...request.mapping, ...(answers.currency !== undefined && { currency: answers.currency }) },
      ask,
    }));
  if (mapped && ask && !(await agrees(mapped.text, file, ask)))
    return { value: { written: [], connectors: [] }, text: 'Nothing was written.' };
  const intake = await (mapped === undefined
    ? interview(answers, ask)
    : interview({ currency: mapped.currency, ...answers }, undefined));
  const { config, environment, connectors } = initFiles(
    intake,
    mapped && { path: folderFrom(file, mapped.folder), tables: mapped.tables, values: mapped.values },
  );
  await mkdir(dirname(file), { recursive: true });
  const flag = force ? 'w' : 'wx';
  await writeFile(file, config, { flag });
  await writeFile(environmentFile, environment, { flag });
  const ignoreFile = join(dirname(file), '.gitignore');
  await writeFile(ignoreFile, ignoring(await readFile(ignoreFile, 'utf8').catch(() => '')));

  const named = file === 'tenure.yaml' ? '' : ` --config ${relative('.', file) || file}`;
  const missing = missingTables(mapped);
  const steps = [
    ...(missing.length > 0
      ? [
          `Put a file that has ${missing.join(' and ')} into ${relative('.', mapped?.folder ?? '') || '.'}, then npx tenure map FILE${named}`,
        ]
      : []),
    ...(/^\w+=/m.test(environment)
      ? [`Copy ${environmentFile} to ${join(dirname(file), '.env')} and fill it in.`]
      : []),
    ...(connectors.length > 0 ? [`npx tenure connectors install ${connectors.join(' ')}${named}`] : []),
    `npx tenure doctor${named}`,
    `npx tenure run${named}`,
  ];
  const written = [file, environmentFile, ignoreFile];
  return {
    value: { written, connectors, ...(mapped && { rows: mapped.rows }) },
    text: [
      ...(mapped && !ask ? [mapped.text, ''] : []),
      ...missingText(mapped),
      ...(mapped
        ? [
            `ARR is shown in ${intake.currency}, days begin in ${intake.timeZone}, history from ${intake.historyStart}: change it in ${file}.`,
          ]
        : []),
      `Written: ${written.join(', ')}. Next:`,
      ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    ].join('\n'),
  };
}

/** The tables that a run cannot do without and the exports do not have. */
function missingTables(mapped: Mapped | undefined): string[] {
  const has = new Set(mapped?.rows.map(({ table }) => table));
  return mapped === undefined ? [] : ['accounts', 'contracts'].filter((table) => !has.has(table));
}

function missingText(mapped: Mapped | undefined): string[] {
  const missing = missingTables(mapped);
  if (mapped === undefined || missing.length === 0) return [];
  const given = mapped.rows.map(({ table, file, rows_landing }) => `${rows_landing} ${table} of ${file}`);
  const what = missing.includes('contracts')
    ? 'nothing in them says until when a customer is bound, and for how much'
    : 'nothing in them lists the customers';
  return [
    `There are ${given.join(', ')}. No file has ${missing.join(' or ')}, without which no account is scored: ${what}. ` +
      'A list of customer, end date, ARR and owner is enough, with the customers named as here.',
    '',
  ];
}

/** What is said while a person answers. */
const understood = (text: string) => process.stderr.write(`  ${text}\n`);

async function interview(
  answers: Readonly<Partial<Record<QuestionName, string | undefined>>>,
  ask: Ask,
): Promise<Intake> {
  const intake: Record<string, unknown> = {};
  for (const [name, { flag, ask: words, fallback, answer }] of Object.entries(QUESTIONS)) {
    const given = answers[name as QuestionName];
    for (;;) {
      const text = given ?? (ask === undefined ? fallback : (await ask(words, fallback)).trim() || fallback);
      const parsed = answer.safeParse(text);
      if (parsed.success) {
        intake[name] = parsed.data;
        const meant = typeof parsed.data === 'number' ? String(parsed.data) : parsed.data;
        if (typeof meant === 'string' && meant !== text)
          understood(`${flag}: "${text}" is taken for ${meant}.`);
        break;
      }
      const problem = `${parsed.error.issues[0]?.message}, got "${text}"`;
      // A person may try again; a flag may not.
      if (given !== undefined || ask === undefined) throw usage(`--${flag}: ${problem}.`);
      understood(problem);
    }
  }
  return intake as Intake;
}
