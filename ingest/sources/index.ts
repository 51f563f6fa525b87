import { fileURLToPath } from 'node:url';
import type { Warehouse } from '../../warehouse/index.ts';
import type { SourceSpec, SyncOptions, SyncResult } from '../source.ts';

/** A built-in source is a connector program of ours, or lands its data itself. */
export type BuiltinSource =
  | { readonly exec: readonly [string, ...string[]] }
  | {
      readonly sync: (source: SourceSpec, warehouse: Warehouse, options: SyncOptions) => Promise<SyncResult>;
    };

const program = (path: string): BuiltinSource => ({
  exec: [process.execPath, fileURLToPath(new URL(path, import.meta.url))],
});

/** The sources that come with Tenure, by the name `connector.builtin` gives them. */
export const BUILTIN_SOURCES: Readonly<Record<'files' | 'demo', BuiltinSource>> = {
  demo: program('./demo/main.ts'),
  files: {
    sync: async (source, warehouse, options) =>
      (await import('./files/index.ts')).syncFiles(source, warehouse, options),
  },
};
