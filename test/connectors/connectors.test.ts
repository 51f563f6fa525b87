import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Landing } from './landing.ts';
import { Salesforce, salesforceConfig } from './salesforce.ts';
import { type StandIns, startStandIns } from './stand-in.ts';
import { Stripe, stripeConfig } from './stripe.ts';
import { Zendesk, zendeskConfig } from './zendesk.ts';

/** `TENURE_CONNECTORS=folder tenure connectors install …` puts the connectors there. */
const folderOfConnectors = process.env.TENURE_CONNECTORS;
const DAY = 86_400_000;
/** Connectors read up to the present, so the records are dated from it. */
const started = Date.now();
/** The instant some days before the tests began, to the second, as vendors give it. */
const ago = (days: number) => new Date(started - days * DAY).toISOString().replace(/\.\d+Z$/, 'Z');
const present = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
const epoch = (instant: string) => Date.parse(instant) / 1000;
const day = (instant: string) => instant.slice(0, 10);
const [ALWAYS, NEVER] = ['1900-01-01', '9999-12-31'];
/** Beyond what a JavaScript number holds exactly. */
const ORGANIZATION = '9007199254740993';

describe.skipIf(!folderOfConnectors)(
  'connectors as they are published, against stand-ins (set TENURE_CONNECTORS to run this)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenure-vendors-'));
    const salesforce = new Salesforce();
    const stripe = new Stripe();
    const zendesk = new Zendesk();
    let standIns: StandIns;
    let landing: Landing;
    let changedAt: string;
    let changeDay: string;
    let firstSync: unknown;
    let secondSync: unknown;

    const summary = (results: Awaited<ReturnType<Landing['sync']>>) =>
      Object.fromEntries(
        results.flatMap(({ source, streams }) =>
          streams.map(({ stream, status, rows_landed }) => [
            `${source}.${stream}`,
            status === 'succeeded' ? rows_landed : status,
          ]),
        ),
      );

    function firstRecords() {
      salesforce.change('Account', '001A', ago(90), { Name: 'Acme, "the" first', OwnerId: '005A' });
      salesforce.change('Account', '001B', ago(80), { Name: 'Bär & Söhne', OwnerId: '005A' });
      salesforce.change('Account', '001C', ago(70), { Name: 'Cobalt' });
      const term = { StartDate: '2026-01-01', EndDate: '2026-12-31', Status: 'Activated' };
      salesforce.change('Contract', '800A', ago(90), { ...term, AccountId: '001A', ARR__c: 1200.5 });
      salesforce.change('Contract', '800B', ago(80), { ...term, AccountId: '001B', ARR__c: 500 });

      zendesk.organization(ORGANIZATION, { name: 'Acme', external_id: '001A', updated_at: ago(90) });
      const ticket = { organization_id: ORGANIZATION, status: 'open' };
      zendesk.ticket(1, { ...ticket, created_at: ago(40), updated_at: ago(40) });
      zendesk.ticket(2, { ...ticket, created_at: ago(30), updated_at: ago(30) });
      zendesk.ticket(3, { ...ticket, created_at: ago(20), updated_at: ago(20) });

      const customer = { name: 'Acme', metadata: { account_id: '001A' } };
      stripe.change('customers', 'cus_1', 'customer.created', epoch(ago(90)), customer);
      const invoice = { customer: 'cus_1', status: 'open', currency: 'usd', total: 120_050 };
      const due = { ...invoice, due_date: epoch(ago(10)) };
      for (const [index, id] of ['in_1', 'in_2', 'in_3'].entries()) {
        stripe.change('invoices', id, 'invoice.created', epoch(ago(40 - index)), due);
      }
    }

    function changes(at: string) {
      salesforce.change('Account', '001A', at, { OwnerId: '005B' });
      salesforce.delete('Account', '001C', at);
      salesforce.delete('Contract', '800B', at);

      zendesk.ticket(1, { status: 'solved', updated_at: at });
      zendesk.deleteTicket(2, at);

      const paid = { status: 'paid', status_transitions: { paid_at: epoch(at) } };
      stripe.change('invoices', 'in_1', 'invoice.paid', epoch(at), paid);
      // both in one second, and Stripe tells the newest first
      stripe.change('invoices', 'in_3', 'invoice.updated', epoch(at), { description: 'thank you' });
      stripe.change('invoices', 'in_3', 'invoice.paid', epoch(at), paid);
      stripe.delete('invoices', 'in_2', 'invoice.deleted', epoch(at));
      stripe.delete('customers', 'cus_1', 'customer.deleted', epoch(at));
    }

    beforeAll(async () => {
      standIns = await startStandIns(join(folder, 'proxy'), [salesforce, stripe, zendesk]);
      const { env } = standIns;
      const source = (name: string, kind: string, airbyte: string, config: unknown, streams: string[]) => ({
        name,
        kind,
        connector: {
          airbyte,
          config,
          env,
          streams: Object.fromEntries(streams.map((stream) => [stream, {}])),
        },
      });
      landing = new Landing(
        join(folder, 'line'),
        [
          source('crm', 'salesforce', 'salesforce', salesforceConfig, ['Account', 'Contract']),
          source('billing', 'stripe', 'stripe', stripeConfig, ['customers', 'invoices']),
          source('desk', 'zendesk', 'zendesk-support', zendeskConfig, ['organizations', 'tickets']),
        ],
        day(new Date(started + DAY).toISOString()),
      );
      firstRecords();
      firstSync = summary(await landing.sync());
      changedAt = present();
      changeDay = day(changedAt);
      changes(changedAt);
      secondSync = summary(await landing.sync());
      await landing.build(
        ...['accounts', 'contracts', 'tickets', 'invoices'].map((entity) => `+int_canonical__${entity}`),
      );
    });
    afterAll(async () => {
      await standIns.stop();
      rmSync(folder, { recursive: true });
    });

    it('asks nothing that the stand-ins do not know', () => expect(standIns.unknown).toEqual([]));

    it('lands all at first, and then only what changed', () => {
      expect({ firstSync, secondSync }).toEqual({
        firstSync: {
          'billing.customers': 1,
          'billing.invoices': 3,
          'crm.Account': 3,
          'crm.Contract': 2,
          'desk.organizations': 1,
          'desk.tickets': 3,
        },
        secondSync: {
          'billing.customers': 1,
          'billing.invoices': 4,
          'crm.Account': 2,
          'crm.Contract': 1,
          'desk.organizations': 0,
          'desk.tickets': 2,
        },
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

    it('Salesforce: an account has a version for each change and ends when it is deleted', async () => {
      expect(await versions('accounts', 'account_id', 'name', 'owner_id')).toEqual([
        ['001A', ALWAYS, changeDay, 'Acme, "the" first', '005A'],
        ['001A', changeDay, NEVER, 'Acme, "the" first', '005B'],
        ['001B', ALWAYS, NEVER, 'Bär & Söhne', '005A'],
        ['001C', ALWAYS, changeDay, 'Cobalt', null],
      ]);
    });

    it('Salesforce: a contract keeps its cents and its last day, and ends when it is deleted', async () => {
      expect(
        await versions('contracts', 'contract_id', 'arr', 'term_end_date::text as term_end_date'),
      ).toEqual([
        ['800A', ALWAYS, NEVER, 1200.5, '2027-01-01'],
        ['800B', ALWAYS, changeDay, 500, '2027-01-01'],
      ]);
    });

    it('Zendesk: a ticket is solved from the day of its solution and ends when it is deleted', async () => {
      const solvedAt = changedAt.replace('Z', '.000Z');
      expect(await versions('tickets', 'ticket_id', 'account_id', 'solved_at')).toEqual([
        ['1', day(ago(40)), changeDay, '001A', null],
        ['1', changeDay, NEVER, '001A', solvedAt],
        ['2', day(ago(30)), changeDay, '001A', null],
        ['3', day(ago(20)), NEVER, '001A', null],
      ]);
    });

    it('Stripe: an invoice is paid from its event on, and keeps its account when its customer is deleted', async () => {
      const paidAt = changedAt.replace('Z', '.000Z');
      expect(await versions('invoices', 'invoice_id', 'account_id', 'status', 'amount', 'paid_at')).toEqual([
        ['in_1', day(ago(40)), changeDay, '001A', 'open', 1200.5, null],
        ['in_1', changeDay, NEVER, '001A', 'paid', 1200.5, paidAt],
        ['in_2', day(ago(39)), changeDay, '001A', 'open', 1200.5, null],
        ['in_3', day(ago(38)), changeDay, '001A', 'open', 1200.5, null],
        ['in_3', changeDay, NEVER, '001A', 'paid', 1200.5, paidAt],
      ]);
    });
  },
);
