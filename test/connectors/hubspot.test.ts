import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubSpot, hubspotConfig } from './hubspot.ts';
import { Landing } from './landing.ts';
import { type StandIns, startStandIns } from './stand-in.ts';

const DAY = 86_400_000;
const started = Date.now();
const ago = (days: number) => new Date(started - days * DAY).toISOString();

describe.skipIf(!process.env.TENURE_CONNECTORS)(
  'the HubSpot connector as it is published, against a stand-in (set TENURE_CONNECTORS to run this)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenure-hubspot-'));
    const hubspot = new HubSpot();
    let standIns: StandIns;
    let landing: Landing;

    beforeAll(async () => {
      standIns = await startStandIns(join(folder, 'proxy'), [hubspot]);
      const { env } = standIns;
      const connector = { airbyte: 'hubspot', config: hubspotConfig, env, streams: { companies: {} } };
      landing = new Landing(
        join(folder, 'line'),
        [{ name: 'crm', kind: 'raw', connector }],
        ago(-1).slice(0, 10),
      );
    });
    afterAll(async () => {
      await standIns.stop();
      rmSync(folder, { recursive: true });
    });

    const landed = async () => {
      const [result] = await landing.sync();
      return result?.streams.map(({ stream, status, rows_received }) => ({ stream, status, rows_received }));
    };

    it('lands companies, then the one that changed; nothing tells of the one that was archived', async () => {
      hubspot.change('1', ago(30), { name: 'Acme', arr: '1200.5' });
      hubspot.change('2', ago(20), { name: 'Bär & Söhne', arr: '500' });
      hubspot.change('3', ago(10), { name: 'Cobalt' });
      expect(await landed()).toEqual([{ stream: 'companies', status: 'succeeded', rows_received: 3 }]);

      hubspot.change('1', new Date().toISOString(), { name: 'Acme Works' });
      hubspot.archive('3');
      expect(await landed()).toEqual([{ stream: 'companies', status: 'succeeded', rows_received: 1 }]);

      expect(
        await landing.query(
          'select id, properties_name, properties_arr, archived from raw.crm__companies order by 1',
        ),
      ).toEqual([
        { id: '1', properties_name: 'Acme Works', properties_arr: 1200.5, archived: false },
        { id: '2', properties_name: 'Bär & Söhne', properties_arr: 500, archived: false },
        { id: '3', properties_name: 'Cobalt', properties_arr: null, archived: false },
      ]);
      expect(standIns.unknown).toEqual([]);
    });
  },
);
