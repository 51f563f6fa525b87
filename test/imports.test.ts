import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';

/** The rooms of the code, and those that each may import beside itself. A file's room is the longest that holds it. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  warehouse: [],
  ingest: ['warehouse'],
  scoring: ['warehouse'],
  orchestration: [], // its errors, and where the product lies
  'orchestration/runtime': ['orchestration', 'warehouse'],
  'orchestration/config': ['orchestration', 'ingest', 'warehouse'],
  'orchestration/connectors': ['orchestration', 'orchestration/runtime', 'orchestration/config', 'ingest'],
  'orchestration/init': ['orchestration', 'ingest', 'warehouse'],
  'orchestration/project': ['orchestration', 'orchestration/config'],
  'orchestration/site': [
    ...['orchestration', 'orchestration/runtime', 'orchestration/config', 'orchestration/project'],
    ...['ingest', 'warehouse'],
  ],
  'orchestration/activation': ['orchestration', 'orchestration/config', 'warehouse'],
  'orchestration/pipeline': [
    ...['orchestration', 'orchestration/runtime', 'orchestration/config', 'orchestration/connectors'],
    ...['orchestration/project', 'orchestration/site', 'orchestration/activation'],
    ...['ingest', 'scoring', 'warehouse'],
  ],
  'orchestration/cli': [
    ...['orchestration', 'orchestration/runtime', 'orchestration/config', 'orchestration/connectors'],
    ...['orchestration/init', 'orchestration/project', 'orchestration/site', 'orchestration/activation'],
    ...['orchestration/pipeline', 'ingest', 'scoring', 'warehouse'],
  ],
};

const names = Object.keys(ROOMS).sort((a, b) => b.length - a.length);
const roomOf = (file: string) => names.find((name) => file.startsWith(`${name}/`)) ?? 'none';

/** Each file of the product and the files that it imports, types too, by their paths from the root. */
const files = new Map(
  ['warehouse', 'ingest', 'scoring', 'orchestration'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.(test|contract)\.ts$|fixtures/.test(name))
      .map((name): [string, string] => {
        const file = join(folder, name);
        return [file, readFileSync(join(projectRoot, file), 'utf8')];
      }),
  ),
);
const importsOf = new Map(
  [...files].map(([file, text]) => [
    file,
    [...text.matchAll(/(?:^|\s)(?:from|import) '(\.[^']+\.ts)'/g)].map(([, path]) =>
      join(dirname(file), String(path)),
    ),
  ]),
);

/** A way from a file back to itself, or nothing. */
function circleFrom(start: string): string[] | undefined {
  const seen = new Set<string>();
  const walk = (file: string, way: string[]): string[] | undefined => {
    for (const next of importsOf.get(file) ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...way, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}

const found = (pattern: RegExp) => [...files].filter(([, text]) => pattern.test(text)).map(([file]) => file);

describe('the rooms of the code', () => {
  it('are all read', () => {
    expect([...importsOf.values()].flat().length).toBeGreaterThan(400);
    expect([...files.keys()].map(roomOf)).not.toContain('none');
  });

  it('import only from those below them', () => {
    const wrong = [...importsOf].flatMap(([file, imports]) =>
      imports
        .filter((each) => roomOf(each) !== roomOf(file) && !ROOMS[roomOf(file)]?.includes(roomOf(each)))
        .map((each) => `${file} imports ${each}`),
    );
    expect(wrong).toEqual([]);
  });

  it('may import from none that may import from them', () => {
    const reaches = (from: string, to: string): boolean =>
      (ROOMS[from] ?? []).some((next) => next === to || reaches(next, to));
    expect(names.filter((name) => reaches(name, name))).toEqual([]);
  });

  it('have no circle of files', () => {
    const circles = [...importsOf.keys()].flatMap((file) => circleFrom(file)?.join(' → ') ?? []);
    expect(circles).toEqual([]);
  });
});

it('the environment is read where the configuration is, and handed on where a program is started', () => {
  expect(found(/process\.env\b/).sort()).toEqual([
    'ingest/tethered-process.ts',
    'orchestration/config/load.ts',
    'orchestration/runtime/as-typed.ts', // by what npm began this process
  ]);
});

it('no file outside warehouse/ asks which warehouse it is', () => {
  const asks = found(/type [=!]== '(bigquery|duckdb)'|case '(bigquery|duckdb)':/);
  expect(asks.filter((file) => roomOf(file) !== 'warehouse')).toEqual([]);
});

it('the command line has a file a verb', () => {
  const verbs = [...files].flatMap(([file, text]) =>
    [...text.matchAll(/new Command\('(\w+)'\)/g)].map(([, name]) => [
      relative('orchestration/cli', file),
      name,
    ]),
  );
  expect(verbs.filter(([file]) => file !== 'program.ts').sort()).toEqual(
    verbs
      .filter(([, name]) => name !== 'tenure')
      .map(([, name]) => [`commands/${name}.ts`, name])
      .sort(),
  );
});
