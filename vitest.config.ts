import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

// As orchestration/tenure.mjs has it, for the commands that the tests start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('.cache/compiled', import.meta.url));

/** They read the source alone, and need no line that is built. */
const OF_THE_CODE = ['test/{code-style,imports}.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'units',
          include: ['{warehouse,ingest,scoring,orchestration}/**/*.test.ts', ...OF_THE_CODE],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'line',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/{connectors,history,own-project,package,parity,properties,vendors}/**',
            ...OF_THE_CODE,
          ],
          globalSetup: ['./test/built-line.ts'],
          expect: { poll: { timeout: 30_000 } }, // a page that is asked while other tests compute
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'vendors',
          include: ['test/{connectors,vendors}/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'history',
          include: ['test/history/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'own-project',
          include: ['test/own-project/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      { test: { name: 'parity', include: ['test/parity/**/*.test.ts'], testTimeout: 900_000 } },
      {
        test: {
          name: 'properties',
          include: ['test/properties/**/*.test.ts'],
          globalSetup: ['./test/properties/built-company.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
