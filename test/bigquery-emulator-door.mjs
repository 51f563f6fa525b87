// A door before the BigQuery emulator: `node bigquery-emulator-door.mjs PORT EMULATOR_URL`. At each request the emulator
// reads what it knows of every table and job, so that a request costs more than most queries. The door passes all on, but
// - it runs what only selects by the one request that keeps no job and no table, and answers what the client of dbt then
//   asks (is it done, how many rows, which) from what it got;
// - it answers whether a statement is done from the answer to the statement, and mends that answer where the emulator says
//   of a table that it replaced that it is there already;
// - it deletes each job a little after it was last asked for.
// A process of its own, so that it answers while a test waits for a program.
import { createServer, request } from 'node:http';

const [port, address] = process.argv.slice(2);
const emulator = new URL(address);
const JOBS = '/bigquery/v2/projects/test/jobs';
/** Longer than a client takes from a job's end to its last question. */
const KEPT_MS = 4_000;
const MENTIONED = /\/(?:jobs|queries|datasets)\/([^/?]+)/;
const CREATED = /\/(?:jobs|queries)(?:\?|$)/;
/** A job of the client of dbt, which asks for its rows later; ours gets them in the answer to its question. */
const INSERTED = /^\/bigquery\/.*\/jobs(?:\?|$)/;
const QUERIED = /\/queries(?:\?|$)/;
const ASKED = /^\/bigquery\/v2\/projects\/[^/]+\/(?:queries|jobs|datasets\/query_results\/tables)\/([^/?]+)/;
/** Begins with comments, as dbt's do. */
const SELECTS = /^(?:\s|\/\*[\s\S]*?\*\/|--.*\n)*(?:select|with)\b/i;
const REPLACED = /table is already created$/;
const RESULTS = 'query_results';

/** When each job that the emulator keeps and that is done was last asked for. */
const jobs = new Map();
/** What the door answers itself, by the id of a job or of a table of results. */
const answers = new Map();
const keep = (id, answer) => answers.set(id, { at: Date.now(), ...answer });

async function ask(path, method = 'GET', body = undefined) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(new URL(path, emulator), { method, headers, body });
  return { status: answer.status, body: await answer.json() };
}

/** Runs a job that only selects, leaves nothing of it in the emulator, and answers as jobs.insert does. */
async function selected(job) {
  const { query, queryParameters, defaultDataset, useLegacySql } = job.configuration.query;
  const asked = { query, queryParameters, defaultDataset, useLegacySql, dryRun: true };
  // microseconds, as the client of dbt reads them
  const formatOptions = { useInt64Timestamp: true };
  const { status, body } = await ask(
    '/bigquery/v2/projects/test/queries',
    'POST',
    JSON.stringify({ ...asked, formatOptions }),
  );
  const { jobReference } = job;
  const tableId = `of_${jobReference.jobId.replaceAll('-', '_')}`;
  const destinationTable = { projectId: 'test', datasetId: RESULTS, tableId };
  const failure = body.error && { reason: 'invalidQuery', message: body.error.message };
  const at = String(Date.now());
  const done = {
    ...{ kind: 'bigquery#job', jobReference },
    configuration: { jobType: 'QUERY', query: { ...job.configuration.query, destinationTable } },
    statistics: { creationTime: at, startTime: at, endTime: at, query: { statementType: 'SELECT' } },
    status: failure ? { state: 'DONE', errorResult: failure, errors: [failure] } : { state: 'DONE' },
  };
  const rows = body.rows ?? [];
  const { schema = {} } = body;
  const totalRows = String(rows.length);
  const results = (first, most) => {
    const next = first + most < rows.length ? { pageToken: String(first + most) } : {};
    const some = rows.slice(first, first + most);
    return { status, body: { jobReference, schema, totalRows, rows: some, jobComplete: true, ...next } };
  };
  keep(jobReference.jobId, {
    job: { status: 200, body: done },
    results: failure ? () => ({ status, body }) : results,
  });
  const table = { kind: 'bigquery#table', type: 'TABLE', schema, numRows: totalRows, numBytes: '0' };
  keep(tableId, { table: { status: 200, body: { ...table, tableReference: destinationTable } } });
  return { status: 200, body: done };
}

