import { writeFileSync } from 'node:fs';

/**
 * Added to Evidence's own configuration. TENURE_COMPILE is set while the pages are compiled, without data: then what
 * SvelteKit renders does not count, and the routes are written down for `prerender.mjs`, which renders every page
 * whenever the data changed.
 */
const compiling = {
  prerender: { crawl: false, entries: ['*', '/accounts/none', '/csm/none'], handleHttpError: 'ignore' },
  adapter: {
    name: 'routes',
    adapt(builder) {
      const routes = builder.routes.map(({ id, prerender }) => [id, { prerender }]);
      writeFileSync('.svelte-kit/routes.json', JSON.stringify(routes));
    },
  },
};

export default { kit: process.env.TENURE_COMPILE === 'true' ? compiling : {} };
