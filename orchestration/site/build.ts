import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawnTethered } from '../../ingest/index.ts';
import { TenureError } from '../errors.ts';
import { type OwnPage, ownPages } from '../project/own-pages.ts';
import { environmentRoot, projectRoot, SET_UP_AGAIN } from '../project-root.ts';
import { inTurn } from '../runtime/lock.ts';
import type { SiteFor } from './audience.ts';
import { compressBelow } from './compress.ts';
import { addressOf, type KeyedPages, keyedPages, writeRowsByKey } from './keyed-pages.ts';
import { PAGE_SETS, type PageSet, type PageSetName, QUERY_WORDS, setFor } from './page-sets.ts';
import { readPageTables } from './page-tables.ts';
import { EMPTY_PAGE } from './serve.ts';

const reportsDir = join(projectRoot, 'reports');
/** Where npm put what the pages are built with. */
const installedDir = join(environmentRoot, 'reports');
const evidenceDir = join(installedDir, 'node_modules/@evidence-dev/evidence');

/**
 * Pages are compiled once per version of their text and packages, here, and rendered with each tenant's data. The
 * folder lies beside Evidence because Evidence finds its packages by walking up from where it builds.
 */
const workDir = join(installedDir, '.build');

export interface ReportsOptions {
  /** The DuckDB file. Nobody may be writing to it meanwhile. */
  readonly warehousePath: string;
  /** Absolute; the site goes to `site` in it. */
  readonly buildDir: string;
  /** Absolute: the folder of all that a configuration builds, if it is another. What a kill leaves is found by it. */
  readonly workOf?: string;
  /** Whose accounts the file holds; everybody's unless it is given. */
  readonly site?: SiteFor;
  /** The folder of a company's project, whose `pages/` stand beside the product's. */
  readonly directory?: string;
  /** The tenant's currency, shown beside every amount. */
  readonly currency?: string;
  /** The most pages of one kind that are rendered each. */
  readonly mostRendered?: number;
  readonly onProgress?: (howFar: string, what: string) => void;
  readonly log?: (text: string) => void;
}

export interface BuiltSite {
  readonly siteDir: string;
  readonly pages: number;
  readonly seconds: number;
}

/**
 * Builds the pages from the warehouse into `<buildDir>/site`. Four steps: read the source queries into Parquet;
 * compile the pages, unless this version is compiled already; render the pages with the new data (of a kind of which there are
 * too many, one, and the browser the others); put the site in the place of the old one, which stays until the new one is whole. Nothing is rendered when neither data nor pages
 * changed since the last build.
 */
export async function buildReports(options: ReportsOptions): Promise<BuiltSite> {
  const { warehousePath, buildDir } = options;
  if (!existsSync(warehousePath)) {
    throw new TenureError(
      'WAREHOUSE_MISSING',
      `Expected the warehouse at ${warehousePath}, found no file. Run "tenure sync", "tenure build" and "tenure score" first.`,
    );
  }
  if (!existsSync(evidenceDir)) {
    throw new TenureError('REPORTS_NOT_INSTALLED', `Expected Evidence in ${evidenceDir}. ${SET_UP_AGAIN}`);
  }
  const tenantDir = pagesWorkDirectory(options.workOf ?? buildDir);
  try {
    return await buildIn(tenantDir, options);
  } finally {
    await rm(tenantDir, { recursive: true, force: true }); // it holds the company's data
  }
}

/** Where the pages of a build folder are put together, with its data; gone afterwards, but for a kill. */
export const pagesWorkDirectory = (buildDir: string) => join(workDir, `tenant-${shortHash(buildDir)}`);

