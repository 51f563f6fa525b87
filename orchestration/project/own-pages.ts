import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NAME } from '../config/names.ts';
import { namesIn } from '../config/rules.ts';
import { TenureError } from '../errors.ts';
import { projectRoot } from '../project-root.ts';

/** A file of a project's pages: a page, or a query that pages read. */
export interface OwnPage {
  readonly kind: 'page' | 'query';
  /** `seats` is the page at /seats, or the query `warehouse.seats`. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

const PAGE = /^[a-z][a-z0-9_-]{0,39}$/;

const KINDS = [
  {
    kind: 'page',
    folder: 'pages',
    extension: '.md',
    name: PAGE,
    words: 'lower-case letters, digits, _ and -',
    theirs: join('reports', 'pages'),
  },
  {
    kind: 'query',
    folder: 'pages/sources',
    extension: '.sql',
    name: NAME,
    words: 'lower-case letters, digits and _',
    theirs: join('reports', 'sources', 'warehouse'),
  },
] as const;

/**
 * The pages of a company's project, which stand beside the product's, and the queries on the warehouse that they read.
 *
 * @throws TenureError PAGES_INVALID for a name that cannot be, or that the product has
 */
export function ownPages(directory: string): readonly OwnPage[] {
  const faults: string[] = [];
  const pages = KINDS.flatMap(({ kind, folder, extension, name: pattern, words, theirs }) => {
    const taken = namesIn(join(projectRoot, theirs)).map((name) => name.replace(/\.\w+$/, ''));
    return namesIn(join(directory, folder))
      .filter((file) => file.endsWith(extension))
      .map((file): OwnPage => {
        const name = file.slice(0, -extension.length);
        if (!pattern.test(name))
          faults.push(
            `${folder}/${file}: expected a name of at most 40 ${words} that begins with a letter, got "${name}"`,
          );
        else if (taken.includes(name))
          faults.push(
            `${folder}/${file}: expected a name that no ${kind} of the product has, got "${name}", which is the product's`,
          );
        const path = join(directory, folder, file);
        return { kind, name, path, text: readFileSync(path, 'utf8') };
      });
  });
  if (faults.length > 0)
    throw new TenureError(
      'PAGES_INVALID',
      `The pages of this project cannot be built:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\nName them otherwise and run the same command again.`,
      { exitCode: 2 },
    );
  return pages;
}
