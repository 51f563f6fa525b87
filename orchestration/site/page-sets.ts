import { join } from 'node:path';
import { projectRoot } from '../project-root.ts';
import type { Audience } from './audience.ts';

const reportsDir = join(projectRoot, 'reports');

/** Which pages a site has. */
export type PageSetName = 'company' | 'book' | 'customer';

export interface PageSet {
  /** The folder of its pages. */
  readonly pages: string;
  /** The folder of the queries on the warehouse that they read. */
  readonly sources: string;
  /** Pages of the folder that the site does not have: all that they say is of the whole company. */
  readonly leftOut: readonly string[];
  /**
   * Kinds of page, one page a key, whose every query asks the rows of the key in one table: where there are many pages of
   * such a kind, the browser renders them, and their rows are read for all at once.
   */
  readonly renderedByBrowser: readonly string[];
  /** Whether the pages of a company's project stand beside them. */
  readonly takesOwn: boolean;
}

const company: PageSet = {
  pages: join(reportsDir, 'pages'),
  sources: join(reportsDir, 'sources', 'warehouse'),
  leftOut: [],
  renderedByBrowser: ['/accounts/[account_page]'],
  takesOwn: true,
};

export const PAGE_SETS: Readonly<Record<PageSetName, PageSet>> = {
  company,
  book: { ...company, leftOut: ['backtest', 'baseline', 'data-quality', 'retention'] },
  customer: {
    pages: join(reportsDir, 'customer', 'pages'),
    sources: join(reportsDir, 'customer', 'sources'),
    leftOut: [],
    renderedByBrowser: [],
    takesOwn: false,
  },
};

/** What several sets of queries begin with: their words as macros. */
export const QUERY_WORDS = join(company.sources, 'initialize.sql');

export const setFor = (audience: Audience | undefined): PageSetName =>
  audience === undefined ? 'company' : audience.kind === 'customer' ? 'customer' : 'book';
