import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import {
  type Column,
  carryTable,
  databaseOf,
  differingColumns,
  dropCopies,
  type IsoInstant,
  instantParameter,
  type JsonFigure,
  rawColumnNames,
  type Schema,
  type TableFigures,
  tableFigures,
  type Warehouse,
} from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { TenureError } from '../../errors.ts';
import { reading, withWarehouse } from '../../pipeline/configured-warehouse.ts';
import { working } from '../../pipeline/leftovers.ts';
import { projectRoot } from '../../project-root.ts';
import { table as textTable } from '../../runtime/print.ts';
import { consoleReporter, type Reporter } from '../../runtime/reporter.ts';
import { type Context, configOf, daylessVerb, show } from '../context.ts';

/** Where the warehouse that is filled notes where its tables came from. */
const MIGRATIONS: readonly Column[] = [
  { name: 'migrated_from', type: 'string' },
  { name: 'started_at', type: 'timestamp' },
  { name: 'ended_at', type: 'timestamp' },
];

export interface MigratedTable {
  readonly table: string;
  readonly rows: number;
  /** The tables were compared after the copy: number of rows, values and sums of each column. */
  readonly figures: TableFigures;
  /** It held the same already, from a migration that was interrupted. */
  readonly was_there: boolean;
}

interface Carried {
  readonly schema: Schema;
  readonly table: string;
  readonly columns: readonly Column[];
  /** The names that columns have in the other warehouse, of those that are called otherwise there. */
  readonly columnNames: ReadonlyMap<string, string>;
}

/**
 * What cannot be built again: landed rows, the published history, what scoring found of earlier versions, the ledger,
 * states and logs. All else is made by the next build. States come last, so that an interrupted migration is no
 * warehouse that a sync would go on from.
 */
async function carriedTables(from: Warehouse, to: Warehouse['type']): Promise<Carried[]> {
  const kept = await keptModels();
  const names: (readonly [Schema, readonly string[]])[] = [
    ['raw', await from.listTables('raw')],
    ['intermediate', [...kept.intermediate, ...(await ownSignals(from, kept.intermediate))]],
    ['marts', kept.marts],
    ['scoring', await from.listTables('scoring')],
    ['activation', ['ledger', 'rejected_records', 'applies']],
    ['ops', (await from.listTables('ops')).filter((name) => name !== 'migrations')],
  ];
  const carried: Carried[] = [];
  for (const [schema, tables] of names) {
    for (const table of tables) {
      const columns = await from.tableColumns(schema, table);
      if (columns === undefined) continue;
      const columnNames = schema === 'raw' ? rawColumnNames(to, columns) : new Map<string, string>();
      carried.push({ schema, table, columns, columnNames });
    }
  }
  return carried;
}

/** The daily tables of signals of a company's own project. */
async function ownSignals(from: Warehouse, known: readonly string[]): Promise<readonly string[]> {
  const signals = (await from.listTables('intermediate')).filter(
    (name) => name.startsWith('int_signals__') && !known.includes(name),
  );
  const daily = await Promise.all(
    signals.map(async (name) =>
      (await from.tableColumns('intermediate', name))?.some((column) => column.name === 'cuts_hash'),
    ),
  );
  return signals.filter((name, index) => daily[index] && name !== 'int_signals__cuts_version');
}

/** The models whose tables a build adds to, by their schema. */
async function keptModels(): Promise<{ intermediate: string[]; marts: string[] }> {
  const kept = { intermediate: [] as string[], marts: [] as string[] };
  for (const schema of ['intermediate', 'marts'] as const) {
    const folder = join(projectRoot, 'models', schema);
    for (const file of (await readdir(folder, { recursive: true })).sort()) {
      if (!file.endsWith('.sql')) continue;
      const text = await readFile(join(folder, file), 'utf8');
      if (/materialized\s*=\s*'(history|incremental)'/.test(text)) kept[schema].push(basename(file, '.sql'));
    }
  }
  return kept;
}

