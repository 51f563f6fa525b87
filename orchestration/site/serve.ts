import { createReadStream, existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { createGzip } from 'node:zlib';
import { THIS_MACHINE } from '../config/this-machine.ts';
import { TenureError } from '../errors.ts';
import { isCompressible, STORED_COPIES } from './compress.ts';
import { askerOf, type ProxyIdentity, requireClosed } from './identity.ts';

export interface SiteServer {
  readonly url: string;
  close(): Promise<void>;
}

const contentTypes: Record<string, string> = {
  '.arrow': 'application/vnd.apache.arrow.stream',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.parquet': 'application/vnd.apache.parquet',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/**
 * What every answer says. The browser itself refuses any request to another host, and shows the pages in no other's frame.
 * `unsafe-inline` and `unsafe-eval` of scripts: Evidence's pages start from an inline script, and compile their queries
 * (DuckDB's WebAssembly, Arrow's readers) in the browser; of styles: charts set theirs on the element. What could run is
 * bounded by `default-src`: nothing of another origin is loaded, and nothing is sent there.
 */
const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * Whether the request was meant for this server. A page of another site can point a name of its own at 127.0.0.1 and
 * read what is served there; its requests bear that name.
 */
const isMeant = (host: string | undefined, names: readonly string[]) =>
  host !== undefined && URL.canParse(`http://${host}`) && names.includes(new URL(`http://${host}`).hostname);

/**
 * The page in which the browser renders any, as web servers show for what they do not have. A site has it in the
 * folder of each kind of page of which there are too many to be rendered each, and at its root.
 */
export const EMPTY_PAGE = '404.html';

/** A site for each who asks, as a reverse proxy says who that is. */
export interface SitesByReader {
  readonly identity: ProxyIdentity;
  /** The folder of the site of an address; undefined for whom there is none. Asked with each request. */
  readonly siteOf: (address: string) => Promise<string | undefined>;
}

interface Serving {
  readonly port: number;
  readonly host?: string;
  /** Names that the server is reached by, beside `host` and those of this machine. */
  readonly names?: readonly string[];
}

/** Serves a built site, and nothing outside its folder. Port 0 takes a free one; `url` says which. */
export async function serveSite(options: Serving & { readonly siteDir: string }): Promise<SiteServer> {
  requireClosed(options.host ?? '127.0.0.1', undefined);
  const root = await realpath(options.siteDir).catch(() => resolve(options.siteDir));
  if (!existsSync(join(root, 'index.html'))) {
    throw new TenureError(
      'SITE_MISSING',
      `Expected a site in ${root}, found none. Build it with "tenure report".`,
    );
  }
  return listen(options, async () => ({ root }));
}

/** Serves each their own site, and to whom there is none a sentence. Throws a usage error when it would be open. */
export async function serveSites(options: Serving & SitesByReader): Promise<SiteServer> {
  const { identity, siteOf } = options;
  requireClosed(options.host ?? '127.0.0.1', identity);
  return listen(options, async (request) => {
    const asker = askerOf(request, identity);
    if ('refusal' in asker) return asker;
    const folder = await siteOf(asker.address);
    const root = folder === undefined ? undefined : await realpath(folder).catch(() => undefined);
    return root === undefined
      ? {
          refusal: `There are no pages for ${asker.address}: no account is yours. Ask who runs Tenure here to give you access.`,
        }
      : { root, reader: basename(dirname(root)) };
  });
}

/** The folder that a request reads from, and, of several, which; or why it reads from none. */
type Place = { readonly root: string; readonly reader?: string } | { readonly refusal: string };

async function listen(
  { port, host = '127.0.0.1', names: given = [] }: Serving,
  placeOf: (request: IncomingMessage) => Promise<Place>,
): Promise<SiteServer> {
  const names = [...THIS_MACHINE, host, ...given];
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (!isMeant(request.headers.host, names)) {
      refuse(response, 421, 'This server is not asked for by that name');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      refuse(response, 405, 'Only GET and HEAD');
      return;
    }
    void placeOf(request)
      .then((place) =>
        'refusal' in place
          ? refuse(response.setHeader('cache-control', 'no-store'), 403, place.refusal)
          : answer(
              place,
              request.url ?? '/',
              request.headers['if-none-match'],
              acceptedBy(request.headers['accept-encoding']),
              request.method === 'HEAD',
              response,
            ),
      )
      .catch(() => refuse(response, 500, 'The file could not be read'));
  });
  await new Promise<void>((fulfil, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new TenureError(
              'PORT_TAKEN',
              `Port ${port} on ${host} is taken by another program. Choose another with --port, or stop that program.`,
              { exitCode: 2, cause: error },
            )
          : error,
      );
    });
    server.listen(port, host, fulfil);
  });
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host}:${actualPort}/`,
    close: () =>
      new Promise((fulfil, reject) => {
        server.close((error) => (error === undefined ? fulfil() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

/** The address of a path on this server: one that begins with two slashes would be another host's. */
const redirect = (response: ServerResponse, path: string) =>
  response.writeHead(308, { location: encodeURI(path).replace(/^[/\\]+/, '/') }).end();

async function answer(
  { root, reader }: Exclude<Place, { refusal: string }>,
  url: string,
  knownTag: string | undefined,
  accepts: (encoding: string) => boolean,
  headOnly: boolean,
  response: ServerResponse,
): Promise<void> {
  let path: string;
  try {
    path = decodeURIComponent(new URL(url, 'http://site').pathname);
  } catch {
    refuse(response, 400, 'Not an address');
    return;
  }
  let file = resolve(root, `.${path}`);
  const isHidden = path.split(/[/\\]/).some((part) => part.startsWith('.'));
  if (path.includes('\0') || isHidden || (file !== root && !file.startsWith(root + sep))) {
    refuse(response, 404, 'No such page');
    return;
  }
  if (path.endsWith('/index.html')) {
    redirect(response, path.slice(0, -'index.html'.length));
    return;
  }
  let found = await stat(file).catch(() => undefined);
  // A page of a kind that the browser renders, and no file.
  const emptyPage = join(dirname(file), EMPTY_PAGE);
  if (found === undefined && extname(file) === '' && dirname(file) !== root && existsSync(emptyPage)) {
    file = emptyPage;
    found = await stat(file).catch(() => undefined);
  }
  if (found?.isDirectory()) {
    if (!path.endsWith('/')) {
      redirect(response, `${path}/`);
      return;
    }
    file = join(file, 'index.html');
    found = await stat(file).catch(() => undefined);
  }
  // A link that leads out of the site is none of its pages.
  const isInside = async () => (await realpath(file)).startsWith(root + sep);
  if (!found?.isFile() || !(await isInside())) {
    refuse(response, 404, 'No such page');
    return;
  }
  let sent = { path: file, size: found.size };
  let encoding: string | undefined;
  if (isCompressible(file, found.size)) {
    response.setHeader('vary', 'accept-encoding');
    for (const [name, ending] of STORED_COPIES) {
      const copy = accepts(name) ? await stat(`${file}${ending}`).catch(() => undefined) : undefined;
      if (copy === undefined) continue;
      [sent, encoding] = [{ path: `${file}${ending}`, size: copy.size }, name];
      break;
    }
  }
  // What is rendered with each run has no copy: it is compressed on its way, at a length not known before.
  const onTheWay = encoding === undefined && isCompressible(file, found.size) && accepts('gzip');
  // Of several sites each has tags of its own: a browser in which somebody else signs in keeps nothing of the one before.
  const tag = `"${reader === undefined ? '' : `${reader}-`}${found.size.toString(36)}-${Math.round(found.mtimeMs).toString(36)}${encoding ?? (onTheWay ? 'gzip' : '')}"`;
  response.setHeader('etag', tag);
  response.setHeader(
    'cache-control',
    path.startsWith('/_app/immutable/')
      ? `${reader === undefined ? 'public' : 'private'}, max-age=31536000, immutable`
      : `${reader === undefined ? '' : 'private, '}no-cache`,
  );
  if (knownTag === tag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, {
    'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
    ...(onTheWay
      ? { 'content-encoding': 'gzip' }
      : { 'content-length': sent.size, ...(encoding === undefined ? {} : { 'content-encoding': encoding }) }),
  });
  if (headOnly) {
    response.end();
    return;
  }
  const content = createReadStream(sent.path).on('error', () => response.destroy());
  if (onTheWay) content.pipe(createGzip()).pipe(response);
  else content.pipe(response);
}

/** Which encodings a request takes: `gzip, br;q=0.9`, but none that it refuses by `q=0`. */
function acceptedBy(header: string | string[] | undefined): (encoding: string) => boolean {
  const taken = new Map(
    String(header ?? '')
      .split(',')
      .map((part) =>
        part
          .trim()
          .toLowerCase()
          .split(/\s*;\s*q=/),
      )
      .map(([name = '', quality = '1']) => [name, Number(quality) > 0]),
  );
  return (encoding) => taken.get(encoding) ?? taken.get('*') ?? false;
}
