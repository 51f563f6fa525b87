import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS } from './index.ts';

const staging = join(import.meta.dirname, '..', '..', 'models', 'staging');

const models = (kind: string) =>
  readdirSync(staging)
    .filter((folder) => folder === kind)
    .flatMap((folder) => readdirSync(join(staging, folder)).map((file) => join(staging, folder, file)))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => readFileSync(file, 'utf8'));

/** The fields that the staging models of a kind read: the third item of a column of `raw_rows`. */
const fieldsRead = (kind: string) => {
  return models(kind).flatMap((text) =>
    [
      ...text.matchAll(
        /'[^']+', '(?:string|integer|number|numeric|boolean|date|timestamp|json)', '(\w+)'\)/g,
      ),
    ].map((match) => match[1]),
  );
};

describe('the fields that can be mapped', () => {
  it.each(KINDS)('are those that the models of $kind read', ({ kind, fields }) => {
    expect([...new Set(fieldsRead(kind))].sort()).toEqual([...fields].sort());
  });
});

describe('the streams that init names', () => {
  it.each(KINDS.filter(({ setup }) => setup))('are read by the models of $kind', ({ kind, setup }) => {
    const text = models(kind).join('\n');
    for (const stream of setup?.streams ?? []) expect(text).toContain(`'${stream}'`);
  });
});
