import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../orchestration/config/load.ts';
import { dbtEnvironment, dbtVars } from '../orchestration/pipeline/dbt/dbt.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { addDays, LAST_DAY } from './bench-warehouse.ts';
import { type BenchResult, run, type Size, tenure } from './measure.ts';
import type { Repeats } from './model.ts';

/** Accounts of the simulated company, and the lengths of its history in days. */
const SIZES = { S: [300, 730], M: [5_000, 730], L: [20_000, 365] } as const;
const SHORT_HISTORY = 90;

type Measured = Awaited<ReturnType<typeof run>>;
/** A run of the line: what it took, and the seconds of each of its steps. */
interface LineRun extends Measured {
  readonly steps: readonly { readonly step: string; readonly seconds: number }[];
}

/** A simulated company in a folder, of which the line is run as a user does, up to what would be sent. */
class DayCompany {
  readonly folder: string;
  readonly #accounts: number;
  readonly #days: number;
  readonly #start: string;
  #told = LAST_DAY;

  constructor(folder: string, accounts: number, days: number) {
    this.folder = folder;
    this.#accounts = accounts;
    this.#days = days;
    this.#start = addDays(LAST_DAY, 1 - days);
  }

  get config(): string {
    return join(this.folder, 'tenure.yaml');
  }

  /** The sources tell of all days up to this one. */
  async tell(day: string): Promise<void> {
    this.#told = day;
    const system = (name: string, kind: string) => ({
      name,
      kind,
      connector: {
        builtin: 'demo',
        config: {
          ...{ system: kind, seed: 1, accounts: this.#accounts, csms: Math.ceil(this.#accounts / 50) },
          ...{ start_date: this.#start, end_date: day },
        },
      },
    });
    await mkdir(this.folder, { recursive: true });
    await writeFile(
      this.config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: this.#start },
        sources: [
          system('crm', 'salesforce'),
          system('support', 'zendesk'),
          system('billing', 'stripe'),
          system('product', 'segment'),
        ],
        channels: [
          { name: 'outbox', kind: 'file', path: './outbox', tells: ['alert', 'escalation', 'digest'] },
        ],
      }),
    );
  }

  get told(): string {
    return this.#told;
  }

  async query<T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
    const warehouse = await openWarehouse({ type: 'duckdb', path: join(this.folder, 'warehouse.duckdb') });
    try {
      return await work(warehouse);
    } finally {
      await warehouse.close();
    }
  }

  /** `tenure run` from sync to what would be sent. */
  async line(asOf: string): Promise<LineRun> {
    const taken = await tenure(['run', '--config', this.config, '--as-of', asOf]);
    const steps = await this.query(async (warehouse) => {
      const { rows } = await warehouse.query(
        `select step, epoch(ended_at - started_at) as seconds from ops.runs
         where run_id = (select run_id from ops.runs order by started_at desc limit 1) order by started_at`,
      );
      return rows.map(({ step, seconds }) => ({ step: String(step), seconds: Number(seconds) }));
    });
    return { ...taken, steps };
  }

  /** Usage of ten days before, of one account in a hundred, that comes only on this day. */
  async tellLate(day: string): Promise<void> {
    await this.query((warehouse) =>
      warehouse.query(
        `insert into raw.product__tracks by name
         select * replace (
           "messageId" || '-late' as "messageId", uuid() as _airbyte_raw_id,
           timestamp '${day} 20:00:00' as "receivedAt", timestamp '${day} 23:00:00' as _airbyte_extracted_at
         )
         from raw.product__tracks
         where cast("timestamp" as date) = date '${addDays(day, -10)}' and hash("groupId") % 100 = 0`,
      ),
    );
  }

  /** `dbt build` of the same project on a copy, as dbt alone does it: each test of the data by itself. */
  async plainDbt(asOf: string): Promise<Measured> {
    const config = await loadConfig(this.config, {});
    const { as_of_date, ...vars } = await this.query((warehouse) => dbtVars(config, warehouse, asOf));
    const models = join(projectRoot, 'models');
    const target = join(this.folder, '.build', 'plain-dbt');
    const args = [
      '--no-use-colors', 'build', '--project-dir', models, '--profiles-dir', models, '--target', 'duckdb',
      '--target-path', target, '--log-path', target, '--vars', JSON.stringify(vars),
      '--exclude-resource-type', 'unit_test', '--exclude', 'source:scoring+',
    ]; // biome-ignore format: a command line reads as one
    return run(join(projectRoot, '.venv', 'bin', 'dbt'), args, {
      ...dbtEnvironment(config),
      TENURE_AS_OF_DATE: String(as_of_date),
      TENURE_TESTS: 'none',
    });
  }

  /** The company as it is now, in another folder. */
  async copy(folder: string): Promise<DayCompany> {
    await cp(this.folder, folder, { recursive: true });
    return new DayCompany(folder, this.#accounts, this.#days);
  }
}

/**
 * A day of a company as a whole: `tenure run` on a day like others, on one with late rows, and on one on which nothing came,
 * with the seconds of each step; the same on a history of 90 days, which tells what grows with its length; and beside it
 * `dbt build` of the same project by dbt alone. The seconds of a step are its wall; CPU is that of the whole command.
 */
export async function day(
  size: Size,
  log: (text: string) => void,
  { day: repeats = 3 }: Partial<Repeats> = {},
): Promise<BenchResult[]> {
  const [accounts, days] = SIZES[size];
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-day-'));
  const results = new Map<string, BenchResult>();
  const add = (name: string, seconds: number, more: Partial<Measured> = {}) => {
    const before = results.get(name);
    results.set(name, {
      name,
      seconds: [...(before?.seconds ?? []), Math.round(seconds * 100) / 100],
      ...(more.cpuSeconds !== undefined && {
        cpu_seconds: [...(before?.cpu_seconds ?? []), Math.round(more.cpuSeconds * 100) / 100],
      }),
      rows: accounts,
      peak_mb: Math.max(before?.peak_mb ?? 0, more.peakMb ?? 0),
    });
    log(
      `${name}: ${seconds.toFixed(2)} s${more.cpuSeconds === undefined ? '' : `, ${more.cpuSeconds.toFixed(2)} s of CPU`}`,
    );
  };
  const addLine = (name: string, taken: LineRun) => {
    add(`${name}: all`, taken.seconds, taken);
    for (const { step, seconds } of taken.steps) add(`${name}: ${step}`, seconds);
  };
  try {
    for (const length of [days, SHORT_HISTORY]) {
      const suffix = length === days ? '' : `, ${length} days of history`;
      const company = new DayCompany(join(folder, String(length)), accounts, length);
      await company.tell(LAST_DAY);
      addLine(`first run${suffix}`, await company.line(LAST_DAY));
      for (let i = 1; i <= repeats; i += 1) {
        const next = addDays(LAST_DAY, i);
        await company.tell(next);
        addLine(`a day${suffix}`, await company.line(next));
      }
      const late = addDays(company.told, 1);
      await company.tell(late);
      await company.tellLate(late);
      addLine(`a day with late rows${suffix}`, await company.line(late));
      addLine(`a day on which nothing came${suffix}`, await company.line(addDays(late, 1)));
      if (length !== days) continue;
      const next = addDays(late, 2);
      await company.tell(addDays(late, 1));
      await tenure(['sync', '--config', company.config, '--as-of', next]);
      const plain = await company.copy(join(folder, 'plain'));
      for (let i = 0; i < 2; i += 1) {
        const taken = await plain.plainDbt(next);
        add(i === 0 ? 'dbt alone, with its parse' : 'dbt alone, the same day', taken.seconds, taken);
      }
    }
    return [...results.values()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
