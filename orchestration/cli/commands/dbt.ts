import { Command } from '@commander-js/extra-typings';
import { passOnToDbt } from '../../pipeline/dbt/passed-on.ts';
import { type Context, configOf, lineOf, show, verb } from '../context.ts';

export const dbtVerb = (context: Context) =>
  verb(
    new Command('dbt')
      .description('dbt itself, with the right variables, profile and target: tenure dbt ls')
      .usage('[options] <any dbt command>')
      .argument('<args...>', 'what dbt is given, as it is; options of Tenure go before it')
      .passThroughOptions()
      .allowUnknownOption(),
  ).action(async (args, options) => {
    const config = await configOf(options.config, 'dbt');
    const exitCode = await passOnToDbt(lineOf(context, config, options), args, {
      out: (text) => (options.json ? process.stderr : process.stdout).write(text),
      error: (text) => process.stderr.write(text),
    });
    show(options, { value: { args, exit_code: exitCode }, text: '' });
    process.exitCode = exitCode;
  });
