import { Argument, Command } from '@commander-js/extra-typings';
import { connectorsDirectory } from '../../config/load.ts';
import { connectorNames, installConnectors, listConnectors } from '../../connectors/install.ts';
import { table } from '../../runtime/print.ts';
import { consoleReporter } from '../../runtime/reporter.ts';
import { show, verb } from '../context.ts';

export const connectorsVerb = () =>
  verb(
    new Command('connectors')
      .description('install connectors into private environments, or list them')
      .addArgument(new Argument('<action>', 'what to do').choices(['install', 'list']))
      .argument('[name...]', 'which to install'),
  ).action(async (action, names, options) => {
    const folder = connectorsDirectory(options.config);
    const states =
      action === 'list'
        ? await listConnectors(folder)
        : await installConnectors(folder, connectorNames(names), consoleReporter());
    const text = table(
      ['name', 'kind', 'version', 'installed_version'],
      states.map((state) => ({ ...state })),
    );
    show(options, { value: states, text });
  });
