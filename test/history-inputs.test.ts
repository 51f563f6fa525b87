import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';

const models = join(projectRoot, 'models');
const read = (...path: string[]) => readFileSync(join(models, ...path), 'utf8');
/** The SQL that makes scope, signals and scores. */
const readers = [
  ...['signals', 'scores'].flatMap((topic) =>
    readdirSync(join(models, 'intermediate', topic))
      .filter((name) => name.endsWith('.sql'))
      .map((name) => [name, read('intermediate', topic, name)] as const),
  ),
  ...['int_accounts__account_days.sql', 'int_accounts__account_spans.sql'].map(
    (name) => [name, read('intermediate', 'accounts', name)] as const,
  ),
  ...['contact_engagement.sql', 'mean_of_signals.sql'].map(
    (name) => [name, read('macros', 'signals', name)] as const,
  ),
];

/** Of each kind of input the columns that are said to change no score. */
const saysNothing = [
  ...(/set says_nothing = \{([\s\S]*?)\n\} %\}/
    .exec(read('intermediate', 'history', 'int_history__inputs.sql'))?.[1]
    ?.matchAll(/'(\w+)': \[([^\]]*)\]/g) ?? []),
].map(([, entity = '', columns = '']) => ({
  entity,
  columns: [...columns.matchAll(/'(\w+)'/g)].map(([, column = '']) => column),
}));

it('names as inputs that change no score only columns that no signal or score reads', () => {
  expect(saysNothing.map(({ entity }) => entity)).toContain('tickets');
  const read = saysNothing.flatMap(({ entity, columns }) =>
    readers
      .filter(([, sql]) => sql.includes(`int_canonical__${entity}'`))
      .flatMap(([name, sql]) =>
        columns
          .filter((column) => new RegExp(`\\b${entity}\\.${column}\\b|^\\s+${column},?$`, 'm').test(sql))
          .map((column) => `${name} reads ${entity}.${column}`),
      ),
  );
  expect(read).toEqual([]);
});
