import { Command } from '@commander-js/extra-typings';
import { usage } from '../../errors.ts';
import { serveSite } from '../../site/serve.ts';
import { configOf, daylessVerb, show } from '../context.ts';

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw usage(`Expected a port from 0 to 65535, got "${text}".`);
  return port;
}

export const serveVerb = () =>
  daylessVerb(
    new Command('serve')
      .description('serve the pages on this machine')
      .option('--port <number>', 'the port', parsePort),
    'it shows the pages that were last built',
  ).action(async (options) => {
    const { buildDirectory } = await configOf(options.config, 'serve');
    const { url } = await serveSite({
      siteDir: `${buildDirectory}/site`,
      port: options.port ?? 3000,
      host: '127.0.0.1',
    });
    show(options, { value: { url }, text: `The pages are at ${url} (stop with Ctrl+C)` });
  });
