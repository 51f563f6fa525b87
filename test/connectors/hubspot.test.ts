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
const [ALWAYS, NEVER] = ['1900-01-01', '9999-12-31'];

describe.skipIf(!process.env.TENURE_CONNECTORS)(
  'the HubSpot connector as it is published, against a stand-in (set TENURE_CONNECTORS to run this)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenure-hubspot-'));
    const hubspot = new HubSpot();
    let standIns: StandIns;
    let landing: Landing;
    let changeDay: string;
    let firstSync: unknown;
    let secondSync: unknown;

    const received = async () => {
      const [result] = await landing.sync();
      return Object.fromEntries(
        (result?.streams ?? []).map(({ stream, status, rows_received }) => [
          stream,
          status === 'succeeded' ? rows_received : status,
        ]),
      );
    };

    function firstRecords() {
      hubspot.change('company', '1', ago(30), { name: 'Acme', arr: '1200.5', customer_tier: 'Enterprise' });
      hubspot.change('company', '2', ago(20), { name: 'Bär & Söhne', arr: '500' });
      hubspot.change('company', '3', ago(10), { name: 'Cobalt' });
      const term = {
        contract_start_date: '2026-01-01',
        contract_end_date: '2027-12-31',
        hs_is_closed_won: 'true',
      };
      hubspot.change('deal', '11', ago(30), { ...term, amount: '2401' }, '1');
      hubspot.change('deal', '12', ago(20), { ...term, amount: '1000' }, '2');
      hubspot.change('deal', '13', ago(10), { ...term, amount: '600' }, '1');
    }

    function changes(at: string) {
      hubspot.change('company', '1', at, { name: 'Acme Works' });
      hubspot.archive('company', '3', at);
      hubspot.change('deal', '11', at, { amount: '2600' });
      hubspot.archive('deal', '13', at);
    }

    beforeAll(async () => {
      standIns = await startStandIns(join(folder, 'proxy'), [hubspot]);
      const { env } = standIns;
      const streams = { companies: {}, deals: {}, deals_archived: {}, deal_pipelines: {} };
      const connector = { airbyte: 'hubspot', config: hubspotConfig, env, streams };
      landing = new Landing(
        join(folder, 'line'),
        [{ name: 'crm', kind: 'hubspot', connector, fields: { segment: 'customer_tier' } }],
        ago(-1).slice(0, 10),
      );
      firstRecords();
      firstSync = await received();
      const changedAt = new Date().toISOString();
      changeDay = changedAt.slice(0, 10);
      changes(changedAt);
      secondSync = await received();
      await landing.build('+int_canonical__accounts', '+int_canonical__contracts');
    });
    afterAll(async () => {
      await standIns.stop();
      rmSync(folder, { recursive: true });
    });

    it('asks nothing that the stand-in does not know', () => expect(standIns.unknown).toEqual([]));

    it('reads all at first, then what changed and the deal that was archived', () => {
      expect({ firstSync, secondSync }).toEqual({
        firstSync: { companies: 3, deals: 3, deals_archived: 0, deal_pipelines: 0 },
        secondSync: { companies: 1, deals: 1, deals_archived: 1, deal_pipelines: 0 },
      });
    });

    /** Each version of an entity: its key, the days on which it is in force, and the columns asked for. */
    const versions = async (entity: string, key: string, ...columns: string[]) =>
      (
        await landing.query(
          `select ${key}, known_date::text as from_date, known_until_date::text as until_date, ${columns.join(', ')}
          from intermediate.${entity === 'accounts' ? 'int_accounts__versions' : `int_canonical__${entity}`}
          order by ${key}, known_date`,
        )
      ).map((row) => Object.values(row));

    it('gives an account a version for each change; nothing tells of a company that was archived', async () => {
      expect(await versions('accounts', 'account_id', 'name', 'segment')).toEqual([
        ['1', ALWAYS, changeDay, 'Acme', 'enterprise'],
        ['1', changeDay, NEVER, 'Acme Works', 'enterprise'],
        ['2', ALWAYS, NEVER, 'Bär & Söhne', null],
        ['3', ALWAYS, NEVER, 'Cobalt', null],
      ]);
    });

    it('gives a contract a version for each change, and an end on the day its deal was archived', async () => {
      // amounts are for the 24 months of the term
      expect(await versions('contracts', 'contract_id', 'account_id', 'arr')).toEqual([
        ['11', ALWAYS, changeDay, '1', 1200.5],
        ['11', changeDay, NEVER, '1', 1300],
        ['12', ALWAYS, NEVER, '2', 500],
        ['13', ALWAYS, changeDay, '1', 300],
      ]);
    });
  },
);
