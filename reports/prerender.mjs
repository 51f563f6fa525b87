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

const routes = JSON.parse(readFileSync('.svelte-kit/routes.json', 'utf8'));

/** From so many pages of one kind on, a thread of its own saves more time than its start takes. */
const OF_THEIR_OWN = 100;
const isLarge = ([, { entries }]) => entries.length >= OF_THEIR_OWN;

const [empty, ...parts] = await Promise.all([
  fallback({ manifest_path, env: {} }),
  ...[routes.filter((route) => !isLarge(route)), ...routes.filter(isLarge).map((route) => [route])].map(
    (part) =>
      prerender({
        out,
        manifest_path,
        metadata: { nodes: [], routes: new Map(part) },
        verbose: false,
        env: {},
      }),
  ),
]);
const pages = parts.reduce((sum, { prerendered }) => sum + prerendered.pages.size, 0);
writeFileSync(join(out, '404.html'), empty);
process.stdout.write(`${JSON.stringify({ pages })}\n`);
process.exit(0);
