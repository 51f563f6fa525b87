import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../orchestration/config/schema.ts';
import { type DbtVars, dbtEnvironment } from '../../orchestration/pipeline/dbt/dbt.ts';
import { projectRoot } from '../../orchestration/project-root.ts';
import type { Warehouse } from '../../warehouse/index.ts';
import { hostileRows } from './hostile-rows.ts';

const Manifest = z.object({
  nodes: z.record(
    z.string(),
    z.object({
      name: z.string(),
      alias: z.string(),
      schema: z.string(),
      resource_type: z.string(),
      relation_name: z.string().nullish(),
      compiled_code: z.string().nullish(),
      attached_node: z.string().nullish(),
      test_metadata: z.object({ name: z.string() }).nullish(),
      config: z.looseObject({
        fail_calc: z.string().optional(),
        warn_if: z.string().optional(),
        error_if: z.string().optional(),
      }),
    }),
  ),
});

/** A test of the data as dbt compiled it for BigQuery. */
export interface DataTest {
  readonly name: string;
  readonly isSingular: boolean;
  /** Its query: rows that it gives are failures, counted by `failCalc` and judged by `warnIf`. */
  readonly sql: string;
  readonly failCalc: string;
  readonly warnIf: string;
  /** What it reads of, for a generic test: quoted name, schema without prefix, table. */
  readonly relation?: { readonly quoted: string; readonly schema: string; readonly table: string };
}

/**
 * Compiles all tests of the data, and gives them with `quoted`, which gives a model's or seed's name as it stands in their
 * queries. Throws what dbt printed when it fails.
 */
export function compiledDataTests(
  config: Config,
  { as_of_date, ...vars }: DbtVars,
  folder: string,
): { tests: readonly DataTest[]; quoted: (name: string) => string } {
  const models = join(projectRoot, 'models');
  const { status, stdout, stderr } = spawnSync(
    join(projectRoot, '.venv', 'bin', 'dbt'),
    [
      ...['--no-use-colors', 'compile', '--select', 'test_type:data', '--project-dir', models],
      ...['--profiles-dir', models, '--target', config.warehouse.type, '--target-path', folder],
      ...['--log-path', folder, '--vars', JSON.stringify(vars)],
    ],
    {
      cwd: models,
      encoding: 'utf8',
      env: { ...process.env, ...dbtEnvironment(config), TENURE_AS_OF_DATE: String(as_of_date) },
    },
  );
  if (status !== 0) throw new Error(`dbt compile ended with ${status}:\n${stderr}${stdout.slice(-4000)}`);
  const { nodes } = Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  const prefix = config.warehouse.type === 'bigquery' ? (config.warehouse.dataset_prefix ?? '') : '';
  const tests = Object.values(nodes)
    // Of signals that the preset leaves out there is nothing to test.
    .filter((node) => node.resource_type === 'test' && node.compiled_code)
    .map((node): DataTest => {
      const model = node.attached_node ? nodes[node.attached_node] : undefined;
      return {
        name: node.name,
        isSingular: !node.test_metadata,
        sql: node.compiled_code ?? '',
        failCalc: node.config.fail_calc ?? 'count(*)',
        warnIf: node.config.warn_if ?? '!= 0',
        ...(model?.relation_name
          ? {
              relation: {
                quoted: model.relation_name,
                schema: model.schema.slice(prefix.length),
                table: model.alias,
              },
            }
          : {}),
      };
    });
  const quoted = (name: string) => {
    const node = Object.values(nodes).find((each) => each.name === name && each.relation_name);
    if (!node?.relation_name) throw new Error(`Expected a model or seed of the project, got ${name}.`);
    return node.relation_name;
  };
  return { tests, quoted };
}

/** A test with other rows in the place of relations that it reads, or with those that are there. */
export interface Asked {
  readonly test: DataTest;
  readonly replaced: Readonly<Record<string, string>>;
}

/** So many tests are asked in one query: an emulator keeps something of each query for ever, and ends when that is too much. */
const AT_ONCE = 12;

/** Of tests, those that find on this warehouse what they are there to find. */
export async function finding(warehouse: Warehouse, asked: readonly Asked[]): Promise<readonly Asked[]> {
  const found: Asked[] = [];
  for (let first = 0; first < asked.length; first += AT_ONCE) {
    const some = asked.slice(first, first + AT_ONCE);
    const parts = some.map((each, place) => `select ${place} as place, is_found from (${queryOf(each)})`);
    const { rows } = await warehouse.query(parts.join('\nunion all\n'));
    if (rows.length !== some.length) throw new Error(`Expected ${some.length} answers, got ${rows.length}.`);
    for (const { place, is_found } of rows) if (is_found === true) found.push(some[Number(place)]!);
  }
  return found;
}

function queryOf({ test, replaced }: Asked): string {
  let { sql } = test;
  for (const [relation, rows] of Object.entries(replaced)) {
    if (!sql.includes(relation)) throw new Error(`${test.name} does not read ${relation}`);
    sql = sql.replaceAll(relation, rows);
  }
  return `select ${test.failCalc} ${test.warnIf} as is_found from (${sql}\n) as failures`;
}

/** Rows that each generic test of this relation must complain about, in the relation's place. */
export async function hostile(
  warehouse: Warehouse,
  test: DataTest,
  known: Map<string, Record<string, string>>,
): Promise<Record<string, string>> {
  if (!test.relation) throw new Error(`${test.name} is of no model`);
  const { quoted, schema, table } = test.relation;
  const before = known.get(quoted);
  if (before !== undefined) return before;
  const columns = await warehouse.tableColumns(schema, table);
  if (!columns) throw new Error(`Expected ${schema}.${table}, which ${test.name} reads; it is not there.`);
  const rows = { [quoted]: hostileRows(columns) };
  known.set(quoted, rows);
  return rows;
}
