/**
 * An Airbyte source that says what `<kind>.ndjson` beside it holds: its catalog when asked to discover, else its records.
 *
 *     node recorded.ts hubspot read --config … --catalog …
 *
 * A path stands for a file of one's own.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';

const [kind = '', verb = ''] = process.argv.slice(2);
const file = isAbsolute(kind) ? kind : new URL(`./${kind}.ndjson`, import.meta.url);
const lines = readFileSync(file, 'utf8').split('\n');
const wanted = lines.filter(
  (line) => line !== '' && line.includes('"type":"CATALOG"') === (verb === 'discover'),
);
process.stdout.write(`${wanted.join('\n')}\n`);
