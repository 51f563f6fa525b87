import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';
import { PAGE_SETS, QUERY_WORDS } from '../orchestration/site/page-sets.ts';

interface Exposure {
  readonly name: string;
  readonly meta?: { readonly page?: string };
  readonly depends_on: readonly string[];
}

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
const matches = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([, name]) => String(name))),
];

/** What several queries say in the same words, by name: a macro may read a model, too. */
const macros = new Map(
  [...read(QUERY_WORDS).matchAll(/temp macro (\w+)\(([\s\S]*?);\n/g)].map(([, name, body]) => [
    String(name),
    String(body),
  ]),
);
const modelsIn = (sql: string): string[] => [
  ...new Set([
    ...matches(sql, /\b(?:marts|intermediate)\.([a-z_]+)/g),
    ...matches(sql, /\b(\w+)\(/g).flatMap((name) => modelsIn(macros.get(name) ?? '')),
  ]),
];

/** The models behind each page of a folder: its queries read sources, which read marts. */
function modelsOf(pages: string, sources: string, named: (page: string) => string): Record<string, string[]> {
  const models = Object.fromEntries(
    readdirSync(sources)
      .filter((file) => file.endsWith('.sql'))
      .map((file) => [basename(file, '.sql'), modelsIn(read(sources, file))]),
  );
  return Object.fromEntries(
    readdirSync(pages, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => [
        named(file.replace(/\.md$/, '')),
        [
          ...new Set(
            matches(read(pages, file), /\bwarehouse\.([a-z_]+)/g).flatMap(
              (name) => models[name] ?? [`no source ${name}`],
            ),
          ),
        ].sort(),
      ]),
  );
}

const modelsOfPages = (): Record<string, string[]> => ({
  ...modelsOf(PAGE_SETS.company.pages, PAGE_SETS.company.sources, (page) => page),
  ...modelsOf(PAGE_SETS.customer.pages, PAGE_SETS.customer.sources, (page) => `customer: ${page}`),
});

describe('the exposures', () => {
  it('name each page with the models that it reads', () => {
    const { exposures } = parse(read(projectRoot, 'models', 'marts', '_reports__exposures.yml')) as {
      exposures: Exposure[];
    };
    const declared = Object.fromEntries(
      exposures.map(({ meta, depends_on }) => [
        meta?.page,
        depends_on.map((ref) => /'(.+)'/.exec(ref)?.[1]).sort(),
      ]),
    );
    expect(declared).toEqual(modelsOfPages());
  });

  it('name each model that is written back', () => {
    const folder = join(projectRoot, 'models', 'marts', 'activation');
    const { exposures } = parse(read(folder, '_activation__exposures.yml')) as { exposures: Exposure[] };
    const written = readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .map((file) => basename(file, '.sql'));
    expect(
      exposures.flatMap(({ depends_on }) => depends_on.map((ref) => /'(.+)'/.exec(ref)?.[1])).sort(),
    ).toEqual(written.sort());
  });
});
