import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Config } from '../orchestration/config/schema.ts';
import { type DbtVars, dbtEnvironment } from '../orchestration/pipeline/dbt/dbt.ts';
import { dbtTarget } from '../orchestration/pipeline/dbt/target.ts';
import { dbtProject } from '../orchestration/project/lay-out.ts';
import { projectRoot } from '../orchestration/project-root.ts';

interface Answer {
  readonly ok: boolean;
  readonly said: readonly string[];
  readonly nodes?: number;
}

/** The models of many days one after the other: dbt is imported and the project parsed once for all of them. */
export class DaysOfDbt {
  readonly #config: Config;
  readonly #child;
  readonly #answers: AsyncIterator<string>;

  constructor(config: Config) {
    this.#config = config;
    this.#child = spawn(
      join(projectRoot, '.venv', 'bin', 'python'),
      [join(projectRoot, 'bench', 'replay-dbt.py')],
      {
        cwd: dbtProject(config),
        env: { ...process.env, PYTHONWARNINGS: 'ignore' },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Builds these models for the day of `vars`. Throws with what failed. */
  async run({ as_of_date, ...vars }: DbtVars, selection: readonly string[]): Promise<void> {
    const models = dbtProject(this.#config);
    const quiet = ['--log-level', 'none', '--log-level-file', 'none', '--no-use-colors', '--no-write-json'];
    const place = [
      ...['--project-dir', models, '--profiles-dir', models, '--target', this.#config.warehouse.type],
      ...['--target-path', dbtTarget(this.#config, models, vars), '--vars', JSON.stringify(vars)],
      ...['--log-path', join(this.#config.buildDirectory, 'logs')],
    ];
    const env = {
      ...dbtEnvironment(this.#config),
      TENURE_AS_OF_DATE: String(as_of_date),
      TENURE_REQUIRED_ENTITIES: '',
      TENURE_ACCEPT_LOSS: '',
      TENURE_ACCEPT_CHANGES: '',
      TENURE_TESTS: 'none',
    };
    this.#child.stdin.write(
      `${JSON.stringify({ env, parse: [...quiet, 'parse', ...place], args: [...quiet, 'run', ...place, ...selection] })}\n`,
    );
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error('dbt ended before it answered');
      if (!String(value).startsWith('{"ok"')) continue;
      const answer = JSON.parse(String(value)) as Answer;
      if (answer.ok) return;
      throw new Error(`dbt of ${String(as_of_date)}: ${answer.said.slice(0, 10).join('\n')}`);
    }
  }

  close(): void {
    this.#child.stdin.end();
  }
}
