import { Command, Option } from '@commander-js/extra-typings';
import type { QueryLimits, QueryResult } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { usage } from '../../errors.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';
import { table } from '../../runtime/print.ts';
import { configOf, daylessVerb, show } from '../context.ts';

/** Runs one query in the warehouse's own dialect. */
export const query = (config: Config, sql: string, limits: QueryLimits): Promise<QueryResult> =>
  reading(config, (warehouse) => warehouse.query(sql, limits));

function parseCountOrNone(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(`Expected a whole number from 0, got "${text}".`);
  return Number(text);
}

export const queryVerb = () =>
  daylessVerb(
    new Command('query')
      .description('run a read-only query on the warehouse')
      .argument('<sql>', 'the query')
      .addOption(
        new Option('--limit <rows>', 'rows that are read at most; 0: all of them')
          .argParser(parseCountOrNone)
          .default(10_000),
      )
      .addOption(
        new Option('--timeout <seconds>', 'how long it may take; 0: as long as it takes')
          .argParser(parseCountOrNone)
          .default(300),
      ),
    'it reads what was last built; a column as_of_date says of which day a row is',
  ).action(async (sql, options) => {
    const { limit, timeout } = options;
    const { columns, rows, isCut } = await query(await configOf(options.config, 'query'), sql, {
      maximumRows: limit || undefined,
      timeoutSeconds: timeout || undefined,
    });
    const cut = `only the first ${limit}: --limit ROWS gives more, --limit 0 all`;
    if (isCut && options.json) process.stderr.write(`There are more rows; here are ${cut}.\n`);
    const names = columns.map((column) => column.name);
    const count = `${rows.length} row${rows.length === 1 ? '' : 's'}${isCut ? `, ${cut}` : ''}`;
    show(options, { value: rows, text: `${table(names, rows)}\n(${count})` });
  });
