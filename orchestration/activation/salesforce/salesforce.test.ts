import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../project-root.ts';
import { retryAfterMs } from '../retry-after.ts';
import { SALESFORCE_OBJECTS, spokenMake, TASK_KEY_FIELD } from './fields.ts';

const modelFile = (...path: string[]) => readFile(join(projectRoot, 'models', ...path), 'utf8');

describe('what is written to Salesforce', () => {
  const models = SALESFORCE_OBJECTS.flatMap((each) => each.models);

  it.each(models)('is what $model has: each of its fields', async ({ model, fields }) => {
    const sql = await modelFile('marts', 'activation', `${model}.sql`);
    expect(sql.match(/(?<= as )[A-Z]\w*/g)).toEqual(fields);
  });

  it('is read back by the field by which it is written', async () => {
    const sql = await modelFile('staging', 'salesforce', 'stg_salesforce__tasks.sql');
    expect(sql).toContain(`('${TASK_KEY_FIELD}', 'string', 'task_key')`);
  });

  it('has a line in docs/salesforce.md for each field to make', async () => {
    const docs = await readFile(join(projectRoot, 'docs', 'salesforce.md'), 'utf8');
    for (const { object, allFields } of SALESFORCE_OBJECTS)
      for (const { name, make, values } of allFields) {
        const list = values === undefined ? '' : values.map((value) => `\`${value}\``).join(', ');
        expect(docs).toContain(
          `| ${object} | \`${name}\` | ${make === undefined ? 'Salesforce’s own' : spokenMake(make)} | ${list} |`,
        );
      }
    expect(docs).toContain(`| Task | \`${TASK_KEY_FIELD}\` | Text(64), External ID |`);
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-06-30T12:00:00Z');
  it('reads seconds and dates', () => {
    expect(retryAfterMs('30', now)).toBe(30_000);
    expect(retryAfterMs('Tue, 30 Jun 2026 12:01:30 GMT', now)).toBe(90_000);
    expect(retryAfterMs('Tue, 30 Jun 2026 11:00:00 GMT', now)).toBe(0);
    expect([retryAfterMs(undefined, now), retryAfterMs('soon', now)]).toEqual([0, 0]);
  });
});
