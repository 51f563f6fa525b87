import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, hasEmulator, startEmulator } from '../../../test/bigquery-emulator.ts';
import { openWarehouse, type Warehouse } from '../../../warehouse/index.ts';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { withWarehouse } from '../configured-warehouse.ts';
import { sync } from '../steps.ts';
import { eraseContact } from './erase.ts';

const NOW = '2026-06-30T12:00:00.000Z';
const quiet = { step() {}, done() {}, progress() {}, note() {}, warn() {} };
let folder: string;
let config: Config;

const files: Readonly<Record<string, string>> = {
  'accounts.csv': 'account_id,name\nA1,Oak Ltd\nA2,Elm Ltd\n',
  'contracts.csv':
    'contract_id,account_id,term_start_date,term_end_date,arr\nK1,A1,2026-01-01,2027-01-01,1000\nK2,A2,2026-01-01,2027-01-01,1000\n',
  'contacts.csv': [
    'contact_id,account_id,email,name,title,role,is_exec_sponsor,is_champion,has_consent,updated_at',
    'c7,A1,Ann.Lee@oak.example,Ann Lee,CFO,buyer,true,false,true,2026-01-01T00:00:00Z',
    'c7,A1,ann.lee@oak.example,Ann Lee,CEO,buyer,true,true,true,2026-03-01T00:00:00Z',
    'c70,A1,joann.lee@oak.example,Jo Ann Leery,COO,,false,false,true,2026-01-01T00:00:00Z',
    'c8,A2,ann.lee@oak.example.org,Ann Lee,CFO,,true,false,true,2026-01-01T00:00:00Z',
    '',
  ].join('\n'),
  'meetings.csv': [
    'meeting_id,account_id,type,scheduled_at,status,contact_ids,notes',
    'm1,A1,qbr,2026-05-01T10:00:00Z,attended,c7;c70,"Ann Lee (ann.lee@oak.example) and ANN.LEE@oak.example. Her plans."',
    'm2,A2,qbr,2026-05-01T10:00:00Z,attended,c8,Ann Lee of Elm came',
    '',
  ].join('\n'),
  'emails.csv':
    'email_id,account_id,contact_id,sent_at,direction\ne1,A1,c7,2026-05-02T10:00:00Z,out\ne7,A1,c70,2026-05-02T10:00:00Z,out\n',
  'usage_events.csv':
    'account_id,user_id,event_at,feature\nA1,ann.lee@oak.example,2026-05-02T10:00:00Z,c7\nA1,c7,2026-05-03T10:00:00Z,x\n',
};

const TENURE_YAML = `
warehouse: { type: duckdb, path: w.duckdb }
sources:
  - { name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }
  - { name: crm, kind: salesforce, connector: { exec: [no-program] } }
channels: [{ name: outbox, kind: file, path: ./outbox }]
`;

const synced = () =>
  sync({ config, asOfDate: '2026-06-30', reporter: quiet as never, now: () => NOW }, ['book']);
const rows = (text: string) =>
  withWarehouse(config, async (warehouse) => (await warehouse.query(text)).rows, { readOnly: true });
const erase = (apply: boolean, contact = 'c7') => eraseContact(config, { contact, apply, now: () => NOW });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-erase-'));
  await mkdir(join(folder, 'data'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'data', name), text);
  await writeFile(join(folder, 'tenure.yaml'), TENURE_YAML);
  config = await loadConfig(join(folder, 'tenure.yaml'), {});
  await built();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A warehouse, logs and an outbox in which the person stands. */
