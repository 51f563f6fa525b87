import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { usage } from '../errors.ts';
import { initFiles } from './files.ts';
import { type Intake, QUESTIONS, type QuestionName } from './questions.ts';

export { QUESTIONS, type QuestionName } from './questions.ts';

/** Puts a question to a person; undefined when nobody is there to answer. */
export type Ask = ((question: string, fallback: string) => Promise<string>) | undefined;

export interface InitRequest {
  /** where `tenure.yaml` goes; `.env.example` goes beside it */
  readonly file: string;
  /** answers given as flags */
  readonly answers: Partial<Readonly<Record<QuestionName, string>>>;
  readonly ask: Ask;
  readonly force: boolean;
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
export async function init({ file, answers, ask, force }: InitRequest): Promise<{
  readonly value: { readonly written: readonly string[]; readonly connectors: readonly string[] };
  readonly text: string;
}> {
  const environmentFile = join(dirname(file), '.env.example');
  const present: string[] = [];
  for (const path of [file, environmentFile]) if (await exists(path)) present.push(path);
  if (present.length > 0 && !force)
    throw usage(
      `${present.join(' and ')} would be overwritten: nothing was written. Add --force to replace.`,
    );

  const intake = await interview(answers, ask);
  const { config, environment, connectors } = initFiles(intake);
  await mkdir(dirname(file), { recursive: true });
  const flag = force ? 'w' : 'wx';
  await writeFile(file, config, { flag });
  await writeFile(environmentFile, environment, { flag });
  const ignoreFile = join(dirname(file), '.gitignore');
  await writeFile(ignoreFile, ignoring(await readFile(ignoreFile, 'utf8').catch(() => '')));

  const named = file === 'tenure.yaml' ? '' : ` --config ${relative('.', file) || file}`;
  const steps = [
    ...(/^\w+=/m.test(environment)
      ? [`Copy ${environmentFile} to ${join(dirname(file), '.env')} and fill it in.`]
      : []),
    ...(connectors.length > 0 ? [`npx tenure connectors install ${connectors.join(' ')}${named}`] : []),
    `npx tenure doctor${named}`,
    `npx tenure run${named}`,
  ];
  return {
    value: { written: [file, environmentFile, ignoreFile], connectors },
    text: [
      `Written: ${file}, ${environmentFile}, ${ignoreFile}. Next:`,
      ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    ].join('\n'),
  };
}

async function interview(answers: InitRequest['answers'], ask: Ask): Promise<Intake> {
  const intake: Record<string, unknown> = {};
  for (const [name, { flag, ask: words, fallback, answer }] of Object.entries(QUESTIONS)) {
    const given = answers[name as QuestionName];
    for (;;) {
      const text = given ?? (ask === undefined ? fallback : (await ask(words, fallback)).trim() || fallback);
      const parsed = answer.safeParse(text);
      if (parsed.success) {
        intake[name] = parsed.data;
        break;
      }
      const problem = `${parsed.error.issues[0]?.message}, got "${text}"`;
      // A person may try again; a flag may not.
      if (given !== undefined || ask === undefined) throw usage(`--${flag}: ${problem}.`);
      process.stderr.write(`  ${problem}\n`);
    }
  }
  return intake as Intake;
}
