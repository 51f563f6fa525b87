import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** The part of dbt's `run_results.json` that says what failed. */
const runResults = z.object({
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      message: z.string().nullable().optional(),
      failures: z.number().nullable().optional(),
      execution_time: z.number(),
    }),
  ),
});

export type DbtResult = z.infer<typeof runResults>['results'][number];

/** One line of `dbt --log-format json`: progress carries `index`, `total` and the node's name. */
const logLine = z.object({
  info: z.object({ name: z.string(), level: z.string(), msg: z.string() }),
  data: z.looseObject({
    index: z.number().optional(),
    total: z.number().optional(),
    node_info: z.looseObject({ node_name: z.string().optional() }).optional(),
  }),
});

export type DbtLogLine = z.infer<typeof logLine>;

/** Parses one line of dbt's log; undefined for a line that is no JSON (a Python warning). */
export function parseLogLine(line: string): DbtLogLine | undefined {
  try {
    return logLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The results of the last invocation, or none when dbt stopped before it ran a node. */
export async function readRunResults(file: string): Promise<DbtResult[]> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? [] : runResults.parse(JSON.parse(text)).results;
}