/** Inserts a job that does more than select, and keeps that it is done. */
async function inserted(text) {
  let answer = await ask(JOBS, 'POST', text);
  const id = JSON.parse(text).jobReference?.jobId;
  if (answer.status === 409 && REPLACED.test(answer.body.error?.message)) answer = await ask(`${JOBS}/${id}`);
  const { jobReference, status, statistics, configuration } = answer.body;
  if (jobReference === undefined) return answer;
  jobs.set(jobReference.jobId, Date.now());
  const hasRows = configuration?.query === undefined || statistics?.query?.statementType === 'SELECT';
  if (hasRows || status?.state !== 'DONE' || status.errorResult) return answer;
  const results = { jobReference, schema: {}, rows: [], totalRows: '0', jobComplete: true };
  keep(jobReference.jobId, { job: answer, results: () => ({ status: 200, body: results }) });
  return answer;
}

/** What a job of the client of dbt is answered. */
function insert(text) {
  const job = JSON.parse(text);
  const { dryRun, query } = job.configuration;
  const selects = query !== undefined && !query.destinationTable && !dryRun && SELECTS.test(query.query);
  return selects ? selected(job) : inserted(text);
}

/** What the door knows of a question, if it does. */
function known(url) {
  const answer = answers.get(decodeURIComponent(ASKED.exec(url)?.[1] ?? ''));
  if (answer === undefined) return undefined;
  answer.at = Date.now();
  const { pathname, searchParams } = new URL(url, emulator);
  if (pathname.includes('/tables/')) return answer.table;
  if (pathname.includes('/jobs/')) return answer.job;
  const first = Number(searchParams.get('pageToken') || searchParams.get('startIndex') || 0);
  return answer.results(first, Number(searchParams.get('maxResults') ?? Number.POSITIVE_INFINITY));
}

function jobOf(body) {
  try {
    return JSON.parse(body).jobReference?.jobId;
  } catch {
    return undefined;
  }
}

/** Passes a request on; with `makesJob` the job in its answer is deleted later. */
function passed({ method, url, headers }, outgoing, { makesJob, length }) {
  const asked = decodeURIComponent(MENTIONED.exec(url)?.[1] ?? '');
  if (jobs.has(asked)) jobs.set(asked, Number.POSITIVE_INFINITY);
  // the job's id is read from the answer, so that has to come as plain text
  const { 'accept-encoding': _, ...others } = headers;
  if (length !== undefined) others['content-length'] = length;
  const passing = request(
    { host: emulator.hostname, port: emulator.port, method, path: url, headers: others },
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
  passing.on('error', () => outgoing.destroy());
  return passing;
}

async function whole(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function say(outgoing, { status, body }) {
  outgoing.writeHead(status, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify(body));
}

createServer(async (incoming, outgoing) => {
  const { method, url = '/' } = incoming;
  const isPost = method === 'POST';
  const own = method === 'GET' ? known(url) : undefined;
  if (own) return say(outgoing, own);
  try {
    if (isPost && INSERTED.test(url)) return say(outgoing, await insert(await whole(incoming)));
    if (isPost && QUERIED.test(url)) {
      const asked = JSON.parse(await whole(incoming));
      const selects = SELECTS.test(asked.query);
      const text = JSON.stringify(selects ? { ...asked, dryRun: true } : asked);
      return passed(incoming, outgoing, { makesJob: !selects, length: Buffer.byteLength(text) }).end(text);
    }
  } catch {
    return outgoing.destroy(); // as when the emulator ends under a request
  }
  incoming.pipe(passed(incoming, outgoing, { makesJob: isPost && CREATED.test(url) }));
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
// it ends with whoever started it
process.stdin.resume().on('end', () => process.exit());

let isBusy = false;
setInterval(async () => {
  if (isBusy) return;
  isBusy = true;
  for (const [id, { at }] of answers) if (Date.now() - at > 60_000) answers.delete(id);
  for (const [job, at] of jobs) {
    if (Date.now() - at < KEPT_MS) continue;
    jobs.delete(job);
    // one that is gone, or an emulator that stops, is as well
    await fetch(new URL(`${JOBS}/${encodeURIComponent(job)}/delete`, emulator), { method: 'DELETE' }).catch(
      () => undefined,
    );
  }
  isBusy = false;
}, 250);
