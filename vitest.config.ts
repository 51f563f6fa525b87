import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'units',
          include: ['{warehouse,ingest,scoring,orchestration}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'line',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{connectors,history,package,parity,properties,vendors}/**'],
          globalSetup: ['./test/built-line.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'vendors',
          include: ['test/{connectors,vendors}/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'history',
          include: ['test/history/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 300_000,
        },
      },
      { test: { name: 'parity', include: ['test/parity/**/*.test.ts'], testTimeout: 600_000 } },
      {
        test: {
          name: 'properties',
          include: ['test/properties/**/*.test.ts'],
          globalSetup: ['./test/properties/built-company.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