async function built() {
  const { isComplete } = await synced();
  expect(isComplete).toBe(true);
  // the same person in another system, and what the models make of it
  await withWarehouse(config, async (warehouse) => {
    await warehouse.query(`create table raw.crm__Contact as
      select '0035f00000AbCdEAAV' as "Id", 'A1' as "AccountId", 'Ann.Lee@Oak.example' as "Email", 'Ann Lee' as "Name", 'CEO' as "Title",
        '+1 555 0100' as "Phone", date '1970-01-01' as "Birthdate", true as "Is_Champion__c", timestamp '2026-01-01' as "SystemModstamp"
      union all select '0035f00000AbCdFAAV', 'A1', 'bo@oak.example', 'Bo Day', 'COO', null, null, false, timestamp '2026-01-01'`);
    await warehouse.query(`create table raw.crm__Task as
      select '00T5f00000AbCdEAAV' as "Id", '0035f00000AbCdE' as "WhoId", '0035f00000AbCdEAAV,0035f00000AbCdFAAV' as "TaskWhoIds"`);
    await warehouse.query(`create table intermediate.int_canonical__contacts as
      select contact_id, account_id, email, is_exec_sponsor from raw.book__contacts`);
    await warehouse.query(`create table intermediate.int_alerts__published as
      select 'k' as alert_key, 'A1' as account_id, 'c7' as milestone, ['c7', 'c70'] as contact_ids, 'c7' as feature`);
    await warehouse.query(`create table marts.dim_documents as
      select 'A1' as account_id, 'Notes of ann lee' as title union all select 'A2', 'Notes of Ann Lee'`);
    await warehouse.query(`create table marts.fct_notes as
      select 'A1' as account_id, 'Lunch with Ann Lee (ann.lee@oak.example). Ann is glad.' as text
      union all select 'A2', 'Ann Lee said so'`);
    await warehouse.query(`create table intermediate.int_canonical__opportunities as
      select '0065f00000AbCdEAAV' as opportunity_id, 'A1' as account_id union all select '0065f00000AbCdFAAV', 'A2'`);
    await warehouse.query(`create table activation.ledger as
      select 'crm' as destination, 'Opportunity' as object, opportunity_id as record_key,
        '{"Tenure_Deal_Review_Notes__c":"Ann Lee wants more seats."}' as payload
      from intermediate.int_canonical__opportunities`);
    await warehouse.query(
      'create view marts.all_contacts as select * from intermediate.int_canonical__contacts',
    );
  });
  await mkdir(join(folder, 'outbox', '2026-06-30'), { recursive: true });
  await writeFile(
    join(folder, 'outbox', '2026-06-30', 'alert.json'),
    '{"account":"A1","text":"Sponsor Ann Lee <ann.lee@oak.example> left; ask joann.lee@oak.example"}',
  );
  await mkdir(join(folder, '.build', 'logs'), { recursive: true });
  await mkdir(join(folder, '.build', 'site'), { recursive: true });
  await writeFile(join(folder, '.build', 'logs', 'dbt.log'), 'got ANN.LEE@OAK.EXAMPLE,ann.lee@oak.example\n');
  await writeFile(join(folder, '.build', 'site', 'contacts.parquet'), 'packed');
}

/** All texts of all tables, joined; the register too. */
async function allTexts(): Promise<string> {
  return withWarehouse(
    config,
    async (warehouse) => {
      let all = '';
      for (const schema of ['raw', 'intermediate', 'marts', 'ops'])
        for (const table of await warehouse.listTables(schema))
          all += `${schema}.${table}: ${JSON.stringify((await warehouse.query(`select * from ${schema}."${table}"`)).rows)}\n`;
      return all;
    },
    { readOnly: true },
  );
}

