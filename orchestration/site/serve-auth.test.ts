import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audienceFolder } from './audience.ts';
import { askerOf, requireClosed } from './identity.ts';
import { forgetOthers, keepReaders, readableSites, siteFolder, siteOfEach } from './readers.ts';
import { type SiteServer, serveSite, serveSites } from './serve.ts';

const HEADER = 'x-forwarded-email';
const SECRET = 'a-secret-of-the-proxy';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-auth-'));
  const built = [
    [{ kind: 'all' }, ['vp@acme.example']],
    [{ kind: 'manager', id: 'u2', name: 'Mo' }, ['mo@acme.example']],
    [{ kind: 'csm', id: 'u1', name: 'Kim' }, ['kim@acme.example']],
    [{ kind: 'csm', id: 'u2', name: 'Mo' }, ['mo@acme.example']],
    [{ kind: 'customer', id: 'a1', name: 'Alder' }, []],
  ] as const;
  for (const [site, readers] of built) {
    const place = siteFolder(folder, site);
    await mkdir(join(place, 'site'), { recursive: true });
    const whom = site.kind === 'all' ? 'all' : `${site.kind}=${site.id}`;
    await writeFile(join(place, 'site', 'index.html'), `<p>${whom}</p>`);
    await keepReaders(place, { for: whom, readers });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const serveAll = async (secret: string | undefined, given: { person: string; site: string }[] = []) => {
  const siteOf = siteOfEach(await readableSites(folder), given);
  return serveSites({
    port: 0,
    identity: { header: HEADER, secret },
    siteOf: async (address) => siteOf(address),
  });
};

/** An answer to a request with headers of its own, also one that comes twice. */
const ask = (server: SiteServer, headers: Record<string, string | string[]>, path = '/') =>
  new Promise<{ status: number | undefined; text: string; headers: IncomingMessage['headers'] }>(
    (fulfil, reject) => {
      const { hostname, port } = new URL(server.url);
      request({ hostname, port, path, headers }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        fulfil({ status: response.statusCode, text, headers: response.headers });
      })
        .on('error', reject)
        .end();
    },
  );

describe('sites for readers, behind a proxy on another machine', () => {
  let server: SiteServer;
  beforeAll(async () => {
    server = await serveAll(SECRET, [{ person: 'ops@acme.example', site: 'all' }]);
  });
  afterAll(() => server.close());
  const as = (address: string) => ask(server, { [HEADER]: address, 'x-tenure-proxy-secret': SECRET });

  it('show each their own, of several the widest, whatever the case of the address', async () => {
    for (const [address, whom] of [
      ['vp@acme.example', 'all'],
      ['mo@acme.example', 'manager=u2'],
      ['KIM@acme.example', 'csm=u1'],
      ['ops@acme.example', 'all'],
    ] as const)
      expect([address, (await as(address)).text]).toEqual([address, `<p>${whom}</p>`]);
  });

  it('tell the unknown in a sentence that there is nothing for them', async () => {
    const { status, text, headers } = await as('stranger@acme.example');
    expect([status, headers['cache-control']]).toEqual([403, 'no-store']);
    expect(text).toMatch(/^There are no pages for stranger@acme\.example: no account is yours\./);
  });

  it('believe nobody who does not know the secret', async () => {
    const refused: Record<string, string | string[]>[] = [
      { [HEADER]: 'vp@acme.example' },
      { [HEADER]: 'vp@acme.example', 'x-tenure-proxy-secret': '' },
      { [HEADER]: 'vp@acme.example', 'x-tenure-proxy-secret': `${SECRET}x` },
      { [HEADER]: 'vp@acme.example', 'x-tenure-proxy-secret': [SECRET, SECRET] },
      {},
    ];
    for (const headers of refused) {
      const { status, text } = await ask(server, headers);
      expect([headers, status]).toEqual([headers, 403]);
      expect(text).not.toContain('<p>');
    }
  });

  it('take no header that came twice, is empty, or names no single address', async () => {
    const wrong = [
      ['kim@acme.example', 'vp@acme.example'],
      '',
      'vp',
      'kim@acme.example, vp@acme.example',
      '<vp@acme.example>',
    ];
    for (const address of wrong) {
      const { status, text } = await ask(server, { [HEADER]: address, 'x-tenure-proxy-secret': SECRET });
      expect([address, status]).toEqual([address, 403]);
      expect(text).toMatch(/^The sign-in did not say who you are/);
    }
    const other = await ask(server, { 'x-user': 'vp@acme.example', 'x-tenure-proxy-secret': SECRET });
    expect(other.status).toBe(403);
  });

  it('let no cache give one what another was shown', async () => {
    const [kim, vp] = [await as('kim@acme.example'), await as('vp@acme.example')];
    expect(kim.headers.etag).not.toBe(vp.headers.etag);
    expect(kim.headers['cache-control']).toContain('private');
    const again = await ask(server, {
      [HEADER]: 'kim@acme.example',
      'x-tenure-proxy-secret': SECRET,
      'if-none-match': String(vp.headers.etag),
    });
    expect([again.status, again.text]).toEqual([200, '<p>csm=u1</p>']);
  });

  it('give nothing of another’s folder', async () => {
    const other = audienceFolder({ kind: 'csm', id: 'u1', name: 'Kim' });
    for (const path of [
      `/../../${other}/site/`,
      `/..%2f..%2f${other}%2fsite%2findex.html`,
      '/../readers.json',
    ]) {
      const headers = { [HEADER]: 'mo@acme.example', 'x-tenure-proxy-secret': SECRET };
      expect([path, (await ask(server, headers, path)).status]).toEqual([path, 404]);
    }
  });
});

