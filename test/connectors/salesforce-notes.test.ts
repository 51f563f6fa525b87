import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Landing } from './landing.ts';
import { Salesforce, salesforceConfig } from './salesforce.ts';
import { type StandIns, startStandIns } from './stand-in.ts';

const DAY = 86_400_000;
const started = Date.now();
const ago = (days: number) => new Date(started - days * DAY).toISOString().replace(/\.\d+Z$/, 'Z');
const present = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
const dayOf = (instant: string) => instant.slice(0, 10);

describe.skipIf(!process.env.TENURE_CONNECTORS)(
  'enhanced notes of Salesforce by the published connector (set TENURE_CONNECTORS to run this)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenure-notes-'));
    const salesforce = new Salesforce();
    let standIns: StandIns;
    let landing: Landing;
    let changedAt: string;

    beforeAll(async () => {
      standIns = await startStandIns(join(folder, 'proxy'), [salesforce]);
      const streams = ['Account', 'Contract', 'ContentNote', 'ContentDocumentLink'];
      landing = new Landing(
        join(folder, 'line'),
        [
          {
            name: 'crm',
            kind: 'salesforce',
            connector: {
              airbyte: 'salesforce',
              config: salesforceConfig,
              env: standIns.env,
              streams: Object.fromEntries(streams.map((stream) => [stream, {}])),
            },
          },
        ],
        dayOf(new Date(started + DAY).toISOString()),
      );
      salesforce.change('Account', '001A', ago(90), { Name: 'Acme', OwnerId: '005A' });
      const term = { StartDate: '2026-01-01', EndDate: '2026-12-31', Status: 'Activated' };
      salesforce.change('Contract', '800A', ago(90), { ...term, AccountId: '001A', ARR__c: 1200 });
      const note = { FileType: 'SNOTE', SharingPrivacy: 'N', OwnerId: '005A' };
      const document = (id: string, at: string, title: string) =>
        salesforce.change('ContentDocument', id, at, { Title: title, FileType: 'SNOTE' });
      const link = (id: string, of: string, to: string) =>
        salesforce.change('ContentDocumentLink', id, ago(40), { ContentDocumentId: of, LinkedEntityId: to });
      for (const [index, id] of ['069a', '069b', '069c'].entries()) {
        document(id, ago(40), `Call ${index}`);
        const TextPreview = `They grow by ${index}`;
        salesforce.change('ContentNote', id, ago(40), { ...note, Title: `Call ${index}`, TextPreview });
        link(`06A${index}`, id, '005A');
      }
      link('06A8', '069a', '001A');
      link('06A9', '069b', '001A');
      await landing.sync();
      changedAt = present();
      salesforce.change('ContentNote', '069a', changedAt, { TextPreview: 'They grow by all' });
      document('069a', changedAt, 'Call 0');
      salesforce.delete('ContentNote', '069b', changedAt);
      salesforce.delete('ContentDocument', '069b', changedAt);
      await landing.sync();
      await landing.build('+int_canonical__notes');
    });
    afterAll(async () => {
      await standIns.stop();
      rmSync(folder, { recursive: true });
    });

    it('asks nothing that Salesforce refuses or does not know', () => expect(standIns.unknown).toEqual([]));

    it('gives the title and the beginning, a version for each change, and ends with the note', async () => {
      const notes = await landing.query(
        'select note_id, account_id, text, author, known_until_date from intermediate.int_canonical__notes order by all',
      );
      expect(notes.map(Object.values)).toEqual([
        ['069a-001A', '001A', 'Call 0: They grow by 0', '005A', dayOf(changedAt)],
        ['069a-001A', '001A', 'Call 0: They grow by all', '005A', '9999-12-31'],
        ['069b-001A', '001A', 'Call 1: They grow by 1', '005A', dayOf(changedAt)],
      ]);
    });

    it('never gives the text itself, which is a path to be asked for', async () => {
      const landed = await landing.query('select distinct "Content" as content from raw.crm__ContentNote');
      for (const row of landed as { content: string }[])
        expect(row.content).toMatch(/^\/services\/data\/v\d+\.0\/sobjects\/ContentNote\/069\w\/Content$/);
      expect(landed.length).toBeGreaterThan(0);
    });
  },
);
