import { writeFileSync } from 'node:fs';

/**
 * Added to Evidence's own configuration while the pages are compiled, without data. Only what needs none is rendered, because
 * SvelteKit insists; the routes are written down for `prerender.mjs`, which renders every page whenever the data changed.
 */
const kit = {
  prerender: {
    crawl: false,
    entries: [
      '/api/customFormattingSettings.json/GET.json',
      '/api/pagesManifest.json',
      '/fix-tprotocol-service-worker.js',
      '/manifest.webmanifest',
    ],
  },
  adapter: {
    name: 'routes',
    adapt(builder) {
      const routes = builder.routes.map(({ id, prerender }) => [id, { prerender }]);
      writeFileSync('.svelte-kit/routes.json', JSON.stringify(routes));
    },
  },
};

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

// A map of each component would cost seconds, and nobody gets it.
export default Object.assign(Object.create(lasting), { kit, compilerOptions: { enableSourcemap: false } });
