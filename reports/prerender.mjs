/**
 * Renders every page of a compiled site with the data in `static/data`, into `.svelte-kit/output/prerendered`. Run it
 * in the template folder of a build. The Vite build does the same at its end; alone it takes seconds, so new data
 * costs no new compilation. It calls the step of SvelteKit that the Vite plugin calls, whose version is pinned.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const kit = dirname(createRequire(join(process.cwd(), 'package.json')).resolve('@sveltejs/kit/package.json'));
const { default: prerender } = await import(pathToFileURL(join(kit, 'src/core/postbuild/prerender.js')).href);
const out = join(process.cwd(), '.svelte-kit/output');

const { prerendered } = await prerender({
  out,
  manifest_path: join(out, 'server/manifest-full.js'),
  metadata: { nodes: [], routes: new Map(JSON.parse(readFileSync('.svelte-kit/routes.json', 'utf8'))) },
  verbose: false,
  env: {},
});
process.stdout.write(`${JSON.stringify({ pages: prerendered.pages.size })}\n`);
process.exit(0);
