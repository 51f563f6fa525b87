import { z } from 'zod';

/** One line of `dbt --log-format json`. */
const logLine = z.object({
  info: z.object({ name: z.string(), level: z.string(), msg: z.string() }),
  data: z.looseObject({
    index: z.number().optional(),
    total: z.number().optional(),
    /** An error in its own words. */
    msg: z.string().optional(),
    node_info: z
      .looseObject({
        unique_id: z.string().optional(),
        node_name: z.string().optional(),
        node_status: z.string().optional(),
      })
      .optional(),
  }),
});

/** The events that give a failure, or a warning, in words: "Got 2 results, configured to warn if != 0". */
const MESSAGES: ReadonlySet<string> = new Set(['RunResultError', 'RunResultWarningMessage']);

type DbtLogLine = z.infer<typeof logLine>;

/** How a model, seed or test ended: `success`, `pass`, `warn`, `fail` or `error`. */
export interface DbtResult {
  readonly unique_id: string;
  readonly status: string;
  readonly message: string | null;
}

/** Parses one line of dbt's log; undefined for a line that is no JSON (a Python warning). */
function parseLogLine(line: string): DbtLogLine | undefined {
  try {
    return logLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Reads what dbt says while it runs: how far it is, how each node ended, and the last lines that are errors or no log. */
export class DbtLog {
  readonly #results = new Map<string, DbtResult>();
  readonly tail: string[] = [];

  /** How many tests were asked with their models. */
  testCount = 0;

  get results(): readonly DbtResult[] {
    return [...this.#results.values()];
  }

  /** Takes what a model says of the tests that it asked (macros/tests/with_models.sql). */
  #take(message: string): void {
    const [, asked] = /^DATA_TESTS (\d+)$/.exec(message.trim()) ?? [];
    if (asked !== undefined) this.testCount += Number(asked);
    const [, name, count] = /DATA_TEST_WARNED (\w+): (\d+)/.exec(message) ?? [];
    if (name === undefined) return;
    const unique_id = `test.tenure.${name}`;
    this.#results.set(unique_id, { unique_id, status: 'warn', message: `Got ${count} results` });
  }

  /** Takes a line; gives how far dbt is when it tells. */
  read(text: string): { howFar: string; node: string } | undefined {
    const line = parseLogLine(text);
    if (line === undefined || line.info.level === 'error') this.tail.push(line?.info.msg ?? text);
    if (this.tail.length > 20) this.tail.shift();
    if (line === undefined) return undefined;
    this.#take(line.info.msg);
    const { index, total, msg, node_info: node } = line.data;
    const { unique_id, node_status: status } = node ?? {};
    if (unique_id !== undefined && status !== undefined && /^Log\w+Result$/.test(line.info.name))
      this.#results.set(unique_id, { unique_id, status, message: null });
    const result = this.#results.get(unique_id ?? '');
    if (result !== undefined && msg !== undefined && MESSAGES.has(line.info.name))
      this.#results.set(result.unique_id, { ...result, message: msg });
    return index === undefined || total === undefined
      ? undefined
      : { howFar: `${index} of ${total}`, node: node?.node_name ?? '' };
  }
}
