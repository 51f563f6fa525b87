import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveSite } from '../orchestration/site/serve.ts';
import { chromiumPath, openBrowser } from '../test/browser.ts';

/** What a person waits for on a page of a served site, and downloads for it, whose browser has nothing of it yet. */
export interface VisitResult {
  readonly visit: string;
  /** Until the page's headline is there. */
  readonly headline_seconds: number;
  /** Until nothing is asked any more. */
  readonly wall_seconds: number;
  /** What came over the network, compressed as it came. */
  readonly site_mb: number;
}

const tenths = (value: number, of = 100) => Math.round(value * of) / of;

/**
 * First visits of pages of a site, and of the list of accounts a filter until its rows are there (no download). None where this
 * machine has no Chromium. `of` stands before the names of the pages.
 */
export async function visits(siteDir: string, paths: readonly string[], of = ''): Promise<VisitResult[]> {
  if (chromiumPath === undefined) return [];
  const server = await serveSite({ siteDir, port: 0 });
  const browser = await openBrowser();
  try {
    const results: VisitResult[] = [];
    for (const path of paths) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      const devtools = await context.newCDPSession(page);
      await devtools.send('Network.enable');
      let bytes = 0;
      devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      const started = performance.now();
      const since = () => tenths((performance.now() - started) / 1000);
      await page.goto(`${server.url}${path}`, { waitUntil: 'commit' });
      await page.locator('main h1').first().waitFor();
      const headline = since();
      await page.waitForLoadState('networkidle');
      results.push({
        visit: `${of}/${path}`,
        headline_seconds: headline,
        wall_seconds: since(),
        site_mb: tenths(bytes / 1e6),
      });
      if (path === 'accounts/') {
        // In the page: how long until the browser has drawn what the choice leaves.
        const filter = await page.getByTestId('filters').locator('select').nth(1).elementHandle();
        const milliseconds = await page.evaluate(async (select) => {
          const list = select as HTMLSelectElement;
          const before = performance.now();
          list.selectedIndex = 1;
          list.dispatchEvent(new Event('change', { bubbles: true }));
          await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
          return performance.now() - before;
        }, filter);
        const seconds = tenths(milliseconds / 1000, 1000);
        results.push({
          visit: 'a filter of it',
          headline_seconds: seconds,
          wall_seconds: seconds,
          site_mb: 0,
        });
      }
      await context.close();
    }
    return results;
  } finally {
    await browser.close();
    await server.close();
  }
}

/** An account of the site that the browser renders, or else that was rendered. */
export async function someAccount(siteDir: string): Promise<string> {
  for (const file of await readdir(join(siteDir, 'api'), { recursive: true }))
    if (/keys-\w+-0\.json$/.test(file))
      return Object.keys(JSON.parse(await readFile(join(siteDir, 'api', file), 'utf8'))).at(-1) ?? '';
  const rendered = (await readdir(join(siteDir, 'accounts'))).filter((name) => name !== 'index.html');
  return rendered.at(-1) ?? '';
}
