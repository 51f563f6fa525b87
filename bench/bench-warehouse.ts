import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { TABLES } from '../ingest/sources/files/tables.ts';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { tenure } from './measure.ts';
import { type BenchCompany, fillCompany } from './model-company.ts';

/** The last day of a made-up company's history, and the one after it. */
export const LAST_DAY = '2025-12-30';
export const NEXT_DAY = '2025-12-31';

const DAY_MS = 86_400_000;
export const addDays = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** A folder with a `tenure.yaml` and a DuckDB warehouse, which holds a made-up company's raw tables. */
export class BenchWarehouse {
  readonly folder: string;
  readonly company: BenchCompany;
  readonly #settings: Readonly<Record<string, string>>;

  constructor(
    folder: string,
    accounts: number,
    days: number,
    settings: Readonly<Record<string, string>> = {},
  ) {
    this.folder = folder;
    const start = addDays(LAST_DAY, 1 - days);
    this.company = { accounts, start, from: start, to: LAST_DAY };
    this.#settings = settings;
  }

  get config(): string {
    return join(this.folder, 'tenure.yaml');
  }

  get path(): string {
    return join(this.folder, 'warehouse.duckdb');
  }

  /** Lands nothing from empty files, so that all raw tables are there, and fills them up to the last day. */
  async prepare(): Promise<void> {
    await mkdir(join(this.folder, 'data'), { recursive: true });
    for (const { name, columns } of TABLES) {
      const header = columns.map((column) => column.name).join(',');
      await writeFile(join(this.folder, 'data', `${name}.csv`), `${header}\n`);
    }
    const files = { builtin: 'files', config: { path: './data' } };
    await writeFile(
      this.config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb', ...this.#settings },
        tenant: { history_start_date: this.company.start },
        sources: [{ name: 'book', kind: 'files', connector: files }],
      }),
    );
    await this.tenure('sync', LAST_DAY);
    await this.#fill(this.company);
  }

  /** Writes what happens on the next day. */
  async fillNextDay(): Promise<void> {
    await this.#fill({ ...this.company, from: NEXT_DAY, to: NEXT_DAY });
  }

  #fill(company: BenchCompany): Promise<void> {
    return this.query((warehouse) => fillCompany(warehouse, company));
  }

  async query<T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
    const warehouse = await openWarehouse({ type: 'duckdb', path: this.path });
    try {
      return await work(warehouse);
    } finally {
      await warehouse.close();
    }
  }

  /** A verb as a user runs it. */
  tenure(verb: 'sync' | 'build' | 'score' | 'report', asOf: string, env: Record<string, string> = {}) {
    return tenure([verb, '--config', this.config, '--as-of', asOf], env);
  }
}