describe('a dry run', () => {
  it('tells the places and changes nothing', async () => {
    const before = await allTexts();
    const found = await erase(false);
    expect(found.applied).toBe(false);
    expect(found.tables).toEqual(
      expect.arrayContaining([
        { table: 'raw.book__contacts', rows: 2 },
        { table: 'raw.book__emails', rows: 1 },
        { table: 'raw.book__meetings', rows: 1 },
        { table: 'raw.book__usage_events', rows: 2 },
        { table: 'intermediate.int_canonical__contacts', rows: 2 },
        { table: 'intermediate.int_alerts__published', rows: 1 },
        { table: 'marts.dim_documents', rows: 1 },
        { table: 'marts.fct_notes', rows: 1 },
        { table: 'raw.crm__Contact', rows: 1 },
        { table: 'raw.crm__Task', rows: 1 },
        { table: 'activation.ledger', rows: 1 },
      ]),
    );
    expect(found.tables.length).toBe(11);
    expect(found.files.map(({ path }) => path.slice(folder.length))).toEqual([
      '/.build/logs/dbt.log',
      '/outbox/2026-06-30/alert.json',
    ]);
    expect(await allTexts()).toEqual(before);
    expect(existsSync(join(folder, '.build', 'site'))).toBe(true);
  });

  it('says that an id is nobody’s', async () => {
    await expect(erase(false, 'c9')).rejects.toMatchObject({ code: 'CONTACT_UNKNOWN' });
  });
});

