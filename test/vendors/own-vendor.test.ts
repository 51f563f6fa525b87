import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../orchestration/project-root.ts';
import { airbyteMessages } from './airbyte-messages.ts';
import { type AddedLine, bookOf, type GrownProduct, growProduct } from './grown-product.ts';

const AS_OF = '2026-06-30';
const staged = (more: string) =>
  `    helpdesk: {${more}, +enabled: "{{ var('stage_all', false) or 'helpdesk' in var('raw_tables', {}) }}"}\n`;
/** All that a vendor changes of what was there (CONTRIBUTING.md); its other files are its own. */
const LINES: readonly AddedLine[] = [
  {
    file: 'ingest/vendors/index.ts',
    before: 'import { hubspot }',
    line: "import { helpdesk } from './helpdesk.ts';\n",
  },
  { file: 'ingest/vendors/index.ts', before: '  stripe,\n  chargebee,', line: '  helpdesk,\n' },
  {
    file: 'models/macros/raw/vendors.sql',
    before: "        'stripe': {",
    line: `        'helpdesk': {
            'entities': {'tickets': [['tickets'], 'customer_id', 'is_deleted']},
            'customers': 'customers',
        },
`,
  },
  {
    file: 'models/dbt_project.yml',
    before: '    stripe: {+materialized',
    line: staged('+materialized: view'),
  },
  { file: 'models/dbt_project.yml', before: '    stripe: {+severity', line: staged('+severity: warn') },
];

const customer = (id: string, crm_id: string | null) => ({
  id,
  crm_id,
  name: `Customer ${id}`,
  updated_at: '2026-01-01T00:00:00Z',
});
const ticket = (id: string, by: string, opened: string, more: object = {}) => ({
  id,
  customer: by,
  opened_at: `${opened}T09:00:00Z`,
  closed_at: null,
  urgency: 'p3',
  is_trash: false,
  updated_at: `${opened}T09:00:00Z`,
  ...more,
});
const MESSAGES = airbyteMessages([
  {
    name: 'customers',
    key: 'id',
    cursor: 'updated_at',
    formats: { updated_at: 'date-time' },
    rows: [customer('c1', 'N-1'), customer('c2', 'nobody')],
  },
  {
    name: 'tickets',
    key: 'id',
    cursor: 'updated_at',
    formats: { opened_at: 'date-time', closed_at: 'date-time', updated_at: 'date-time' },
    rows: [
      ticket('t1', 'c1', '2026-05-01', { urgency: 'p1', closed_at: '2026-05-02T09:00:00Z' }),
      ticket('t2', 'c1', '2026-06-20'),
      ticket('t3', 'c1', '2026-06-21'),
      ticket('t3', 'c1', '2026-06-21', { is_trash: true, updated_at: '2026-06-22T09:00:00Z' }),
      ticket('t4', 'c2', '2026-06-23'),
    ],
  },
]);

/**
 * A vendor that Tenure does not have, in a copy of the product: four files of its own, and lines in three others. The
 * line takes it like any vendor of the product.
 */
describe('a vendor of the test’s own', () => {
  let product: GrownProduct;
  const query = (sql: string) => product.tenure('query', sql);

  beforeAll(async () => {
    product = growProduct('own-vendor', LINES, AS_OF, (folder) => ({
      warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
      tenant: { history_start_date: '2026-06-01' },
      sources: [
        bookOf('minimal'),
        {
          name: 'desk',
          kind: 'helpdesk',
          connector: {
            exec: [
              process.execPath,
              join(projectRoot, 'test', 'vendors', 'recorded.ts'),
              join(folder, 'helpdesk.ndjson'),
            ],
          },
        },
      ],
    }));
    writeFileSync(join(product.folder, 'helpdesk.ndjson'), MESSAGES);
    await product.tenure('sync');
    await product.tenure('build');
  });
  afterAll(() => rmSync(product.folder, { recursive: true, force: true }));

  it('touches three files of the product', () => {
    expect(new Set(LINES.map(({ file }) => file)).size).toBe(3);
  });

  it('has its tickets at their accounts, until they were thrown away', async () => {
    expect(
      await query(`select ticket_id, account_id, priority, cast(known_until_date as varchar) as until
        from intermediate.int_canonical__tickets where source_name = 'desk' order by ticket_id`),
    ).toEqual([
      { ticket_id: 't1', account_id: 'N-1', priority: 'urgent', until: '9999-12-31' },
      { ticket_id: 't2', account_id: 'N-1', priority: 'normal', until: '9999-12-31' },
      { ticket_id: 't3', account_id: 'N-1', priority: 'normal', until: '2026-06-22' },
    ]);
  });

  it('lists its customer who is no account', async () => {
    expect(await query('select source_name, customer_id, reason from marts.fct_unmatched_customers')).toEqual(
      [{ source_name: 'desk', customer_id: 'c2', reason: 'unknown_account' }],
    );
  });

  it('moves the signal that reads tickets, as worked out by hand', async () => {
    // one ticket in 30 days (t2), two in 90: 1 / (2 / 3) = 1.5, above 1.15
    expect(
      await query(`select signal_value, measure from marts.fct_signal_contributions_daily
        where account_id = 'N-1' and signal = 'ticket_trend' and as_of_date = date '${AS_OF}'`),
    ).toEqual([{ signal_value: 30, measure: 1.5 }]);
  });

  it('stands in the map of what is connected', async () => {
    const told = JSON.stringify(await product.tenure('sources'));
    expect(told).toContain('helpdesk');
  });
});