describe('sites for readers, behind a proxy on this machine', () => {
  it('believe the header of whom asks from here', async () => {
    const server = await serveAll(undefined);
    expect((await ask(server, { [HEADER]: 'kim@acme.example' })).text).toBe('<p>csm=u1</p>');
    await server.close();
  });

  it('believe nobody from elsewhere', () => {
    const from = (remoteAddress: string) =>
      askerOf(
        {
          headersDistinct: { [HEADER]: ['vp@acme.example'] },
          socket: { remoteAddress },
        } as unknown as IncomingMessage,
        { header: HEADER },
      );
    for (const here of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(from(here)).toEqual({ address: 'vp@acme.example' });
    for (const elsewhere of ['10.0.0.7', '::ffff:10.0.0.7', '127.0.0.1.evil', 'fe80::1'])
      expect(from(elsewhere)).toHaveProperty('refusal');
  });
});

describe('what would be open', () => {
  it('does not start', async () => {
    expect(() => requireClosed('0.0.0.0', { header: HEADER })).toThrow('serve.secret');
    expect(() => requireClosed('0.0.0.0', undefined)).toThrow('--auth');
    expect(() => requireClosed('0.0.0.0', { header: HEADER, secret: SECRET })).not.toThrow();
    await expect(
      serveSite({ siteDir: join(folder, 'site'), port: 0, host: '0.0.0.0' }),
    ).rejects.toMatchObject({
      exitCode: 2,
    });
    await expect(
      serveSites({ port: 0, host: '::', identity: { header: HEADER }, siteOf: async () => undefined }),
    ).rejects.toMatchObject({ exitCode: 2 });
  });
});

it('a reader who was given a site that is not built gets none, not another', async () => {
  const siteOf = siteOfEach(await readableSites(folder), [{ person: 'vp@acme.example', site: 'csm=gone' }]);
  expect(siteOf('vp@acme.example')).toBeUndefined();
});

it('nobody here reads a customer’s site', async () => {
  await keepReaders(siteFolder(folder, { kind: 'customer', id: 'a1', name: 'Alder' }), {
    for: 'customer=a1',
    readers: ['alder@acme.example'],
  });
  expect(siteOfEach(await readableSites(folder), [])('alder@acme.example')).toBeUndefined();
});

it('who has no account any more keeps no site', async () => {
  await forgetOthers(folder, [{ kind: 'csm', id: 'u1', name: 'Kim' }]);
  expect((await readableSites(folder)).map((site) => site.for)).toEqual(['all', 'csm=u1', 'customer=a1']);
});
