import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import type { Answers } from '../../ingest/index.ts';
import { columnAnswers } from '../init/index.ts';
import { parseCount } from './context.ts';

/** What a person may say of an export that it does not show itself. */
export const mappingOptions = <Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) =>
  command
    .addOption(
      new Option('--dates <order>', 'what comes first in 3/4/2026').choices([
        'day_first',
        'month_first',
      ] as const),
    )
    .addOption(
      new Option('--decimals <mark>', 'what stands before decimals').choices(['point', 'comma'] as const),
    )
    .addOption(
      new Option(
        '--term-months <number>',
        'how long contracts run whose start or end no column has',
      ).argParser(parseCount),
    )
    .option('--column <table.column=header...>', 'the header of a column, where it is not found or wrong');

/** Those answers, of the options of a command line. */
export const mappingAnswers = (options: {
  readonly dates?: Answers['dates'];
  readonly decimals?: Answers['decimals'];
  readonly termMonths?: number | undefined;
  readonly column?: readonly string[] | undefined;
}): Answers => ({
  ...(options.dates !== undefined && { dates: options.dates }),
  ...(options.decimals !== undefined && { decimals: options.decimals }),
  ...(options.termMonths !== undefined && { termMonths: options.termMonths }),
  columns: columnAnswers(options.column ?? []),
});
