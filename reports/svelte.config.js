import { readFileSync, writeFileSync } from 'node:fs';

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

/** What is rendered with data is said by who renders it; a link to what is not there ends nobody's report. */
const rendering = () => ({
  prerender: { crawl: false, entries: JSON.parse(readFileSync('.svelte-kit/entries.json', 'utf8')) },
});

/**
 * Evidence gives a page without a title of its own the title "Evidence", also where the page sets one by its data
 * (`PageTitle`). Each title names the product.
 */
const titles = {
  markup: ({ content, filename }) =>
    filename?.endsWith('.md')
      ? {
          code: content
            .replace('<title>Evidence</title>', '')
            .replace('{metadata.title ?? metadata.og?.title}</title>', '{metadata.title ?? metadata.og?.title} · Tenure</title>'),
        }
      : undefined,
};

// Evidence deletes `preprocess` from what it reads, and reads it twice; from a prototype it cannot, and it merges only
// what it can list.
const lasting = Object.create(null, { preprocess: { value: [titles] } });

export default Object.assign(Object.create(lasting), {
  kit: process.env.TENURE_COMPILE === 'true' ? compiling : rendering(),
});