/** What a migration would carry over: each table and its number of rows. */
export async function plannedTables(from: Warehouse): Promise<{ table: string; rows: number }[]> {
  const planned = [];
  for (const { schema, table } of await carriedTables(from, from.type))
    planned.push({ table: `${schema}.${table}`, rows: (await tableFigures(from, schema, table, [])).rows });
  return planned;
}

/**
 * Carries what cannot be built again into an empty warehouse, table by table, and compares each: number of rows, and
 * of each column the values and their sum. Run again after an interruption, it goes on with the tables that are not
 * there yet. Throws `DESTINATION_NOT_EMPTY` rather than write over another's rows, `MIGRATION_DIFFERS` when a table did
 * not arrive as it was.
 */
export async function migrateTables(
  from: Warehouse,
  to: Warehouse,
  options: { readonly place: string; readonly now: () => IsoInstant; readonly reporter: Reporter },
): Promise<MigratedTable[]> {
  const { place, now, reporter } = options;
  const carried = await carriedTables(from, to.type);
  const json: JsonFigure = from.type === to.type ? 'text' : 'kind';
  const isFinished = await begin(to, carried, place, now());
  const migrated: MigratedTable[] = [];
  for (const [index, each] of carried.entries()) {
    const { schema, table, columns } = each;
    const name = `${schema}.${table}`;
    const howFar = `${index + 1} of ${carried.length}`;
    reporter.progress(howFar, name);
    const figures = await tableFigures(from, schema, table, columns, json);
    const wasThere = (await differences(to, each, figures, json)).length === 0;
    if (!wasThere) {
      if (isFinished) throw alreadyMigrated(place, name);
      await carryTable(from, to, each, (rows) =>
        reporter.progress(
          howFar,
          `${name}: ${rows.toLocaleString('en')} of ${figures.rows.toLocaleString('en')}`,
        ),
      );
      const differing = await differences(to, each, figures, json);
      if (differing.length > 0) throw migrationDiffers(name, differing);
    }
    migrated.push({ table: name, rows: figures.rows, figures, was_there: wasThere });
  }
  await dropCopies(to);
  if (!isFinished) {
    await to.db
      .updateTable('ops.migrations')
      .set({ ended_at: instantParameter(now()) })
      .where('migrated_from', '=', place)
      .execute();
  }
  return migrated;
}

/** Notes that the migration has begun and says whether it had ended before. */
async function begin(
  to: Warehouse,
  carried: readonly Carried[],
  place: string,
  now: IsoInstant,
): Promise<boolean> {
  await to.ensureSchemas();
  await to.ensureTable('ops', 'migrations', MIGRATIONS);
  const [begun] = await to.db.selectFrom('ops.migrations').selectAll().execute();
  if (begun !== undefined) {
    if (begun.migrated_from !== place)
      throw destinationNotEmpty(`tables that came from ${begun.migrated_from}`);
    return begun.ended_at !== null;
  }
  for (const { schema, table } of carried) {
    if ((await to.tableColumns(schema, table)) === undefined) continue;
    const { rows } = await tableFigures(to, schema, table, []);
    if (rows > 0) throw destinationNotEmpty(`${rows.toLocaleString('en')} rows in ${schema}.${table}`);
  }
  await to.loadRows('ops', 'migrations', MIGRATIONS, [{ migrated_from: place, started_at: now }]);
  return false;
}

async function differences(
  to: Warehouse,
  { schema, table, columns, columnNames }: Carried,
  figures: TableFigures,
  json: JsonFigure,
): Promise<string[]> {
  const there = await to.tableColumns(schema, table);
  const known = new Set(there?.map(({ name }) => name));
  const named = columns.map((column) => ({ ...column, name: columnNames.get(column.name) ?? column.name }));
  const lacking = columns.filter((_, index) => !known.has(String(named[index]?.name)));
  if (lacking.length > 0) return lacking.map(({ name }) => name);
  const arrived = await tableFigures(to, schema, table, named, json);
  return differingColumns(figures, {
    ...arrived,
    columns: arrived.columns.map((each, index) => ({ ...each, column: String(columns[index]?.name) })),
  });
}

