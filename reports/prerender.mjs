/**
 * Renders the pages of a compiled site, whose routes and addresses `.svelte-kit/routes.json` names, with the data in
 * `static/data`, into `.svelte-kit/output/prerendered`, and `404.html` beside it: a page without rows, in which the browser
 * renders any. Run it in the template folder of a build. The Vite build does the same at its end; alone it takes seconds, so
 * new data costs no new compilation. It calls the steps of SvelteKit that the Vite plugin calls, whose version is pinned.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const kit = dirname(createRequire(join(process.cwd(), 'package.json')).resolve('@sveltejs/kit/package.json'));
const step = async (name) =>
  (await import(pathToFileURL(join(kit, `src/core/postbuild/${name}.js`)).href)).default;
const [prerender, fallback] = await Promise.all(['prerender', 'fallback'].map(step));
const out = join(process.cwd(), '.svelte-kit/output');
const manifest_path = join(out, 'server/manifest-full.js');

const [{ prerendered }, empty] = await Promise.all([
  prerender({
    out,
    manifest_path,
    metadata: { nodes: [], routes: new Map(JSON.parse(readFileSync('.svelte-kit/routes.json', 'utf8'))) },
    verbose: false,
    env: {},
  }),
  fallback({ manifest_path, env: {} }),
]);
writeFileSync(join(out, '404.html'), empty);
process.stdout.write(`${JSON.stringify({ pages: prerendered.pages.size })}\n`);
process.exit(0);