async function buildIn(tenantDir: string, options: ReportsOptions): Promise<BuiltSite> {
  const { warehousePath, buildDir, currency = 'USD', onProgress = () => {}, log = () => {} } = options;
  const { site = { kind: 'all' } } = options;
  const started = Date.now();
  const siteDir = join(buildDir, 'site');
  const set = setFor(site.kind === 'all' ? undefined : site);
  const own = options.directory === undefined || !PAGE_SETS[set].takesOwn ? [] : ownPages(options.directory);
  const version = await pagesVersion(set, own);

  await layOut(tenantDir, set, own);
  for (const page of PAGE_SETS[set].leftOut)
    await rm(join(tenantDir, '.evidence/template/src/pages', page), { recursive: true }); // the navigation is read from it
  onProgress('1 of 4', 'reading the warehouse');
  await readPageTables({
    queriesDir: join(tenantDir, 'sources/warehouse'),
    file: warehousePath,
    dataDir: join(tenantDir, '.evidence/template/static/data'),
    variables: {
      currency,
      // within a text of SQL
      audience: (site.kind === 'all' ? 'all' : `${site.kind}: ${site.name}`).replaceAll("'", "''"),
    },
    onProgress: (table, count, total) =>
      onProgress('1 of 4', `reading the warehouse: ${table}, ${count} of ${total}`),
  });

  const dataHash = await folderHash(join(tenantDir, '.evidence/template/static/data'));
  const last = await lastBuild(buildDir);
  const made = `${set} ${version}`;
  if (last?.version === made && last.dataHash === dataHash && existsSync(join(siteDir, 'index.html'))) {
    log('Neither the data nor the pages changed: the site stays as it is.');
    return { siteDir, pages: last.pages, seconds: (Date.now() - started) / 1000 };
  }

  const compiledDir = join(workDir, `compiled-${version}`);
  if (!existsSync(compiledDir)) {
    await inTurn(
      join(workDir, 'compile.lock'),
      async () => {
        if (existsSync(compiledDir)) return; // the one before did it
        log('Compiling the pages: about a minute, once for this version of them.');
        await compile(compiledDir, set, own, onProgress);
      },
      () => log('Another run is compiling pages, which takes two gigabytes of memory: waiting for it.'),
    );
  }
  const { mostRendered = MOST_RENDERED } = options;
  const { pages, inBrowser } = await renderPages(
    tenantDir,
    compiledDir,
    PAGE_SETS[set],
    mostRendered,
    onProgress,
  );
  onProgress('4 of 4', 'putting the site in place');
  await putInPlace(tenantDir, siteDir, {
    client: clientOf(compiledDir),
    inBrowser,
    build: dataHash.slice(0, 12),
  });
  await writeFile(join(buildDir, 'site.json'), JSON.stringify({ version: made, dataHash, pages }));
  return { siteDir, pages, seconds: (Date.now() - started) / 1000 };
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function folderHash(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesBelow(folder))
    hash.update(relative(folder, file)).update(await readFile(file));
  return hash.digest('hex');
}

/** What the name of a compiled version begins with: those of one kind take the place of each other. */
const versionKind = (set: PageSetName, own: readonly OwnPage[]) =>
  set === 'customer' ? 'customer-' : own.length > 0 ? 'own-' : '';

/** Changes with everything that the compiled pages are made of, and begins with its kind. */
async function pagesVersion(set: PageSetName, own: readonly OwnPage[]): Promise<string> {
  const hash = createHash('sha256').update(await folderHash(PAGE_SETS[set].pages));
  hash.update(await folderHash(join(reportsDir, 'components')));
  const inReports = ['svelte.config.js', 'vite.config.js', 'lean-imports.mjs', 'prerender.mjs'];
  for (const file of [
    'evidence.config.yaml',
    ...inReports.map((name) => `reports/${name}`),
    'orchestration/site/build.ts',
    'orchestration/site/compress.ts',
    'orchestration/site/keyed-pages.ts',
    'orchestration/site/page-sets.ts',
  ])
    hash.update(await readFile(join(projectRoot, file)));
  hash.update(await folderHash(join(reportsDir, 'static')));
  // The exact versions; the whole lock file would change with every other tool.
  hash.update(await readFile(join(installedDir, 'package.json')));
  hash.update(await folderHash(join(environmentRoot, 'patches')));
  for (const { kind, name, text } of own) hash.update(JSON.stringify([kind, name, text]));
  return `${versionKind(set, own)}${hash.digest('hex').slice(0, 12)}`;
}

interface LastBuild {
  readonly version: string;
  readonly dataHash: string;
  readonly pages: number;
}

