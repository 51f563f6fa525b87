import { relative } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { TenureError } from '../../errors.ts';
import { type Erasure, eraseContact } from '../../pipeline/erase/erase.ts';
import { working } from '../../pipeline/leftovers.ts';
import { count } from '../../runtime/print.ts';
import { type Context, configOf, daylessVerb, show, withValue } from '../context.ts';

const shown = (path: string) => relative(process.cwd(), path);

function textOf({ contact, pseudonym, applied, tables, files, built, searched, notes }: Erasure): string {
  const places = [
    ...tables.map(({ table, rows }) => `  ${table}: ${count(rows, 'row')}`),
    ...files.map((file) => `  ${shown(file.path)}: ${count(file.count, 'time')}`),
    ...built.map((path) => `  ${shown(path)}: built from the warehouse, taken away whole`),
  ];
  const what = applied
    ? places.length === 0
      ? `${contact} is in nothing that Tenure keeps; ${pseudonym} stands for it`
      : `${contact} was taken out of these; ${pseudonym} stands for it now`
    : places.length === 0
      ? `${contact} is in nothing that Tenure keeps`
      : `${contact} would be taken out of these. Nothing was changed: add --apply`;
  return [
    `${what}${places.length === 0 ? '.' : ':'}`,
    ...places,
    ...(applied
      ? [
          `A search of ${count(searched.columns, 'column')} of text and of all logs and outboxes finds no id, address or name of theirs any more.`,
        ]
      : []),
    ...notes,
  ].join('\n');
}

export const eraseVerb = ({ now }: Context) =>
  daylessVerb(
    new Command('erase')
      .description('take a person out of all that Tenure keeps, and prove it by a search')
      .requiredOption('--contact <id>', 'the id of the contact, as its source gives it')
      .option('--apply', 'do it; without this the places are told and nothing is changed'),
    'a person goes out of all days',
  ).action(async (options) => {
    const config = await configOf(options.config, 'erase');
    const result = await working(config, () =>
      eraseContact(config, { contact: options.contact, apply: options.apply === true, now }),
    );
    if (result.left.length > 0)
      throw withValue(
        new TenureError(
          'ERASURE_INCOMPLETE',
          `Expected nothing of the contact to be left, found it in ${result.left.map(shown).join(', ')}. Run the same command again; what stays then is an ` +
            'address that holds theirs, or a fault of ours.',
        ),
        result,
      );
    show(options, { value: result, text: textOf(result) });
  });
