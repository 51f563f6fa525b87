import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { answer } from '../tenure.ts';

export interface SourceUnderTest {
  readonly name: string;
  readonly kind: string;
  readonly connector: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, string>>;
}

/** One place where real connectors are synced and built, as a user does it: by the command line. */
export class Landing {
  readonly #config: string;
  readonly #asOf: string;

  constructor(folder: string, sources: readonly SourceUnderTest[], asOf: string) {
    mkdirSync(folder, { recursive: true });
    this.#config = join(folder, 'tenure.yaml');
    this.#asOf = asOf;
    writeFileSync(
      this.#config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: '2026-01-01' },
        sources,
      }),
    );
  }

  sync = () => this.#run<{ source: string; status: string; streams: StreamSummary[] }[]>(['sync']);

  build = (...select: readonly string[]) => this.#run(['build', '--select', ...select]);

  query = <T = Record<string, unknown>>(sql: string) => this.#run<T[]>(['query', sql]);

  #run<T>(args: readonly string[]): Promise<T> {
    return answer<T>([
      ...args,
      '--config',
      this.#config,
      ...(args[0] === 'query' ? [] : ['--as-of', this.#asOf]),
    ]);
  }
}

export interface StreamSummary {
  readonly stream: string;
  readonly status: string;
  readonly rows_received: number;
  readonly rows_landed: number;
}
