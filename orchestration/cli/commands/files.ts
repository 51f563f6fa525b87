import { Command } from '@commander-js/extra-typings';
import { describedTables, tablesText, writeTemplates } from '../../init/canonical-files.ts';
import { show, verb } from '../context.ts';

export const filesVerb = () =>
  verb(
    new Command('files')
      .description('the tables and columns that files may have, what is required, which words are known')
      .option('--templates <dir>', 'write each table as a CSV with an example row'),
  ).action(async (options) => {
    if (options.templates === undefined) {
      const tables = describedTables();
      show(options, { value: tables, text: tablesText(tables) });
      return;
    }
    const written = await writeTemplates(options.templates);
    show(options, {
      value: { written },
      text: `Written: ${written.length} files in ${options.templates}. Put your rows in the place of the example, delete the files you do not need.`,
    });
  });
