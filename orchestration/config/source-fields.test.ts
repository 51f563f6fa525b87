import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { missingFields, SOURCE_FIELDS } from './source-fields.ts';

const staging = join(projectRoot, 'models', 'staging');

/** The fields that the staging models of a kind read: the third item of a column of `raw_rows`. */
const fieldsRead = (kind: string) => {
  const sql = readdirSync(staging)
    .filter((folder) => folder === kind)
    .flatMap((folder) => readdirSync(join(staging, folder)).map((file) => join(staging, folder, file)))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => readFileSync(file, 'utf8'));
  return sql.flatMap((text) =>
    [
      ...text.matchAll(
        /\('[^']+', '(?:string|integer|number|numeric|boolean|date|timestamp|json)', '(\w+)'\)/g,
      ),
    ].map((match) => match[1]),
  );
};

describe('the fields that can be mapped', () => {
  it.each(Object.entries(SOURCE_FIELDS))('are those that the models of %s read', (kind, fields) => {
    expect([...new Set(fieldsRead(kind))].sort()).toEqual([...fields].sort());
  });

  it('are missing when no table of the source has their column', () => {
    const landed = ['Id', 'Health__c', 'metadata', 'properties_tier'];
    expect(
      missingFields({ sentiment: 'HEALTH__c', account_id: 'metadata.crm', segment: 'tier' }, landed),
    ).toEqual([]);
    expect(missingFields({ sentiment: 'Mood__c', account_id: 'meta.crm' }, landed)).toEqual([
      'sentiment: Mood__c',
      'account_id: meta.crm',
    ]);
  });
});
