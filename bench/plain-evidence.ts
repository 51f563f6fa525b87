import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environmentRoot, projectRoot } from '../orchestration/project-root.ts';
import { readPageTables } from '../orchestration/site/page-tables.ts';
import { run } from './measure.ts';

const installed = join(environmentRoot, 'reports');
/** Beside Evidence, which finds its packages by walking up from where it builds. */
const folder = join(installed, '.build', 'plain-evidence');
const sources = join(projectRoot, 'reports', 'sources', 'warehouse');

const LIMIT_MINUTES = 20;

/** The same three pages as Evidence's documentation would have one write them, of its own components. */
const PAGES = {
  'index.md': `# Accounts

\`\`\`sql accounts
select * from warehouse.accounts where is_in_scope order by score
\`\`\`

<DataTable data={accounts} link=account_link search=true rows=25>
    <Column id=account_name/>
    <Column id=owner_name/>
    <Column id=segment/>
    <Column id=health/>
    <Column id=score/>
    <Column id=arr/>
    <Column id=next_renewal_date/>
</DataTable>

<div hidden>
{#each accounts as row}
<a href={row.account_link}>{row.account_name}</a>
{/each}
</div>
`,
  'accounts/[account_page].md': `\`\`\`sql account
select * from warehouse.accounts where account_page = '\${params.account_page}'
\`\`\`

\`\`\`sql history
select * from warehouse.score_history where account_page = '\${params.account_page}' order by as_of_date
\`\`\`

\`\`\`sql contributions
select * from warehouse.contributions where account_page = '\${params.account_page}' order by points_lost desc
\`\`\`

# {account[0]?.account_name}

<BigValue data={account} value=score/>
<BigValue data={account} value=arr/>

<LineChart data={history} x=as_of_date y=score/>

<DataTable data={contributions}>
    <Column id=signal_name/>
    <Column id=points_lost/>
    <Column id=weight/>
</DataTable>
`,
  'retention.md': `# Retention

\`\`\`sql retention
select * from warehouse.retention where period = 'trailing_12m' and unit = 'account' and segment = 'all' order by period_end
\`\`\`

<LineChart data={retention} x=period_end y={['grr', 'nrr']}/>

<DataTable data={retention}>
    <Column id=period_end/>
    <Column id=grr/>
    <Column id=nrr/>
</DataTable>
`,
};

/** What a build took; without a site if it was not done within the limit. */
export interface PlainBuild {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly site?: string;
}

/**
 * Builds three pages with plain Evidence (a list of accounts, one page an account, retention) from the warehouse, as its own
 * command does: `vite build` over its template, which finds the pages by their links. Its queries are read into Parquet by our
 * own code before, which is not measured, and run by the patched query engine: both are to its favour.
 */
export async function buildPlainEvidence(warehousePath: string): Promise<PlainBuild> {
  const template = join(folder, '.evidence', 'template');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(join(installed, 'node_modules/@evidence-dev/evidence/template'), template, { recursive: true });
  await cp(join(projectRoot, 'evidence.config.yaml'), join(folder, 'evidence.config.yaml'));
  await writeFile(join(folder, 'tsconfig.json'), '{}'); // else esbuild reads the project's own
  for (const [path, text] of Object.entries(PAGES)) {
    const route = path.replace(/(?:index)?\.md$/, '');
    for (const file of [join(folder, 'pages', path), join(template, 'src/pages', route, '+page.md')]) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
  const queriesDir = join(folder, 'sources', 'warehouse');
  await mkdir(queriesDir, { recursive: true });
  for (const name of ['initialize', 'accounts', 'score_history', 'contributions', 'retention'])
    await cp(join(sources, `${name}.sql`), join(queriesDir, `${name}.sql`));
  await readPageTables({
    queriesDir,
    file: warehousePath,
    dataDir: join(template, 'static/data'),
    variables: { currency: 'USD', audience: 'all' },
    onProgress: () => {},
  });
  const { seconds, cpuSeconds, peakMb, isDone } = await run(
    process.execPath,
    [join(installed, 'node_modules/vite/bin/vite.js'), 'build'],
    {
      NODE_ENV: 'production',
      NODE_OPTIONS: '--max-old-space-size=8192',
      SEND_ANONYMOUS_USAGE_STATS: 'no',
      EVIDENCE_DATA_DIR: './static/data',
      EVIDENCE_DATA_URL_PREFIX: 'static/data',
      EVIDENCE_IS_BUILDING: 'true',
    },
    { cwd: template, limitSeconds: 60 * LIMIT_MINUTES },
  );
  return { seconds, cpuSeconds, peakMb, ...(isDone ? { site: join(template, 'build') } : {}) };
}

/** Removes what was built: it holds a company's data. */
export const removePlainEvidence = () => rm(folder, { recursive: true, force: true });
