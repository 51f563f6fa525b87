import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { HUBSPOT_OBJECTS } from './hubspot/fields.ts';
import { SALESFORCE_OBJECTS } from './salesforce/fields.ts';

/** Models that read contacts and say nothing of one: whether a source has any, and whether an account has them on record. */
const OF_NO_CONTACT = ['int_signals__first_known', 'fct_data_quality_accounts'];

describe('consent', () => {
  it('is nobody’s question of a write-back: no contact is ever written', () => {
    const objects = [...SALESFORCE_OBJECTS, ...HUBSPOT_OBJECTS];
    expect(objects.length).toBeGreaterThan(3);
    for (const { object, allFields } of objects)
      expect([object, ...allFields.map(({ name }) => name)].join(' ')).not.toMatch(/contact|person|who_?id/i);
    for (const model of globSync('models/marts/activation/sync_*.sql', { cwd: projectRoot }))
      expect(readFileSync(join(projectRoot, model), 'utf8'), model).not.toMatch(/contact/i);
  });

  it('is asked by each model that makes something of a contact', () => {
    const readers = globSync('models/{intermediate,marts,macros}/**/*.sql', { cwd: projectRoot })
      .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }))
      .filter(
        ({ path, text }) => text.includes("ref('int_canonical__contacts')") && !path.includes('canonical/'),
      )
      .filter(({ path }) => !OF_NO_CONTACT.some((name) => path.includes(name)));
    expect(readers.length).toBeGreaterThan(3);
    for (const { path, text } of readers) {
      const uses = text.split("ref('int_canonical__contacts')").length - 1;
      expect(text.split('has_consent').length - 1, path).toBeGreaterThanOrEqual(uses);
    }
  });
});