describe('an erasure', () => {
  it('leaves the person nowhere, and everybody else as they were', async () => {
    const { pseudonym, left, searched } = await erase(true);
    expect(left).toEqual([]);
    expect(searched.columns).toBeGreaterThan(40);
    const texts = (await allTexts()).toLowerCase();
    expect(
      texts.replaceAll('joann.lee@oak.example', '').replaceAll('ann.lee@oak.example.org', ''),
    ).not.toContain('ann.lee@');
    const [first, second] = await rows(
      `select * from raw.book__contacts where account_id = 'A1' and contact_id <> 'c70' order by updated_at`,
    );
    for (const row of [first, second])
      expect(row).toMatchObject({
        contact_id: pseudonym,
        email: pseudonym,
        is_exec_sponsor: true,
        has_consent: true,
      });
    expect(
      await rows(
        `select contact_id, email from raw.book__contacts where contact_id in ('c70', 'c8') order by 1`,
      ),
    ).toEqual([
      { contact_id: 'c70', email: 'joann.lee@oak.example' },
      { contact_id: 'c8', email: 'ann.lee@oak.example.org' },
    ]);
    expect(await rows('select contact_ids, notes from raw.book__meetings order by meeting_id')).toEqual([
      {
        contact_ids: expect.stringContaining('c70'),
        notes: `${pseudonym} (${pseudonym}) and ${pseudonym}. Her plans.`,
      },
      { contact_ids: expect.stringContaining('c8'), notes: 'Ann Lee of Elm came' },
    ]);
    expect(await rows('select * from raw.crm__Contact order by "Is_Champion__c"')).toEqual([
      expect.objectContaining({ Id: '0035f00000AbCdFAAV', Name: 'Bo Day', Email: 'bo@oak.example' }),
      {
        Id: pseudonym,
        AccountId: 'A1',
        Email: pseudonym,
        Name: null,
        Title: null,
        Phone: null,
        Birthdate: null,
        Is_Champion__c: true,
        SystemModstamp: '2026-01-01T00:00:00.000Z',
      },
    ]);
    expect(await rows('select "WhoId", "TaskWhoIds" from raw.crm__Task')).toEqual([
      { WhoId: pseudonym, TaskWhoIds: `${pseudonym},0035f00000AbCdFAAV` },
    ]);
    // A short id is the person's in a column of persons alone; the engagement stays theirs.
    expect(await rows('select user_id, feature from raw.book__usage_events order by event_at')).toEqual([
      { user_id: pseudonym, feature: 'c7' },
      { user_id: pseudonym, feature: 'x' },
    ]);
    expect(
      await rows('select milestone, contact_ids, feature from intermediate.int_alerts__published'),
    ).toEqual([{ milestone: pseudonym, contact_ids: [pseudonym, 'c70'], feature: 'c7' }]);
    expect(await rows('select title from marts.dim_documents order by account_id')).toEqual([
      { title: `Notes of ${pseudonym}` },
      { title: 'Notes of Ann Lee' },
    ]);
    // A first name alone is anybody's.
    expect(await rows('select text from marts.fct_notes order by account_id')).toEqual([
      { text: `Lunch with ${pseudonym} (${pseudonym}). Ann is glad.` },
      { text: 'Ann Lee said so' },
    ]);
    expect(await rows('select payload from activation.ledger order by record_key')).toEqual([
      { payload: `{"Tenure_Deal_Review_Notes__c":"${pseudonym} wants more seats."}` },
      { payload: '{"Tenure_Deal_Review_Notes__c":"Ann Lee wants more seats."}' },
    ]);
    expect((await rows('select * from marts.all_contacts')).length).toBe(4);
    expect(await readFile(join(folder, 'outbox', '2026-06-30', 'alert.json'), 'utf8')).toBe(
      `{"account":"A1","text":"Sponsor ${pseudonym} <${pseudonym}> left; ask joann.lee@oak.example"}`,
    );
    expect(await readFile(join(folder, '.build', 'logs', 'dbt.log'), 'utf8')).toBe(
      `got ${pseudonym},${pseudonym}\n`,
    );
    expect(existsSync(join(folder, '.build', 'site'))).toBe(false);
  });

  it('leaves a register that names nobody, and says so when it is asked again', async () => {
    const { pseudonym } = await erase(true);
    const register = await rows('select * from ops.erasures');
    expect(register).toEqual([
      expect.objectContaining({ pseudonym, key_hash: expect.stringMatching(/^[0-9a-f]{64}$/), done_at: NOW }),
    ]);
    expect(JSON.parse(String(register[0]?.term_hashes)).length).toBe(4);
    const again = await erase(true);
    expect(again).toMatchObject({ pseudonym, tables: [], files: [], left: [] });
    expect((await rows('select * from ops.erasures')).length).toBe(1);
  });

  it('leaves no byte of the address in the file of the warehouse', async () => {
    const warehouse = await openWarehouse(config.warehouse);
    await warehouse.query(
      `create table marts.many as select 'zoe.quartz.' || i || '@fir.example' as email, 'A1' as account_id from range(5000) as t(i)`,
    );
    await warehouse.query(`update marts.many set email = 'ann.lee@oak.example' where email like '%.4321@%'`);
    await warehouse.close();
    await erase(true);
    const bytes = (await readFile(join(folder, 'w.duckdb'))).toString('latin1').toLowerCase();
    expect(
      bytes.replaceAll('joann.lee@oak.example', '').replaceAll('ann.lee@oak.example.org', ''),
    ).not.toContain('ann.lee@oak.example');
    expect((await rows(`select * from marts.many`)).length).toBe(5000);
  });

  it('lets nothing of them land again', async () => {
    const { pseudonym } = await erase(true);
    const kept = await rows(
      'select * exclude (_airbyte_extracted_at, _airbyte_raw_id, _airbyte_generation_id, _airbyte_meta) from raw.book__contacts order by all',
    );
    await writeFile(
      join(folder, 'data', 'contacts.csv'),
      `${files['contacts.csv']}c9,A2,new@elm.example,New One,,,,,,2026-04-01T00:00:00Z\n`,
    );
    await writeFile(
      join(folder, 'data', 'emails.csv'),
      `${files['emails.csv']}e3,A1,c7,2026-06-02T10:00:00Z,in\n`,
    );
    const { isComplete } = await synced();
    expect(isComplete).toBe(true);
    const texts = (await allTexts()).toLowerCase();
    expect(
      texts.replaceAll('joann.lee@oak.example', '').replaceAll('ann.lee@oak.example.org', ''),
    ).not.toContain('ann.lee@');
    expect(
      (
        await rows(
          'select * exclude (_airbyte_extracted_at, _airbyte_raw_id, _airbyte_generation_id, _airbyte_meta) from raw.book__contacts order by all',
        )
      ).filter(({ contact_id }) => contact_id !== 'c9'),
    ).toEqual(kept);
    expect(await rows('select email_id, contact_id from raw.book__emails order by 1')).toEqual([
      { email_id: 'e1', contact_id: pseudonym },
      { email_id: 'e3', contact_id: pseudonym },
      { email_id: 'e7', contact_id: 'c70' },
    ]);
  });

  it('is finished by the next call wherever it was killed', async () => {
    const whole = (await erase(false)).tables.length;
    for (let after = 0; after < whole; after += 3) {
      let updates = 0;
      const dying = await dyingAfter(() => {
        updates += 1;
        return updates > after;
      });
      await expect(erase(true)).rejects.toThrow(/killed/);
      dying();
      const { left, pseudonym } = await erase(true);
      expect(left).toEqual([]);
      const texts = (await allTexts())
        .toLowerCase()
        .replaceAll('joann.lee@oak.example', '')
        .replaceAll('ann.lee@oak.example.org', '');
      expect(texts).not.toContain('ann.lee@');
      for (const path of ['outbox/2026-06-30/alert.json', '.build/logs/dbt.log'])
        expect(await readFile(join(folder, path), 'utf8')).not.toMatch(/(?<!jo)ann.lee@/i);
      expect((await rows('select distinct pseudonym from ops.erasures')).map((row) => row.pseudonym)).toEqual(
        [pseudonym],
      );
      await rm(join(folder, 'w.duckdb'), { force: true });
      await rm(join(folder, '.build'), { recursive: true, force: true });
      await built();
    }
  }, 120_000);
});

