/**
 * An Airbyte source that says what `<kind>.ndjson` beside it holds: its catalog when asked to discover, else its records.
 *
 *     node recorded.ts hubspot read --config … --catalog …
 */
import { readFileSync } from 'node:fs';

const [kind = '', verb = ''] = process.argv.slice(2);
const lines = readFileSync(new URL(`./${kind}.ndjson`, import.meta.url), 'utf8').split('\n');
const wanted = lines.filter(
  (line) => line !== '' && line.includes('"type":"CATALOG"') === (verb === 'discover'),
);
process.stdout.write(`${wanted.join('\n')}\n`);
