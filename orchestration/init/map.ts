import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isSeq, parseDocument, YAMLMap, type YAMLSeq } from 'yaml';
import { type Answers, vendorOf } from '../../ingest/index.ts';
import { configMissing, configUnreadable, usage } from '../errors.ts';
import type { Ask } from './ask.ts';
import { folderFrom, mapExports } from './mapping.ts';
import { LINE, nodeOf } from './yaml.ts';

export interface MapFilesRequest {
  /** The configuration that gets the mapping. */
  readonly file: string;
  readonly paths: readonly string[];
  readonly answers: Answers;
  readonly ask: Ask;
  /** Whether it is written without asking a person. */
  readonly yes: boolean;
  /** Whether a table that is mapped already is mapped anew. */
  readonly force: boolean;
}

/** Proposes the mapping of more exports and writes it into `tenure.yaml`, whose comments and order stay. */
export async function mapFiles({ file, paths, answers, ask, yes, force }: MapFilesRequest) {
  const text = await readFile(file, 'utf8').catch(() => {
    throw configMissing(file);
  });
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw configUnreadable(file, problem.message.split('\n')[0] ?? '', problem);
  const sources = document.get('sources');
  if (!isSeq(sources)) throw usage(`Expected a list of sources in ${file}, found none.`);
  const source = sources.items.find(
    (item): item is YAMLMap => item instanceof YAMLMap && item.get('kind') === 'files',
  );
  const name = String(source?.get('name') ?? 'book');
  const currency = document.getIn(['tenant', 'currency']);
  const held = String(source?.getIn(['connector', 'config', 'path']) ?? '.');
  const folder = resolve(dirname(resolve(file)), held);
  const key = keyOf(sources, source, folder);
  const mapped = await mapExports({
    paths,
    source: name,
    timeZone: String(document.getIn(['tenant', 'time_zone']) ?? 'UTC'),
    answers: {
      ...(currency !== undefined && { currency: String(currency) }),
      ...(key !== undefined && { customerKey: key }),
      hasContracts: hasContracts(sources, source, folder),
      ...answers,
    },
    ask,
  });
  const path = folderFrom(file, mapped.folder);
  const value = (written: boolean) => ({
    written,
    source: name,
    path,
    tables: mapped.tables,
    rows: mapped.rows,
  });
  if (Object.keys(mapped.tables).length === 0)
    return {
      value: value(false),
      text: `${mapped.text}\n\nThese are canonical files: no mapping is needed.`,
    };

  if (source !== undefined) {
    if (resolve(dirname(resolve(file)), held) !== mapped.folder)
      throw usage(
        `The source ${name} reads ${held}, and the export lies in ${path}.`,
        'Move the export there, or give the source that folder, and run it again.',
      );
    const tables = source.getIn(['connector', 'config', 'tables']);
    const present = Object.keys(mapped.tables).filter(
      (table) => tables instanceof YAMLMap && tables.has(table),
    );
    if (present.length > 0 && !force)
      throw usage(`${file} maps ${present.join(' and ')} already.`, 'Add --force to map anew.');
  }
  const agreed = yes || (ask !== undefined && (await agrees(mapped.text, file, ask)));
  if (!agreed)
    return {
      value: value(false),
      text: `${mapped.text}\n\nNothing was written. Add --yes to write it into ${file}.`,
    };
  if (source === undefined)
    sources.add(
      nodeOf(
        {
          name,
          kind: 'files',
          connector: { builtin: 'files', config: { path, tables: mapped.tables } },
          ...(Object.keys(mapped.values).length > 0 && { values: mapped.values }),
        },
        document,
      ),
    );
  else {
    const place = ['sources', sources.items.indexOf(source)];
    for (const [table, mapping] of Object.entries(mapped.tables))
      document.setIn([...place, 'connector', 'config', 'tables', table], nodeOf(mapping, document));
    for (const keys of [['connector'], ['connector', 'config'], ['connector', 'config', 'tables'], []])
      (document.getIn([...place, ...keys]) as YAMLMap).flow = false; // too long for one line now
    for (const [vocabulary, words] of Object.entries(mapped.values))
      for (const [word, meant] of Object.entries(words ?? {}))
        document.setIn([...place, 'values', vocabulary, word], meant);
  }
  await writeFile(file, document.toString(LINE));
  return {
    value: value(true),
    text: `${mapped.text}\n\nWritten into ${file}, source ${name}. Next: tenure sync ${name}`,
  };
}

/** How the accounts that are there are named: by a source's ids, or by ids made of a name; undefined where there are none. */
function keyOf(sources: YAMLSeq, source: YAMLMap | undefined, folder: string): Answers['customerKey'] {
  const from = source?.getIn(['connector', 'config', 'tables', 'accounts', 'columns', 'account_id']);
  if (from !== undefined) return from instanceof YAMLMap ? 'name' : 'id';
  return isElsewhere(sources, source) || existsSync(join(folder, 'accounts.csv')) ? 'id' : undefined;
}

/** Whether another source brings accounts and contracts. */
const isElsewhere = (sources: YAMLSeq, source: YAMLMap | undefined): boolean =>
  sources.items.some(
    (item) =>
      item instanceof YAMLMap && item !== source && vendorOf(String(item.get('kind')))?.hasAccounts === true,
  );

const hasContracts = (sources: YAMLSeq, source: YAMLMap | undefined, folder: string): boolean =>
  source?.hasIn(['connector', 'config', 'tables', 'contracts']) === true ||
  isElsewhere(sources, source) ||
  existsSync(join(folder, 'contracts.csv'));

/** Shows a proposal and asks whether it is to be written. */
export async function agrees(text: string, file: string, ask: NonNullable<Ask>): Promise<boolean> {
  process.stderr.write(`\n${text}\n\n`);
  return /^(y|yes|j|ja)$/i.test(
    (await ask(`Write this into ${file}? It can be changed there.`, 'yes')).trim() || 'yes',
  );
}
