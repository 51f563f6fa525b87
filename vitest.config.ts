import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{warehouse,ingest,scoring,orchestration,test}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
  },
});
