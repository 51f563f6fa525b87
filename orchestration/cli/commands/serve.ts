import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { requireEnvironment } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { TenureError, usage } from '../../errors.ts';
import { readableSites, siteOfEach } from '../../site/readers.ts';
import { serveSite, serveSites } from '../../site/serve.ts';
import { configOf, daylessVerb, show } from '../context.ts';

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw usage(`Expected a port from 0 to 65535, got "${text}".`);
  return port;
}

/** How long it may take until a site that was built anew, or taken from somebody, counts. */
const SECONDS_KNOWN = 10;

export const serveVerb = () =>
  daylessVerb(
    new Command('serve')
      .description('serve the pages on this machine')
      .option('--port <number>', 'the port', parsePort)
      .option('--for <whom>', 'the site of one alone, as "report --for" made it')
      .option('--auth', 'each their own site, behind a reverse proxy that says who asks (docs/serving.md)'),
    'it shows the pages that were last built',
  ).action(async (options) => {
    const config = await configOf(options.config, 'serve');
    if (options.auth && options.for !== undefined)
      throw usage('Expected --auth or --for, got both.', 'With --auth each is shown their own site.');
    const port = options.port ?? 3000;
    const { url } = options.auth
      ? await serveEach(config, port)
      : await serveSite({ siteDir: await siteAsked(config, options.for), port });
    show(options, { value: { url }, text: `The pages are at ${url} (stop with Ctrl+C)` });
  });

async function siteAsked({ buildDirectory }: Config, whom: string | undefined): Promise<string> {
  if (whom === undefined) return join(buildDirectory, 'site');
  const sites = await readableSites(buildDirectory);
  const found = sites.find((site) => site.for === whom);
  if (found === undefined)
    throw new TenureError(
      'SITE_MISSING',
      `Expected a site for ${whom}, found ${sites.map((site) => site.for).join(', ') || 'none'}.`,
      { next: `Build it with "tenure report --for ${whom}".` },
    );
  return found.siteDir;
}

async function serveEach(config: Config, port: number) {
  const { serve, site_url, buildDirectory } = config;
  if (serve === undefined)
    throw new TenureError(
      'CONFIG_INVALID',
      `Expected serve.identity_header in ${config.file}: the header in which the reverse proxy says who asks.`,
      { exitCode: 2, next: 'docs/serving.md shows it.' },
    );
  requireEnvironment(config, serve);
  if ((await readableSites(buildDirectory)).length === 0)
    throw new TenureError('SITE_MISSING', `Expected sites below ${buildDirectory}, found none.`, {
      next: 'Build them with "tenure report" and "tenure report --for each".',
    });
  let known: { readonly until: number; readonly siteOf: (address: string) => string | undefined };
  const sites = async () => {
    if (known === undefined || Date.now() > known.until)
      known = {
        until: Date.now() + SECONDS_KNOWN * 1000,
        siteOf: siteOfEach(await readableSites(buildDirectory), serve.readers),
      };
    return known;
  };
  return serveSites({
    port,
    host: serve.host,
    names: site_url === undefined ? [] : [new URL(site_url).hostname],
    identity: { header: serve.identity_header, secret: serve.secret },
    siteOf: async (address) => (await sites()).siteOf(address),
  });
}
