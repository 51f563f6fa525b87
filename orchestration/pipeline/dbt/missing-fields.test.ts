import { expect, it } from 'vitest';
import { missingFields } from './missing-fields.ts';

it('mapped fields are missing when no table of the source has their column', () => {
  const landed = ['Id', 'Health__c', 'metadata', 'properties_tier'];
  expect(
    missingFields({ sentiment: 'HEALTH__c', account_id: 'metadata.crm', segment: 'tier' }, landed),
  ).toEqual([]);
  expect(missingFields({ sentiment: 'Mood__c', account_id: 'meta.crm' }, landed)).toEqual([
    'sentiment: Mood__c',
    'account_id: meta.crm',
  ]);
});
