// Activates a CRM's stand-in again and again, each time after what is wanted there has changed, to be killed.
// Arguments: the folder of the warehouse, the CRM, its address, and `once` to change nothing and activate a single time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { activateDestination } from '../orchestration/activation/index.ts';
import type { Config } from '../orchestration/config/schema.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { AS_OF, CRMS, type CrmName, READ_BACK } from './kill-activate-crm.ts';

const [folder = '', name = '', url = '', how = ''] = process.argv.slice(2);
const crm = CRMS[name as CrmName];
const { accounts, tasks, closed } = crm;
const config = {
  file: 'tenure.yaml',
  sources: [{ name: 'book', kind: 'files', fields: {} }],
} as unknown as Pick<Config, 'file' | 'sources'>;
const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });

/** The keys of the tasks that the CRM had when it was last read: what closes by itself is among them. */
const readBack = () => JSON.parse(readFileSync(join(folder, READ_BACK), 'utf8')) as string[];

/** A tenth of the accounts and tasks get other values; three tasks are new, and one that the CRM has closes. */
const change = () =>
  warehouse.transaction(async () => {
    const known = readBack().map((key) => `'${key}'`);
    for (const sql of [
      `update activation.${accounts.model} set ${accounts.score} = cast(floor(random() * 101) as integer),
        ${accounts.category} = ['red', 'yellow', 'green', null][1 + cast(floor(random() * 4) as integer)]
        where random() < 0.1`,
      `update activation.${tasks.model} set ${tasks.subject} = 'Call ' || cast(floor(random() * 1000) as integer),
        ${tasks.owner} = ${crm.ownerSql('cast(floor(random() * 5) as integer)')} where random() < 0.1`,
      `insert into activation.${tasks.model}
        select 'task-' || (made + range), 'book', date '${AS_OF}', false, 'Call', ${crm.accountSql('(made + range) % 50')},
          ${crm.ownerSql('0')}${crm.moreOfTask}
        from range(3), (select (select count(*) from activation.${tasks.model})
          + (select count(*) from activation.${closed.model}) as made)`,
      `create or replace temp table closing as
        select record_key from activation.${tasks.model}
        where record_key in (${known.join(', ') || 'null'}) order by random() limit 1`,
      `insert into activation.${closed.model}
        select record_key, 'book', date '${AS_OF}', '${closed.done}', 'Tenure: recovered' from closing`,
      `delete from activation.${tasks.model} where record_key in (select record_key from closing)`,
    ])
      await warehouse.query(sql);
  });

console.log('opened');
const destination = crm.destination(url);
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
    client: crm.client(url),
  });
  for (const { object, sent, rejected, refused } of objects)
    console.log(JSON.stringify({ object, sent, rejected, refused: refused?.code ?? null }));
} while (how !== 'once');
await warehouse.close();
