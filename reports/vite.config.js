import theirs from './vite.evidence.config.js';
import { leanImports } from './lean-imports.mjs';

/**
 * Evidence's own configuration, with less to do: see `lean-imports.mjs`; its parser of pages is left to Node; and with lean
 * imports tree-shaking would cost a third of the time, to save 2 % of what a browser loads.
 */
export default {
  ...theirs,
  plugins: [...theirs.plugins, leanImports()],
  build: { ...theirs.build, rollupOptions: { ...theirs.build.rollupOptions, treeshake: false } },
  ssr: { ...theirs.ssr, external: [...theirs.ssr.external, '@evidence-dev/preprocess'] },
};
