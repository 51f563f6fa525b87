import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { type Ask, init, QUESTIONS, type QuestionName } from './index.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-init-'));
  file = join(folder, 'tenure.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (answers: Partial<Record<QuestionName, string>>, ask?: Ask, force = false) =>
  init({ file, answers, ask, force });
const environment = () => readFile(join(folder, '.env.example'), 'utf8');

describe('init', () => {
  it('writes a configuration that holds without any answer', async () => {
    await write({});
    const config = await loadConfig(file, {});
    expect(config).toMatchObject({
      warehouse: { type: 'duckdb' },
      tenant: { time_zone: 'UTC', currency: 'USD', history_start_date: '2024-01-01' },
      schedule: { cron: '0 5 * * *', apply: false },
      destinations: [],
    });
    expect(config.sources.map(({ name, kind }) => [name, kind])).toEqual([['book', 'files']]);
  });

  it.each(
    QUESTIONS.crm.ask
      .match(/\((.*)\)/)![1]!
      .split(', ')
      .flatMap((crm) =>
        (['none', 'segment', 'mixpanel', 'amplitude', 'other'] as const).map((analytics) => ({
          crm,
          analytics,
        })),
      ),
  )('writes a configuration that holds for $crm and $analytics', async ({ crm, analytics }) => {
    await write({ crm, analytics, ticketing: 'zendesk', billing: 'stripe', warehouse: 'bigquery' });
    const config = await loadConfig(file, { GOOGLE_CLOUD_PROJECT: 'acme' });
    expect(config.warehouse).toMatchObject({ type: 'bigquery', project: 'acme' });
    expect(new Set(config.sources.map(({ name }) => name)).size).toBe(config.sources.length);
  });

  it('names every variable of the configuration in .env.example, and no value', async () => {
    await write({ crm: 'salesforce', analytics: 'amplitude', ticketing: 'intercom', billing: 'chargebee' });
    const used = [...(await readFile(file, 'utf8')).matchAll(/\$\{([A-Z_]+)\}/g)].map((match) => match[1]);
    const named = [...(await environment()).matchAll(/^([A-Z_]+)=(.*)$/gm)];
    expect(new Set(named.map((match) => match[1]))).toEqual(new Set(used.filter((name) => name !== 'NAME')));
    expect(named.every((match) => match[2] === '')).toBe(true);
  });

  it('keeps what has no setting as a comment, on one line each', async () => {
    await write({ csms: '12', objectives: 'reduce churn, improve-nrr', healthScore: 'logins\nsources: []' });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('#   CSMs: 12\n');
    expect(text).toContain('#   Health score today: logins sources: []\n');
    expect(text).toContain('#   Objectives: reduce_churn, improve_nrr\n');
    await expect(loadConfig(file, {})).resolves.toBeDefined();
  });

  it('asks only what no flag answers, and again after a wrong answer', async () => {
    const asked: string[] = [];
    const answers = ['Berlin', 'Europe/Berlin'];
    await write({ crm: 'salesforce' }, async (question) => {
      asked.push(question);
      return question.includes('time zone') ? answers.shift()! : '';
    });
    expect(asked).toHaveLength(Object.keys(QUESTIONS).length); // one flag less, one question twice
    expect(asked.some((question) => question.includes('Which CRM'))).toBe(false);
    expect((await loadConfig(file, {})).tenant.time_zone).toBe('Europe/Berlin');
  });

  it('takes answers as people give them', async () => {
    await write({
      crm: 'Salesforce',
      currency: 'usd',
      timeZone: 'EST',
      csms: '~6',
      accountsPerCsm: 'about 50',
    });
    const config = await loadConfig(file, {});
    expect(config.sources[0]?.kind).toBe('salesforce');
    expect(config.tenant).toMatchObject({ currency: 'USD', time_zone: 'America/New_York' });
    expect(await readFile(file, 'utf8')).toContain('#   CSMs: 6\n');
  });

  it.each([
    [{ crm: 'notes' }, '--crm: expected one of none, salesforce, hubspot, other, got "notes"'],
    [{ timeZone: 'Berlin' }, '--time-zone: expected an IANA time zone such as Europe/Berlin, got "Berlin"'],
    [{ csms: 'a few' }, '--csms: expected the number of CSMs as a whole number, or nothing, got "a few"'],
    [{ historyStart: '2024-02-30' }, '--history-start: expected a day such as 2024-01-01, got "2024-02-30"'],
    [{ objectives: 'fun' }, '--objectives: expected some of reduce_churn'],
  ])('writes nothing for %j', async (answers, message) => {
    await expect(write(answers)).rejects.toThrow(message);
    await expect(readFile(file)).rejects.toThrow();
    await expect(environment()).rejects.toThrow();
  });

  it('keeps secrets and data out of the repository, and what its .gitignore says already', async () => {
    await writeFile(join(folder, '.gitignore'), 'ours/\n.env');
    await write({});
    expect((await readFile(join(folder, '.gitignore'), 'utf8')).split('\n')).toEqual([
      ...[
        'ours/',
        '.env',
        'data/',
        '/*.csv',
        '/*.tsv',
        '/*.xlsx',
        '/*.ndjson',
        '/*.parquet',
        '*.duckdb',
        '*.duckdb.wal',
        '.build/',
        '.tenure/',
        '.demo/',
      ],
      ...['node_modules/', ''],
    ]);
  });

  it('never writes over a file without --force, not even the other one', async () => {
    await writeFile(join(folder, '.env.example'), 'KEPT=1\n');
    await expect(write({})).rejects.toThrow(/\.env\.example would be overwritten: nothing was written/);
    await expect(readFile(file)).rejects.toThrow();
    expect(await environment()).toBe('KEPT=1\n');
    await write({}, undefined, true);
    expect(await environment()).not.toContain('KEPT');
  });
});
