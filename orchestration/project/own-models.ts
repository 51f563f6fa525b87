import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../config/rules.ts';

/** What a model of a company's project is: where its file lies, how its model is called and where it is laid out. */
export const OWN_KINDS = {
  signal: {
    folder: 'signals',
    prefix: 'int_signals__',
    place: 'intermediate/signals/own',
    columns: ['account_id', 'as_of_date', 'measure', 'cut', 'signal_value', 'is_leak_proof', 'cuts_hash'],
  },
  input: {
    folder: 'signals/inputs',
    prefix: 'int_inputs__',
    place: 'intermediate/canonical/own',
    columns: ['account_id', 'known_date', 'known_until_date'],
  },
  check: {
    folder: 'checks',
    prefix: 'int_checks__',
    place: 'marts/monitoring/checks/own',
    columns: ['check_id', 'value', 'n'],
  },
} as const;

export type OwnKind = keyof typeof OWN_KINDS;

/** A model of a company's project, by its file. */
export interface OwnModel {
  readonly kind: OwnKind;
  readonly name: string;
  /** Relative to the project: `signals/seats_unused.sql`. */
  readonly file: string;
  readonly sql: string;
  /** The text of the file of properties beside it, if there is one. */
  readonly properties?: string | undefined;
}

/** What a model is called in dbt: `int_signals__seats_unused`. */
export const modelName = ({ kind, name }: Pick<OwnModel, 'kind' | 'name'>): string =>
  `${OWN_KINDS[kind].prefix}${name}`;

/** The models of a project, and the files of properties that have no model. */
export function readOwnModels(directory: string): { models: readonly OwnModel[]; strays: readonly string[] } {
  const strays: string[] = [];
  const models = (Object.keys(OWN_KINDS) as OwnKind[]).flatMap((kind) => {
    const { folder } = OWN_KINDS[kind];
    const names = namesIn(join(directory, folder));
    const read = (name: string) => readFileSync(join(directory, folder, name), 'utf8');
    strays.push(
      ...names
        .filter((name) => /\.ya?ml$/.test(name) && !names.includes(name.replace(/\.ya?ml$/, '.sql')))
        .map((name) => `${folder}/${name}`),
    );
    return names
      .filter((file) => file.endsWith('.sql'))
      .map((file): OwnModel => {
        const name = file.slice(0, -'.sql'.length);
        const properties = [`${name}.yml`, `${name}.yaml`].find((each) => names.includes(each));
        return {
          kind,
          name,
          file: `${folder}/${file}`,
          sql: read(file),
          properties: properties && read(properties),
        };
      });
  });
  return { models, strays };
}

/** SQL as it counts: without comments, and with one space for each run of them. */
export const spokenSql = (sql: string): string =>
  sql
    .replace(/\{#[\s\S]*?#\}/g, ' ')
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/--[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const quoted = (words: readonly string[]) => `[${words.map((word) => `'${word}'`).join(', ')}]`;

/** On one line, so that what dbt says of a line is true of the file. */
function config({ kind, name, file }: OwnModel): string {
  const hook = `pre_hook="{{ require_columns('${file}', ${quoted(OWN_KINDS[kind].columns)}) }}"`;
  return kind === 'signal'
    ? `{{ config(materialized='history', history_key='cuts_hash', history_key_from='int_signals__cuts_version', ` +
        `enabled='${name}' in signals_used(), ${hook}) }}`
    : `{{ config(${hook}) }}`;
}

/** The models as they lie in the project that dbt builds: path → text. */
export const laidOutModels = (models: readonly OwnModel[]): ReadonlyMap<string, string> =>
  new Map(
    models.flatMap((model) => {
      const place = `${OWN_KINDS[model.kind].place}/${modelName(model)}`;
      const sql = [`${place}.sql`, `${config(model)} ${model.sql}`] as const;
      return model.properties === undefined ? [sql] : [sql, [`${place}.yml`, model.properties] as const];
    }),
  );