async function lastBuild(buildDir: string): Promise<LastBuild | undefined> {
  try {
    return JSON.parse(await readFile(join(buildDir, 'site.json'), 'utf8')) as LastBuild;
  } catch {
    return undefined; // no build yet, or one that was interrupted: build again
  }
}

/**
 * The folder Evidence expects: its configuration and sources, and in `.evidence/template` the SvelteKit project with
 * our pages as routes. Evidence's own command does the same, but starts Vite through npx, which in an npm workspace
 * runs in another folder.
 */
async function layOut(folder: string, set: PageSetName, own: readonly OwnPage[]): Promise<void> {
  const { pages, sources } = PAGE_SETS[set];
  const template = join(folder, '.evidence/template');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await cp(join(evidenceDir, 'template'), template, { recursive: true });
  // Pages for who develops Evidence, with the icons of 3,000 products.
  for (const page of ['explore', 'settings'])
    await rm(join(template, 'src/pages', page), { recursive: true });
  await cp(join(reportsDir, 'static'), join(template, 'static'), { recursive: true });
  await cp(pages, join(folder, 'pages'), { recursive: true });
  await cp(join(reportsDir, 'components'), join(folder, 'components'), { recursive: true });
  await cp(sources, join(folder, 'sources/warehouse'), { recursive: true });
  await cp(QUERY_WORDS, join(folder, 'sources/warehouse', basename(QUERY_WORDS)));
  await cp(join(projectRoot, 'evidence.config.yaml'), join(folder, 'evidence.config.yaml'));
  // Tailwind looks here for the classes that the components use.
  const components = 'node_modules/@evidence-dev/core-components';
  await mkdir(join(folder, 'node_modules/@evidence-dev'), { recursive: true });
  const installed = [installedDir, environmentRoot]
    .map((place) => join(place, components))
    .find((place) => existsSync(place));
  if (installed !== undefined) await symlink(installed, join(folder, components), 'junction');
  await writeFile(join(folder, 'tsconfig.json'), '{}'); // else esbuild reads the project's own
  for (const file of await filesBelow(pages)) {
    const page = relative(pages, file);
    const route = page.endsWith('index.md')
      ? page.replace(/index\.md$/, '+page.md')
      : page.replace(/\.md$/, `${sep}+page.md`);
    await cp(file, join(template, 'src/pages', route));
  }
  for (const { kind, name, path } of own) {
    if (kind === 'query') await cp(path, join(folder, 'sources/warehouse', `${name}.sql`));
    else {
      await cp(path, join(folder, 'pages', `${name}.md`));
      await cp(path, join(template, 'src/pages', name, '+page.md'));
    }
  }
  await changeLayout(join(template, 'src/pages'));
}

/** The routes of the pages below a folder whose queries or text read what is chosen on them. */
async function routesWithInputs(routesDir: string): Promise<string[]> {
  const routes: string[] = [];
  for (const file of await filesBelow(routesDir))
    if (basename(file) === '+page.md' && /\binputs\b/.test(await readFile(file, 'utf8')))
      routes.push(`/${relative(routesDir, dirname(file)).split(sep).join('/')}`);
  return routes;
}

/**
 * Evidence loads its database engine (34 MB) into the browser on each first visit, and asks it for the name of a page in the
 * breadcrumbs. The pages' rows are rendered into them, so only a page whose choice asks new rows needs it: it starts when it is
 * first waited for, and the name is rendered with the other rows. Those rows are in one file a page, and the columns of its
 * queries in one a kind of page, as our patch of Evidence's query engine writes them.
 *
 * It also renders each page twice, the first time to learn what is chosen on it: here only those that read a choice.
 */