const destinationNotEmpty = (what: string) =>
  new TenureError(
    'DESTINATION_NOT_EMPTY',
    `Expected an empty warehouse to migrate to, found ${what}. Nothing was changed. ` +
      'Name another place (a new file, another dataset_prefix), or drop what is there yourself.',
  );

const alreadyMigrated = (place: string, table: string) =>
  new TenureError(
    'ALREADY_MIGRATED',
    `Everything was carried over from ${place} before, and ${table} has changed on one side since. ` +
      'Nothing was changed: go on with the new warehouse, or migrate to another empty place.',
  );

const migrationDiffers = (table: string, columns: readonly string[]) =>
  new TenureError(
    'MIGRATION_DIFFERS',
    `${table} did not arrive as it was: ${columns.map((column) => (column === '*' ? 'the number of rows' : column)).join(', ')} ` +
      'differs. Was something writing to either warehouse? Run the same command again to copy it anew.',
  );

/** Opens both warehouses, the one that is read for reading only, for one piece of work. */
async function betweenWarehouses<T>(
  from: Pick<Config, 'warehouse' | 'jobLabels' | 'buildDirectory'>,
  to: Pick<Config, 'warehouse' | 'jobLabels' | 'buildDirectory'>,
  work: (from: Warehouse, to: Warehouse) => Promise<T>,
): Promise<T> {
  const { place } = databaseOf(from.warehouse);
  if (place === databaseOf(to.warehouse).place) throw destinationNotEmpty(`the same warehouse, ${place}`);
  return withWarehouse(from, (source) => withWarehouse(to, (target) => work(source, target)), {
    readOnly: true,
  });
}

/** The tables, their rows and what was compared, for the terminal; and how to go on there. */
const migratedText = (tables: readonly MigratedTable[], file: string): string =>
  [
    textTable(
      ['table', 'rows', 'values', 'sums', 'state'],
      tables.map(({ table, rows, figures, was_there }) => ({
        table,
        rows,
        values: figures.columns.reduce((sum, { count }) => sum + count, 0),
        sums: figures.columns.length,
        state: was_there ? 'the same, was there' : 'the same, copied',
      })),
    ),
    '',
    `${tables.length} tables with the same rows, values and sums of columns in both warehouses.`,
    'Build the last day once more there, before the first sync, so that late data is found from then on:',
    `  tenure build --config ${file} --as-of <the last day>`,
  ].join('\n');

export const migrateVerb = ({ now }: Context) =>
  daylessVerb(
    new Command('migrate')
      .description('carry what cannot be built again over to another, empty warehouse')
      .requiredOption(
        '--to <file>',
        'the configuration of the other warehouse; "bigquery" stands for tenure.bigquery.yaml beside this one',
      )
      .option('--dry-run', 'show the tables and their rows, change nothing'),
    'it carries over what is there',
  ).action(async (options) => {
    const { to, dryRun } = options;
    const here = await configOf(options.config, 'migrate');
    const file = /^[a-z]+$/.test(to) ? join(here.directory, `tenure.${to}.yaml`) : to;
    const there = await configOf(file, 'migrate');
    const [from, target] = [databaseOf(here.warehouse).place, databaseOf(there.warehouse).place];
    if (dryRun) {
      const tables = await reading(here, plannedTables);
      const text = `${textTable(['table', 'rows'], tables)}\n\n${from} → ${target}; nothing was changed.`;
      show(options, { value: tables, text });
      return;
    }
    const reporter = consoleReporter();
    reporter.step(`Migrating ${from} to ${target}`);
    const tables = await working(here, () =>
      betweenWarehouses(here, there, (source, sink) =>
        migrateTables(source, sink, { place: from, now, reporter }),
      ),
    );
    reporter.done('all is there');
    show(options, { value: tables, text: migratedText(tables, there.file) });
  });
