// A door before the BigQuery emulator: `node bigquery-emulator-door.mjs PORT EMULATOR_URL`. It passes all on, but for
// what makes the emulator slow down with each query:
// - It deletes each job a little after it was last asked for: all jobs are read, with their results, at each request.
// - It names a table for what a query selects. Else the emulator makes a dataset for it, whose information schema it builds
//   anew at each DROP: after three hundred queries that takes 20 s and 2 GB.
// A process of its own, so that it answers while a test waits for a program.
import { randomUUID } from 'node:crypto';
import { createServer, request } from 'node:http';

const [port, address] = process.argv.slice(2);
const emulator = new URL(address);
/** Longer than a client takes from a job's end to its last question. */
const KEPT_MS = 4_000;
const MENTIONED = /\/(?:jobs|queries|datasets)\/([^/?]+)/;
const CREATED = /\/(?:jobs|queries)(?:\?|$)/;

const INSERTED = /^\/bigquery\/.*\/jobs(?:\?|$)/;
/** Begins with comments, as dbt's do. */
const SELECTS = /^(?:\s|\/\*[\s\S]*?\*\/|--.*\n)*(?:select|with)\b/i;
const RESULTS = 'query_results';

/** The body of a job, with a table for what it selects. */
function withResults(body) {
  const job = JSON.parse(body);
  const query = job.configuration?.query;
  if (query === undefined || query.destinationTable || job.configuration.dryRun || !SELECTS.test(query.query))
    return body;
  query.destinationTable = {
    projectId: 'test',
    datasetId: RESULTS,
    tableId: `of_${randomUUID().replaceAll('-', '_')}`,
  };
  return JSON.stringify(job);
}

/** When each job that is done was last asked for. */
const jobs = new Map();

function jobOf(body) {
  try {
    return JSON.parse(body).jobReference?.jobId;
  } catch {
    return undefined;
  }
}

await fetch(new URL('/bigquery/v2/projects/test/datasets', emulator), {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ datasetReference: { projectId: 'test', datasetId: RESULTS } }),
});

createServer((incoming, outgoing) => {
  const { method, url = '/', headers } = incoming;
  const asked = decodeURIComponent(MENTIONED.exec(url)?.[1] ?? '');
  if (jobs.has(asked)) jobs.set(asked, Number.POSITIVE_INFINITY);
  const makesJob = method === 'POST' && CREATED.test(url);
  // the job's id is read from the answer, so that has to come as plain text
  const { 'accept-encoding': _, ...passedHeaders } = headers;
  const passed = request(
    { host: emulator.hostname, port: emulator.port, method, path: url, headers: passedHeaders },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      const chunks = [];
      if (makesJob) answer.on('data', (chunk) => chunks.push(chunk));
      answer.pipe(outgoing);
      answer.on('end', () => {
        const job = makesJob ? jobOf(Buffer.concat(chunks).toString()) : jobs.has(asked) && asked;
        if (job) jobs.set(job, Date.now());
      });
    },
  );
  passed.on('error', () => outgoing.destroy());
  if (!(method === 'POST' && INSERTED.test(url))) return incoming.pipe(passed);
  const sent = [];
  incoming.on('data', (chunk) => sent.push(chunk));
  incoming.on('end', () => {
    const body = withResults(Buffer.concat(sent).toString());
    passed.setHeader('content-length', Buffer.byteLength(body));
    passed.end(body);
  });
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
// it ends with whoever started it
process.stdin.resume().on('end', () => process.exit());

let isBusy = false;
setInterval(async () => {
  if (isBusy) return;
  isBusy = true;
  for (const [job, at] of jobs) {
    if (Date.now() - at < KEPT_MS) continue;
    jobs.delete(job);
    // one that is gone, or an emulator that stops, is as well
    await fetch(new URL(`/bigquery/v2/projects/test/jobs/${encodeURIComponent(job)}/delete`, emulator), {
      method: 'DELETE',
    }).catch(() => undefined);
  }
  isBusy = false;
}, 250);