async function changeLayout(routesDir: string): Promise<void> {
  const layout = join(routesDir, '+layout.js');
  let text = await readFile(layout, 'utf8');
  const [resolved, toRows] = ['const resolved_entries = ', 'return Object.fromEntries(resolved_entries'];
  for (const [theirs, ours] of [
    [
      'const database_initialization = profile(loadDB);',
      `let started;
const database_initialization = {
	then: (done, failed) => (started ??= profile(loadDB)).then(done, failed)
};`,
    ],
    [
      'tree.title = (await query(breadcrumb))[0]?.breadcrumb;',
      `tree.title = ((browser && data.breadcrumb) || (await query(breadcrumb, { query_name: 'breadcrumb' })))[0]?.breadcrumb;`,
    ],
    // 'auto': compiling, without data, need not render the pages.
    [
      `export const prerender = import.meta.env.VITE_EVIDENCE_SPA !== 'true';`,
      `export const prerender = 'auto';`,
    ],
    [
      'if ((dev || building) && !browser && !is_dummy_page) {',
      `if (${JSON.stringify(await routesWithInputs(routesDir))}.includes(route.id) && !browser && !is_dummy_page) {`,
    ],
    ['async function getPrerenderedQueries(', 'async function getPrerenderedQueries(key, '],
    ['await getPrerenderedQueries(', 'await getPrerenderedQueries(Object.values(params)[0], '],
    [
      text.slice(text.indexOf('const res = await fetch(addBasePath(`/api/'), text.indexOf(toRows)),
      `const read = async (path) => {
		const response = await fetch(addBasePath(path));
		const isJson = response.headers.get('content-type')?.includes('json'); // a server may answer any address with a page
		return response.ok && isJson ? await response.json() : {};
	};
	const { by_key, ...columns } = await read(\`/api/\${routeHash}/columns.json\`);
	const file = by_key && Number.parseInt(md5(key).slice(0, 8), 16) % by_key.files;
	const [results, rows] = await Promise.all(
		by_key
			? [by_key.same, read(\`/api/\${routeHash}/keys-\${by_key.build}-\${file}.json\`)]
			: [read(\`/api/\${routeHash}/\${paramsHash}/all-queries.json\`), {}]
	);
	const value_of = (row, { isInstant }, at) => (isInstant && row[at] !== null ? new Date(row[at]) : row[at]);
	const of_key = Object.entries(by_key?.columns ?? {}).map(([query_name, columns]) => [
		query_name,
		(rows[key]?.[query_name] ?? []).map((row) =>
			Object.fromEntries(columns.map((column, at) => [column.name, value_of(row, column, at)]))
		)
	]);
	${resolved}await Promise.all(
		Object.entries({ ...columns, ...results }).map(async ([query_name, result]) => {
			const response = result.startsWith('#')
				? await fetch(addBasePath(\`/api/prerendered_queries/\${result.slice(1)}.arrow\`))
				: new Response(Uint8Array.from(atob(result), (character) => character.charCodeAt(0)));
			if (!response.ok) return null;
			return [query_name, arrowTableToJSON(await tableFromIPC(response))];
		})
	);
	resolved_entries.push(...of_key);

	`,
    ],
  ] as const) {
    if (theirs === '' || !text.includes(theirs))
      throw new TenureError(
        'REPORT_COMPILE_FAILED',
        `Expected "${theirs}" in ${layout}, found none: this version of Evidence is not the one that the pages are made for. ${SET_UP_AGAIN}`,
      );
    text = text.replace(theirs, () => ours);
  }
  await writeFile(layout, text);
}

/** Compiles the pages. */
async function compile(
  compiledDir: string,
  set: PageSetName,
  own: readonly OwnPage[],
  onProgress: (howFar: string, what: string) => void,
): Promise<void> {
  const folder = join(workDir, 'compiling');
  await rm(folder, { recursive: true, force: true });
  const template = join(folder, '.evidence/template');
  await layOut(folder, set, own);
  await cp(join(reportsDir, 'svelte.config.js'), join(folder, 'svelte.config.js'));
  await rename(join(template, 'vite.config.js'), join(template, 'vite.evidence.config.js'));
  for (const file of ['vite.config.js', 'lean-imports.mjs'])
    await cp(join(reportsDir, file), join(template, file));
  await runNode([join(installedDir, 'node_modules/vite/bin/vite.js'), 'build'], {
    cwd: template,
    env: { TENURE_COMPILE: 'true', NODE_OPTIONS: '--max-old-space-size=2048' },
    onTick: () => onProgress('2 of 4', 'compiling the pages'),
    failed: (cause) =>
      new TenureError(
        'REPORT_COMPILE_FAILED',
        `The pages do not compile: ${cause}\nMend the page that it names.`,
      ),
  });
  await rm(join(template, '.svelte-kit/output/prerendered'), { recursive: true, force: true });
  await compressBelow(clientOf(folder));
  const former = new RegExp(`^compiled-${versionKind(set, own)}[0-9a-f]+$`);
  for (const name of await readdir(workDir)) {
    if (former.test(name)) await rm(join(workDir, name), { recursive: true, force: true });
  }
  await rename(folder, compiledDir);
}

