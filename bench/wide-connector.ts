// A connector of one stream of many columns, all filled. Arguments: columns, rows, rows between two states.
import { once } from 'node:events';

const [columns = 0, rows = 0, between = 1] = process.argv.slice(2).map(Number);
const values = [
  (seed: number) => JSON.stringify(`text ${seed} of é`),
  (seed: number) => `${seed / 8}`,
  (seed: number) => `"2026-01-${String((seed % 28) + 1).padStart(2, '0')}T01:00:00+01:00"`,
  (seed: number) => `${seed % 2 === 0}`,
];
// Rows differ by their id and take turns in the rest, so that making them costs little beside landing them.
const rests = Array.from({ length: Math.min(rows, 64) }, (_, row) =>
  Array.from(
    { length: columns - 1 },
    (_, column) => `,"p_${column}":${values[column % values.length]?.(row * 31 + column)}`,
  ).join(''),
);
const state = (count: number) =>
  `${JSON.stringify({ type: 'STATE', state: { type: 'STREAM', stream: { stream_descriptor: { name: 'wide' }, stream_state: { count } } } })}\n`;

for (let row = 1; row <= rows; row += 1) {
  const data = `{"id":${row}${rests[row % rests.length]}}`;
  let text = `{"type":"RECORD","record":{"stream":"wide","data":${data},"emitted_at":1767225600000}}\n`;
  if (row % between === 0 || row === rows) text += state(row);
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