describe.skipIf(!hasEmulator)('on BigQuery (needs the BigQuery emulator beside the checkout)', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  }, 120_000);
  afterAll(() => emulator.stop());

  it('leaves the person nowhere, lets nothing of them land again, and says what stays for a while', async () => {
    const yaml = TENURE_YAML.replace(
      '{ type: duckdb, path: w.duckdb }',
      '{ type: bigquery, project: test, dataset_prefix: e_ }',
    );
    await writeFile(join(folder, 'tenure.yaml'), yaml);
    config = await loadConfig(join(folder, 'tenure.yaml'), { BIGQUERY_EMULATOR_HOST: emulator.url });
    expect((await synced()).isComplete).toBe(true);
    const ids = `select contact_id, email from raw.book__contacts where account_id = 'A1' order by contact_id, updated_at`;
    const { pseudonym, left, tables, notes } = await erase(true);
    expect(left).toEqual([]);
    expect(tables).toEqual(
      expect.arrayContaining([
        { table: 'raw.book__contacts', rows: 2 },
        { table: 'raw.book__meetings', rows: 1 },
        { table: 'raw.book__usage_events', rows: 2 },
      ]),
    );
    expect(notes.join()).toMatch(/time travel/);
    const kept = await rows(ids);
    expect(kept).toEqual([
      { contact_id: 'c70', email: 'joann.lee@oak.example' },
      { contact_id: pseudonym, email: pseudonym },
      { contact_id: pseudonym, email: pseudonym },
    ]);
    expect((await synced()).isComplete).toBe(true);
    expect(await rows(ids)).toEqual(kept);
    expect((await erase(true)).tables).toEqual([]);
  }, 300_000);
});

/** Makes the warehouse fail at an update, as a kill would; gives what ends that. */
async function dyingAfter(isOver: () => boolean): Promise<() => void> {
  const warehouse = await openWarehouse(config.warehouse);
  const prototype = Object.getPrototypeOf(warehouse) as Warehouse;
  await warehouse.close();
  const { query } = prototype;
  prototype.query = function (this: Warehouse, text: string, ...rest) {
    if (/^update /.test(text) && isOver()) throw new Error('killed');
    return query.call(this, text, ...rest);
  } as Warehouse['query'];
  return () => {
    prototype.query = query;
  };
}
