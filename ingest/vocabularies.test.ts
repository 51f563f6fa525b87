import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { spelled, VOCABULARIES } from './vocabularies.ts';

it('gives one spelling to words that differ in case, spaces and hyphens', () => {
  expect([' In Progress ', 'in-progress', 'IN_PROGRESS'].map(spelled)).toEqual(Array(3).fill('in_progress'));
  expect(spelled('  ')).toBe('');
});

it('are the same in the models', () => {
  const macro = readFileSync(new URL('../models/macros/raw/mapping.sql', import.meta.url), 'utf8');
  const inModels = [...macro.matchAll(/'(\w+)': \[([^\]]*)\]/g)].map(([, name, words]) => [
    name,
    [...String(words).matchAll(/'(\w+)'/g)].map(([, word]) => word),
  ]);
  expect(Object.fromEntries(inModels)).toEqual(VOCABULARIES);
});
