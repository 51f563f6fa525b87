import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReports } from './build.ts';
import { compressBelow } from './compress.ts';
import { type SiteServer, serveSite } from './serve.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-reports-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('serveSite', () => {
  let server: SiteServer;
  beforeAll(async () => {
    const site = join(folder, 'site');
    await mkdir(join(site, 'renewals'), { recursive: true });
    await writeFile(join(site, 'index.html'), '<p>home</p>');
    await writeFile(join(site, 'renewals', 'index.html'), '<p>renewals</p>');
    await writeFile(join(site, 'engine.wasm'), 'wasm');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    server = await serveSite({ siteDir: site, port: 0, names: ['health.example'] });
  });
  afterAll(() => server.close());

  const get = (path: string, init?: RequestInit) =>
    fetch(new URL(path, server.url), { redirect: 'manual', ...init });

  it('serves a folder as its index and sends other addresses of it there', async () => {
    expect(await (await get('/renewals/')).text()).toBe('<p>renewals</p>');
    const redirect = await get('/renewals');
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, '/renewals/']);
    expect((await get('/renewals/index.html')).headers.get('location')).toBe('/renewals/');
  });

  it('names the content type', async () => {
    expect((await get('/')).headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect((await get('/engine.wasm')).headers.get('content-type')).toBe('application/wasm');
  });

  it('lets a page ask no other host', async () => {
    expect((await get('/')).headers.get('content-security-policy')).toContain("connect-src 'self'");
  });

  it('answers 304 to what the browser has', async () => {
    const tag = (await get('/')).headers.get('etag') ?? '';
    expect((await get('/', { headers: { 'if-none-match': tag } })).status).toBe(304);
  });

  it('sends what shrinks compressed to who takes it, and says so', async () => {
    const text = 'a line of a script\n'.repeat(200);
    await mkdir(join(folder, 'site', '_app'), { recursive: true });
    await writeFile(join(folder, 'site', '_app', 'chunk.js'), text);
    expect(await compressBelow(join(folder, 'site', '_app'))).toBe(1);
    await writeFile(join(folder, 'site', 'rendered.json'), JSON.stringify(text));
    const asked = async (path: string, encoding: string) => {
      const { headers } = await ask(path, { 'accept-encoding': encoding });
      return [headers['content-encoding'], headers.vary, Number(headers['content-length']) < text.length];
    };
    expect(await asked('/_app/chunk.js', 'gzip, deflate, br')).toEqual(['br', 'accept-encoding', true]);
    expect(await asked('/_app/chunk.js', 'br;q=0, gzip')).toEqual(['gzip', 'accept-encoding', true]);
    expect(await asked('/_app/chunk.js', 'identity')).toEqual([undefined, 'accept-encoding', false]);
    expect(await asked('/rendered.json', 'gzip, br')).toEqual(['gzip', 'accept-encoding', false]);
    expect(await asked('/index.html', 'gzip, br')).toEqual([undefined, undefined, false]);
    for (const path of ['/_app/chunk.js', '/rendered.json'])
      expect((await (await get(path)).text()).includes('a line of a script')).toBe(true);
    const tags = ['br', 'gzip', 'identity'].map(
      async (encoding) => (await ask('/_app/chunk.js', { 'accept-encoding': encoding })).headers.etag,
    );
    expect(new Set(await Promise.all(tags)).size).toBe(3);
  });

  it('gives nothing outside its folder', async () => {
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/renewals/..%2f..%2fsecret.txt',
      '/%00',
    ])
      expect((await get(path)).status).toBe(404);
    expect((await get('/%zz')).status).toBe(400);
  });

  /** An answer to a request with headers of its own, which `fetch` does not send. */
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<IncomingMessage>((fulfil, reject) => {
      const { hostname, port } = new URL(server.url);
      request({ hostname, port, path, headers, method }, (response) => {
        response.resume();
        fulfil(response);
      })
        .on('error', reject)
        .end();
    });

  it('answers only to the names of this machine and those that it was given', async () => {
    const { port } = new URL(server.url);
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      'localhost',
      `[::1]:${port}`,
      'health.example',
    ])
      expect((await ask('/', { host })).statusCode, host).toBe(200);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '@',
    ])
      expect((await ask('/', { host })).statusCode, host).toBe(421);
  });

  it('sends nobody to another host', async () => {
    for (const path of [
      '/%2f/evil.example/index.html',
      '/%2fevil.example/index.html',
      '//evil.example/index.html',
      '/%5cevil.example/index.html',
      '/%2f%2fevil.example%2findex.html',
      '/%5c%5cevil.example/%2e%2e/renewals',
    ]) {
      const { headers, statusCode } = await ask(path);
      const place = new URL(headers.location ?? '/', server.url);
      expect({ path, statusCode, host: place.origin }).toEqual({
        path,
        statusCode,
        host: new URL(server.url).origin,
      });
    }
  });

  it('says the same of safety with every answer', async () => {
    const tag = (await ask('/')).headers.etag ?? '';
    const answers = [
      await ask('/'),
      await ask('/', { 'if-none-match': tag }),
      await ask('/renewals'),
      await ask('/nowhere'),
      await ask('/%zz'),
      await ask('/', {}, 'POST'),
      await ask('/', { host: 'evil.example' }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 304, 308, 404, 400, 405, 421]);
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('same-origin');
    }
  });

  it('serves no hidden file and follows no link out of the site', async () => {
    const site = join(folder, 'site');
    await mkdir(join(site, '.vite'), { recursive: true });
    await writeFile(join(site, '.vite', 'manifest.json'), '{}');
    await writeFile(join(site, '.env'), 'TOKEN=secret');
    await symlink(join(folder, 'secret.txt'), join(site, 'secret.txt'));
    await symlink(folder, join(site, 'up'));
    await symlink(join(site, 'renewals'), join(site, 'inside'));
    for (const path of [
      '/.vite/manifest.json',
      '/.env',
      '/%2evite/manifest.json',
      '/secret.txt',
      '/up/secret.txt',
    ])
      expect((await ask(path)).statusCode, path).toBe(404);
    expect((await ask('/inside/')).statusCode).toBe(200);
  });

  it('refuses to write', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });

  it('says when the port is taken', async () => {
    const { port } = new URL(server.url);
    await expect(serveSite({ siteDir: join(folder, 'site'), port: Number(port) })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(`Port ${port}`),
    });
  });

  it('says when there is no site yet', async () => {
    await expect(serveSite({ siteDir: join(folder, 'nowhere'), port: 0 })).rejects.toMatchObject({
      code: 'SITE_MISSING',
    });
  });
});

describe('buildReports', () => {
  it('says when there is no warehouse yet', async () => {
    await expect(
      buildReports({ warehousePath: join(folder, 'none.duckdb'), buildDir: folder }),
    ).rejects.toMatchObject({ code: 'WAREHOUSE_MISSING' });
  });
});