/** The most pages of one kind, as of accounts, that are rendered each; those of a kind with more are rendered by the browser. */
const MOST_RENDERED = 1000;

/** SvelteKit's configuration while pages are rendered: a link to what is not there ends nobody's report. */
const RENDERING = { prerender: { crawl: false }, paths: { relative: false } };

/** What browsers load of every page. */
const clientOf = (compiledDir: string) => join(compiledDir, '.evidence/template/.svelte-kit/output/client');

interface Rendered {
  readonly pages: number;
  /** The kinds of which only the example was rendered. */
  readonly inBrowser: readonly (KeyedPages & { readonly example: string })[];
}

async function renderPages(
  tenantDir: string,
  compiledDir: string,
  { leftOut, pages, renderedByBrowser }: PageSet,
  mostRendered: number,
  onProgress: (howFar: string, what: string) => void,
): Promise<Rendered> {
  const template = join(tenantDir, '.evidence/template');
  const client = clientOf(compiledDir); // a hundred megabytes, which rendering does not read
  await cp(join(compiledDir, '.evidence/template/.svelte-kit'), join(template, '.svelte-kit'), {
    recursive: true,
    filter: (from) => from !== client,
  });
  await mkdir(join(template, '.svelte-kit/output/client'));
  const kinds = await keyedPages(pages, { dataDir: join(template, 'static/data'), workDir: tenantDir });
  const inBrowser = kinds.flatMap((kind) => {
    const [example] = kind.values;
    const isLarge = renderedByBrowser.includes(kind.route) && kind.values.length > mostRendered;
    return isLarge && example !== undefined ? [{ ...kind, example }] : [];
  });
  const addresses = new Map(
    kinds.map((kind) => {
      const example = inBrowser.find(({ route }) => route === kind.route)?.example;
      const rendered = example === undefined ? kind.values : [example];
      return [kind.route, rendered.map((value) => addressOf(kind, value))];
    }),
  );
  const routesFile = join(template, '.svelte-kit/routes.json');
  const routes = JSON.parse(await readFile(routesFile, 'utf8')) as [
    id: string,
    { prerender: boolean | 'auto' },
  ][];
  const rendered = routes
    .filter(
      ([id, { prerender }]) => prerender && !leftOut.includes(id.slice(1)) && addresses.get(id)?.length !== 0,
    )
    .map(([id]) => [id, { prerender: true, entries: addresses.get(id) ?? (id.includes('[') ? [] : [id]) }]);
  await writeFile(routesFile, JSON.stringify(rendered));
  // Evidence's own loads what compiles pages.
  await writeFile(
    join(template, 'svelte.config.js'),
    `export default ${JSON.stringify({ kit: RENDERING })};\n`,
  );
  const output = await runNode([join(reportsDir, 'prerender.mjs')], {
    cwd: template,
    env: {},
    onTick: () => onProgress('3 of 4', 'rendering the pages with the new data'),
    failed: (cause) =>
      new TenureError(
        'REPORT_RENDER_FAILED',
        `A page could not be rendered: ${cause}\nThe site stays as it was. Mend the page or the mart it names, then run "tenure report".`,
      ),
  });
  const answer = /^\{"pages":(\d+)\}$/m.exec(output);
  if (answer === null) {
    throw new TenureError(
      'REPORT_RENDER_FAILED',
      `Expected the number of rendered pages, got:\n${output.slice(-2000)}`,
    );
  }
  const others = inBrowser.reduce((sum, { values }) => sum + values.length - 1, 0);
  return { pages: Number(answer[1]) + others, inBrowser };
}

