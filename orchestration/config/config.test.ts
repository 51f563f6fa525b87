import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { loadConfig, requireEnvironment } from './load.ts';
import { configJsonSchema } from './schema.ts';

const folder = await mkdtemp(join(tmpdir(), 'tenure-config-'));
afterAll(() => rm(folder, { recursive: true }));

const write = async (text: string) => {
  const file = join(folder, `${Math.trunc(performance.now() * 1000)}.yaml`);
  await writeFile(file, text);
  return file;
};
const MINIMAL = `
warehouse: { type: duckdb, path: w.duckdb }
sources:
  - { name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }
`;

describe('loadConfig', () => {
  it('gives absolute paths and the defaults', async () => {
    const config = await loadConfig(await write(MINIMAL), {});
    expect(config.warehouse).toEqual({ type: 'duckdb', path: join(folder, 'w.duckdb') });
    expect(config.tenant).toEqual({ time_zone: 'UTC', currency: 'USD' });
    expect(config.sources[0]?.connector?.config).toEqual({ path: join(folder, 'data') });
    expect(config.destinations).toEqual([]);
  });

  it('names each key at fault and exits with 2', async () => {
    const file = await write(`
warehouse: { type: duckdb }
tenant: { time_zone: Mars/Olympus, currency: dollars }
sources: [{ name: Book One, kind: nothing }]
extra: 1
`);
    await expect(loadConfig(file, {})).rejects.toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
    const message = await loadConfig(file, {}).catch((error: Error) => error.message);
    for (const part of [
      'warehouse.path',
      'tenant.time_zone',
      'tenant.currency',
      'sources[0].name',
      'sources[0].kind',
      'extra',
    ]) {
      expect(message).toContain(part);
    }
  });

  it('refuses two sources of one name, and a source that is both landed and read', async () => {
    const twice = `${MINIMAL}  - { name: book, kind: raw, connector: { exec: ['x'] } }\n`;
    await expect(loadConfig(await write(twice), {})).rejects.toThrow(/two sources are named "book"/);
    const both = `${MINIMAL}  - { name: x, kind: raw, tables: s, connector: { exec: ['x'] } }\n`;
    await expect(loadConfig(await write(both), {})).rejects.toThrow(/either "connector"/);
  });

  it('names the fields of a kind that can be mapped, and refuses keys that the kind has no use for', async () => {
    const bad = `${MINIMAL}  - { name: desk, kind: zendesk, tables: s, fields: { mood: x, account_id: "a'b" }, contracts: true }
  - { name: product, kind: segment, tables: t, match_by: [domain] }\n`;
    const message = await loadConfig(await write(bad), {}).catch((error: Error) => error.message);
    expect(message).toContain('sources[1].fields.account_id: expected a column');
    const worse = bad.replace(`, account_id: "a'b"`, '');
    const then = await loadConfig(await write(worse), {}).catch((error: Error) => error.message);
    expect(then).toContain(
      '"mood" is no field of a source of kind zendesk that can be mapped; expected one of account_id',
    );
    expect(then).toContain('sources[1].contracts: only stripe and chargebee have subscriptions');
    expect(then).toContain('sources[2].match_by: domains are matched for zendesk');
  });

  it('takes what the words of a source mean, and refuses vocabularies and meanings that there are not', async () => {
    const source = (values: string) =>
      `${MINIMAL}  - { name: crm, kind: salesforce, tables: s, values: ${values} }\n`;
    const good = await loadConfig(
      await write(source('{ task_status: { On Hold: in_progress, "Won\'t do": ignored } }')),
      {},
    );
    expect(good.sources[1]?.values).toEqual({
      task_status: { 'On Hold': 'in_progress', "Won't do": 'ignored' },
    });
    expect(good.sources[0]?.values).toEqual({});
    const message = await loadConfig(
      await write(
        source(
          '{ mood: { x: y }, user_role: { Boss: chief }, task_status: { On Hold: open, on-hold: ignored } }',
        ),
      ),
      {},
    ).catch((error: Error) => error.message);
    expect(message).toContain('"mood" is no vocabulary of a source of kind salesforce that can be mapped');
    expect(message).toContain(
      'user_role: "Boss" cannot mean "chief"; expected one of csm, csm_manager, vp_cs, ae',
    );
    expect(message).toContain('task_status: "On Hold" and "on-hold" are one word');
    const none = source('{ task_status: { x: open } }').replace('salesforce', 'stripe');
    await expect(loadConfig(await write(none), {})).rejects.toThrow(
      /"task_status" is no vocabulary of a source of kind stripe that can be mapped; it has none/,
    );
  });

  it('refuses a history that BigQuery could not write in one statement', async () => {
    const now = new Date('2026-07-01T12:00:00Z');
    const from = (day: string, store = '{ type: bigquery, project: acme }') =>
      write(
        MINIMAL.replace(/^warehouse: .*/m, `warehouse: ${store}\ntenant: { history_start_date: ${day} }`),
      );
    // 2015-07-20 to 2026-07-01 are 3,999 days and the first one
    await expect(loadConfig(await from('2015-07-20'), {}, now)).resolves.toBeDefined();
    const tooEarly = loadConfig(await from('2015-07-19'), {}, now);
    await expect(tooEarly).rejects.toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
    await expect(tooEarly).rejects.toThrow(
      'tenant.history_start_date: expected at most 4,000 days of history, because BigQuery changes no more partitions ' +
        'in one statement and a day is one; got 2015-07-19, which makes 4,001. Set 2015-07-20 or later',
    );
    const laptop = await from('1990-01-01', '{ type: duckdb, path: w.duckdb }');
    await expect(loadConfig(laptop, {}, now)).resolves.toBeDefined();
  });

  it('says where a missing file was expected', async () => {
    await expect(loadConfig(join(folder, 'none.yaml'), {})).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      exitCode: 2,
    });
  });

  it('fills in the environment, and asks for a secret only when it is used', async () => {
    const text = `${MINIMAL}  - { name: crm, kind: raw, connector: { exec: [./bin/x], config: { token: "\${A_TOKEN}" } } }\n`;
    const file = await write(text);
    const filled = await loadConfig(file, { A_TOKEN: 'secret' });
    expect(filled.sources[1]?.connector).toMatchObject({
      exec: [join(folder, 'bin/x')],
      config: { token: 'secret' },
    });
    const open = await loadConfig(file, {});
    expect(() => requireEnvironment(open, open.sources[0])).not.toThrow();
    expect(() => requireEnvironment(open, open.sources[1])).toThrow(/\$\{A_TOKEN\}, which is not set/);
  });

  it('takes the value of a variable as it is, also when it looks like a reference', async () => {
    const text = `${MINIMAL}  - { name: crm, kind: raw, connector: { exec: [x], config: { token: "\${A_TOKEN}", other: "\${B}" } } }\n`;
    const config = await loadConfig(await write(text), {
      A_TOKEN: 'p${HOME}w${NOBODY}',
      HOME: '/home/me',
      B: 'x',
    });
    expect(config.sources[1]?.connector?.config).toEqual({ token: 'p${HOME}w${NOBODY}', other: 'x' });
    expect(() => requireEnvironment(config, config.sources[1])).not.toThrow();
  });

  it('takes one way to log in to Salesforce, and no lasting secret that stands in the file', async () => {
    const at = (auth: string) =>
      write(`${MINIMAL}destinations:
  - { name: crm, kind: salesforce, auth: { instance_url: "https://a.example", ${auth} } }\n`);
    const environment = { S: 'a-secret' };
    const given = `"\${S}"`;
    for (const auth of [
      `access_token: ${given}`,
      `client_id: c, client_secret: ${given}`,
      `client_id: c, username: u, private_key: ${given}, audience: "https://test.salesforce.com"`,
      `client_id: c, refresh_token: ${given}`,
      `client_id: c, client_secret: ${given}, refresh_token: ${given}, login_url: "https://b.example"`,
    ])
      await expect(loadConfig(await at(auth), environment), auth).resolves.toBeDefined();
    for (const auth of [
      'client_id: c',
      'client_id: c, username: u',
      `access_token: t, client_secret: ${given}`,
    ])
      await expect(loadConfig(await at(auth), environment), auth).rejects.toThrow(
        /instance_url and one of|Unrecognized key/,
      );
    await expect(
      loadConfig(
        await at(`client_id: c, client_secret: ${given}, login_url: "http://b.example"`),
        environment,
      ),
    ).rejects.toThrow(/expected/);
    for (const key of ['client_secret', 'refresh_token'])
      await expect(loadConfig(await at(`client_id: c, ${key}: in-the-file`), environment)).rejects.toThrow(
        new RegExp(`auth\\.${key}: expected a variable of the environment`),
      );
  });

  it('sends a token over https only, but on this machine', async () => {
    const at = (address: string) =>
      write(`${MINIMAL}destinations:
  - { name: crm, kind: salesforce, auth: { instance_url: "${address}", access_token: "t" } }\n`);
    for (const address of [
      'https://a.example',
      'http://127.0.0.1:8080',
      'http://localhost:1',
      'http://[::1]:9',
    ])
      await expect(loadConfig(await at(address), {}), address).resolves.toBeDefined();
    for (const address of [
      'http://a.example',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil.example',
      'ftp://a.example',
      'https://me:pw@a.example',
      'a.example',
    ])
      await expect(loadConfig(await at(address), {}), address).rejects.toThrow(
        /instance_url: expected an https/,
      );
  });

  it('accepts the example that is shipped', async () => {
    const example = await readFile(join(projectRoot, 'tenure.example.yaml'), 'utf8');
    await expect(loadConfig(await write(example), {})).resolves.toMatchObject({
      tenant: { currency: 'USD' },
    });
  });

  it('ships the JSON Schema that it checks', async () => {
    const shipped = await readFile(join(projectRoot, 'tenure.schema.json'), 'utf8');
    expect(JSON.parse(shipped)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });
});
