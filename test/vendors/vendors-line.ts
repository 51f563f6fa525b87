import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { projectRoot } from '../../orchestration/project-root.ts';
import { openWarehouse, type Row } from '../../warehouse/index.ts';
import { answer, tenure } from '../tenure.ts';

const AS_OF = '2026-06-30';
const recorded = fileURLToPath(new URL('./recorded.ts', import.meta.url));

/** A source of recorded messages. */
export const recordedSource = (name: string, kind: string, more: object = {}) => ({
  name,
  kind,
  connector: { exec: [process.execPath, recorded, kind] },
  ...more,
});

/** A configuration with a warehouse of its own in `folder`, and what a user does with it by the command line. */
export class VendorsLine {
  readonly #config: string;
  readonly #warehouse: string;

  constructor(folder: string, name: string, sources: readonly object[]) {
    this.#config = join(folder, `${name}.yaml`);
    this.#warehouse = join(folder, 'warehouse.duckdb');
    writeFileSync(
      this.#config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: '2026-01-01' },
        sources,
      }),
    );
  }

  sync = (asOf = AS_OF) => answer(['sync', '--config', this.#config, '--as-of', asOf]);

  /** Builds what is selected, else up to the canonical layer and the identities. */
  build = (...select: readonly string[]) => answer(this.#build(select));

  /** Builds what is selected as of a day, without the tests of the data, some of which ask for more than that. */
  buildOn = (asOf: string, ...select: readonly string[]) =>
    answer([...this.#build(select, asOf), '--skip-tests']);

  /** What the build says on standard error. */
  buildError = async () => (await tenure(this.#build([]))).stderr;

  query = <T = Record<string, unknown>>(sql: string) =>
    answer<T[]>(['query', sql, '--limit', '0', '--config', this.#config]);

  /** The rows that the pages read by one of their queries (`reports/sources/warehouse`). */
  async onPages(query: string): Promise<readonly Row[]> {
    const read = (file: string) =>
      readFile(join(projectRoot, 'reports', 'sources', 'warehouse', `${file}.sql`), 'utf8');
    const warehouse = await openWarehouse({ type: 'duckdb', path: this.#warehouse }, { readOnly: true });
    try {
      await warehouse.query(await read('initialize'));
      return (await warehouse.query(await read(query))).rows;
    } finally {
      await warehouse.close();
    }
  }

  /** The signals that speak, as the pages of the accounts show them: `account | signal | value | measured`. */
  async signalsOnPages(): Promise<readonly string[]> {
    const shown = (await this.onPages('contributions')).filter(({ value_text }) => value_text !== 'no data');
    return shown
      .map(({ account_page, signal_name, value_text, measure_text }) =>
        [account_page, signal_name, value_text, measure_text].join(' | '),
      )
      .sort();
  }

  /** Of each signal what `tenure sources` advises, or of how many accounts it speaks. */
  async adviceOfSignals(): Promise<Readonly<Record<string, string | number>>> {
    const { signals } = await answer<{
      signals: { signal: string; account_count: number; advice: string | null }[];
    }>(['sources', '--config', this.#config]);
    return Object.fromEntries(
      signals.map(({ signal, account_count, advice }) => [signal, advice ?? account_count]),
    );
  }

  #build(select: readonly string[], asOf = AS_OF): string[] {
    const selected =
      select.length > 0
        ? select
        : ['+path:intermediate/canonical', '+fct_unmatched_customers', '+fct_rejected_records'];
    return ['build', '--select', ...selected, '--config', this.#config, '--as-of', asOf];
  }
}