/** Puts the parts of the site together beside the old one and swaps them. */
async function putInPlace(
  tenantDir: string,
  siteDir: string,
  {
    client,
    inBrowser,
    build,
  }: { readonly client: string; readonly inBrowser: Rendered['inBrowser']; readonly build: string },
): Promise<void> {
  const template = join(tenantDir, '.evidence/template');
  const output = join(template, '.svelte-kit/output');
  const next = `${siteDir}.next`;
  const old = `${siteDir}.old`;
  await rm(next, { recursive: true, force: true });
  for (const part of [client, join(output, 'prerendered/dependencies'), join(output, 'prerendered/pages')])
    await cp(part, next, { recursive: true });
  await writeFile(join(next, '_app/env.js'), 'export const env={}');
  const data = { dataDir: join(template, 'static/data'), workDir: tenantDir };
  for (const kind of inBrowser) {
    await writeRowsByKey(kind, { data, site: next, example: kind.example, build });
    // in its folder for our own server, above for those that know one such page
    for (const place of ['.', dirname(kind.route)])
      await cp(join(output, EMPTY_PAGE), join(next, place, EMPTY_PAGE));
  }
  await copyData(join(template, 'static/data'), join(next, 'data'));
  await rm(old, { recursive: true, force: true });
  if (existsSync(siteDir)) await rename(siteDir, old);
  await rename(next, siteDir);
  await rm(old, { recursive: true, force: true });
}

/** Each Parquet file under an address that changes with its content, so that no cache shows old rows on a new page. */
async function copyData(from: string, to: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(from, 'manifest.json'), 'utf8')) as {
    renderedFiles: Record<string, string[]>;
  };
  for (const files of Object.values(manifest.renderedFiles)) {
    for (const [index, file] of files.entries()) {
      const [source = '', table = '', name = ''] = file.split('/').slice(-3);
      const content = await readFile(join(from, source, table, name));
      const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
      await mkdir(join(to, source, table, digest), { recursive: true });
      await writeFile(join(to, source, table, digest, name), content);
      const schema = name.replace(/\.parquet$/, '.schema.json');
      await cp(join(from, source, table, schema), join(to, source, table, digest, schema));
      files[index] = `static/data/${source}/${table}/${digest}/${name}`;
    }
  }
  await writeFile(join(to, 'manifest.json'), JSON.stringify(manifest));
}

interface NodeRun {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly onTick?: () => void;
  readonly failed: (cause: string) => Error;
}

/** Runs a program on this Node, offline and without telemetry, and gives what it printed. */
function runNode(args: readonly string[], run: NodeRun): Promise<string> {
  return new Promise((fulfil, reject) => {
    const child = spawnTethered(process.execPath, args, {
      cwd: run.cwd,
      env: {
        ...run.env,
        NODE_ENV: 'production', // a test runner's own would make Vite build pages for development
        SEND_ANONYMOUS_USAGE_STATS: 'no',
        EVIDENCE_DATA_DIR:
          run.env.TENURE_COMPILE === undefined ? './.evidence/template/static/data' : './static/data',
        EVIDENCE_DATA_URL_PREFIX: 'static/data',
        EVIDENCE_IS_BUILDING: 'true',
        // A chart or query that fails is an error when pages are rendered with data, and only then.
        ...(run.env.TENURE_COMPILE === undefined ? { EVIDENCE_STRICT_MODE: 'true' } : {}),
        NO_COLOR: '1',
      },
    });
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString('utf8');
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    run.onTick?.();
    const ticks = setInterval(() => run.onTick?.(), 1000);
    child.on('error', (error) => {
      clearInterval(ticks);
      reject(run.failed(error.message));
    });
    child.on('close', (code, signal) => {
      clearInterval(ticks);
      if (code === 0) fulfil(output);
      else reject(run.failed(causeOf(output) ?? `it ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** The lines of a program's output that say what went wrong, else its last ones. */
function causeOf(output: string): string | undefined {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const telling = lines.filter(
    (line) => /error|fail|cannot|could not/i.test(line) && !line.startsWith('at '),
  );
  const shown = (telling.length > 0 ? telling : lines).slice(-6);
  return shown.length > 0 ? shown.join('\n') : undefined;
}
