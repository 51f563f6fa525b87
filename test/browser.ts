import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine; undefined when there is none (Debian: `apt-get install chromium`). */
export const chromiumPath = BROWSERS.find((path) => existsSync(path));

/** Starts it without anything that would call home by itself. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

export interface Visit {
  readonly page: Page;
  /** Console errors, exceptions, failed requests, and requests to another host than the site's. */
  readonly problems: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Opens a page and waits until it rests. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const { host } = new URL(url);
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // What the browser itself gives up because the page moves on (the icon, at a reload) is no failure of the site:
    // a server that refuses, resets, answers too little or not at all has other names.
    if (reason !== 'net::ERR_ABORTED') problems.push(`failed: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`answered ${response.status()}: ${response.url()}`);
  });
  // On the context, so that requests of workers are seen too.
  context.on('request', (request) => {
    requests.push(request.url());
    const { protocol, host: asked } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && asked !== host)
      problems.push(`foreign: ${request.url()}`);
  });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForLoadState('networkidle');
  return { page, problems, requests, close: () => context.close() };
}

/** What of a page keeps people from it who do not see, or use no mouse: the rule, how grave, and where. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] })`,
  )) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) => nodes.map(({ target }) => `${impact}: ${id} at ${target.join(' ')}`));
}
