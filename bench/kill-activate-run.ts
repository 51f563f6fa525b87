// Activates a Salesforce stand-in again and again, each time after what is wanted there has changed, to be killed.
// Arguments: the folder of the warehouse, the stand-in's address, and `once` to change nothing and activate a single time.
import { join } from 'node:path';
import { activateDestination } from '../orchestration/activation/index.ts';
import { salesforceDestination } from '../orchestration/activation/salesforce/index.ts';
import type { Config } from '../orchestration/config/schema.ts';
import { openWarehouse } from '../warehouse/index.ts';

const [folder = '', url = '', how = ''] = process.argv.slice(2);
const AS_OF = '2026-06-30';
const destination = {
  name: 'crm',
  kind: 'salesforce' as const,
  enabled: true,
  auth: { instance_url: url, client_id: 'the-app', client_secret: 'the-secret' },
  source: 'book',
  allow_fields: [
    'Tenure_Score__c',
    'Tenure_Category__c',
    'Subject',
    'WhatId',
    'OwnerId',
    'Status',
    'Tenure_Close_Reason__c',
  ],
  max_change_share: 0.3,
  min_changes: 10,
};
const config = {
  file: 'tenure.yaml',
  sources: [{ name: 'book', kind: 'files', fields: {} }],
} as unknown as Pick<Config, 'file' | 'sources'>;
const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });

/** A tenth of the accounts and tasks get other values; three tasks are new, and one that was written closes. */
const change = () =>
  warehouse.transaction(async () => {
    for (const sql of [
      `update activation.sync_salesforce__accounts set Tenure_Score__c = cast(floor(random() * 101) as integer),
        Tenure_Category__c = ['red', 'yellow', 'green', null][1 + cast(floor(random() * 4) as integer)]
        where random() < 0.1`,
      `update activation.sync_salesforce__tasks set Subject = 'Call ' || cast(floor(random() * 1000) as integer),
        OwnerId = '00500000000001' || cast(floor(random() * 5) as integer) || 'AAA' where random() < 0.1`,
      `insert into activation.sync_salesforce__tasks
        select 'task-' || (made + range), 'book', date '${AS_OF}', false, 'Call',
          '001' || lpad(cast((made + range) % 50 as varchar), 12, '0') || 'AAA', '005000000000010AAA'
        from range(3), (select (select count(*) from activation.sync_salesforce__tasks)
          + (select count(*) from activation.sync_salesforce__closed_tasks) as made)`,
      `create or replace temp table closing as
        select record_key from activation.sync_salesforce__tasks
        where record_key in (select record_key from activation.ledger where object = 'Task') order by random() limit 1`,
      `insert into activation.sync_salesforce__closed_tasks
        select record_key, 'book', date '${AS_OF}', 'Completed', 'Tenure: recovered' from closing`,
      `delete from activation.sync_salesforce__tasks where record_key in (select record_key from closing)`,
    ])
      await warehouse.query(sql);
  });

console.log('opened');
do {
  if (how !== 'once') await change();
  const { objects } = await activateDestination({
    config,
    destination,
    warehouse,
    apply: true,
    asOfDate: AS_OF,
    isFirst: true,
    acceptsChanges: true,
    now: () => `${AS_OF}T12:00:00.000Z`,
    client: salesforceDestination(destination, {}, { firstWaitMs: 5, timeoutMs: 500, longestWaitMs: 2_000 }),
  });
  for (const { object, sent, rejected, refused } of objects)
    console.log(JSON.stringify({ object, sent, rejected, refused: refused?.code ?? null }));
} while (how !== 'once');
await warehouse.close();
