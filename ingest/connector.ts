import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  connectorAborted,
  connectorFailed,
  connectorMute,
  connectorNotFound,
  connectorSilent,
} from './errors.ts';
import { memberTexts } from './json-text.ts';
import { type ConnectorEvent, MessageReader, type OtherMessage } from './message-reader.ts';
import type { AirbyteCatalog, ConnectorSpecification } from './protocol.ts';
import type { LogLevel } from './source.ts';
import { spawnTethered } from './tethered-process.ts';

/** A program that speaks the Airbyte protocol, and how it is run. */
export interface Connector {
  readonly exec: readonly [string, ...string[]];
  /** JSON text; read at each start, so that a renewed configuration is used at once. */
  readonly config: () => string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A private folder for the files that hand over configuration, catalog and state; they are deleted afterwards. */
  readonly scratchDir: string;
  /** Seconds without a line, while we wait for one, after which the program is stopped. */
  readonly timeoutSeconds: number;
  /** Bytes after which a line without an end is given up; 128 MB unless given. */
  readonly longestLine?: number;
  readonly signal?: AbortSignal;
  readonly log: (level: LogLevel, text: string) => void;
  /** Receives the JSON text of a configuration that the connector renewed. */
  readonly onConfig: (text: string) => void;
  /** Masks secrets in what goes into errors. */
  readonly redact: (text: string) => string;
}

export type ConnectionCheck = { readonly ok: true } | { readonly ok: false; readonly message: string };

const STDERR_KEPT = 4_000;
const LOG_LINE_KEPT = 2_000;
const GRACE_BEFORE_KILL_MS = 5_000;

const LOG_LEVELS: Readonly<Record<string, LogLevel>> = {
  FATAL: 'error',
  ERROR: 'error',
  WARN: 'warn',
  INFO: 'info',
};

/** What the connector wants to be told: its specification. Throws `CONNECTOR_*`. */
export async function specifyConnector(connector: Connector): Promise<ConnectorSpecification> {
  const message = await firstMessage(connector, 'spec', {}, 'SPEC');
  return message.spec;
}

/** Whether the configuration works. A failed check is an answer, not an error: connectors end it with exit code 0. */
export async function checkConnector(connector: Connector): Promise<ConnectionCheck> {
  const config = connector.config();
  const { connectionStatus } = await firstMessage(connector, 'check', { config }, 'CONNECTION_STATUS');
  if (connectionStatus.status === 'SUCCEEDED') return { ok: true };
  return {
    ok: false,
    message: connector.redact(connectionStatus.message ?? 'The connector gives no reason.'),
  };
}

/** The streams that the source has. Throws `CONNECTOR_*`. */
export async function discoverStreams(connector: Connector): Promise<AirbyteCatalog> {
  const message = await firstMessage(connector, 'discover', { config: connector.config() }, 'CATALOG');
  return message.catalog;
}

/**
 * Starts `read` and yields what it prints, records as unread lines, in order. Log lines and renewed configuration
 * go to the connector's hooks instead. Ends normally on exit code 0 and throws `CONNECTOR_FAILED` otherwise, after
 * everything printed was yielded. Leaving the loop stops the program.
 *
 * @param input the configured catalog and the state as JSON text
 */
export function readRecords(
  connector: Connector,
  input: { readonly catalog: string; readonly state?: string | undefined },
): AsyncGenerator<ConnectorEvent> {
  const { catalog, state } = input;
  return run(connector, 'read', {
    config: connector.config(),
    catalog,
    ...(state === undefined ? {} : { state }),
  });
}

type MessageOfType<T extends OtherMessage['message']['type']> = Extract<OtherMessage['message'], { type: T }>;

async function firstMessage<T extends OtherMessage['message']['type']>(
  connector: Connector,
  verb: string,
  files: Readonly<Record<string, string>>,
  type: T,
): Promise<MessageOfType<T>> {
  let found: MessageOfType<T> | undefined;
  try {
    for await (const event of run(connector, verb, files)) {
      if (event.type === 'MESSAGE' && event.message.type === type)
        found ??= event.message as MessageOfType<T>;
    }
  } catch (error) {
    if (found === undefined) throw error; // an answer counts even from a program that then fails to end well
  }
  if (found === undefined) throw connectorMute(nameOf(connector), verb, type);
  return found;
}

/** The command as messages show it; an argument may hold a secret. */
const nameOf = (connector: Connector) => connector.redact(connector.exec.join(' '));

/** Runs `exec… verb --name file…`, each file holding the text given under its name. */
async function* run(
  connector: Connector,
  verb: string,
  files: Readonly<Record<string, string>>,
): AsyncGenerator<ConnectorEvent> {
  const program = nameOf(connector);
  if (connector.signal?.aborted) throw connectorAborted(program, verb);
  mkdirSync(connector.scratchDir, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(connector.scratchDir, `${verb}-`));
  let child: ChildProcess | undefined;
  try {
    const flags = Object.entries(files).flatMap(([name, text]) => {
      const path = join(folder, `${name}.json`);
      writeFileSync(path, text, { mode: 0o600 });
      chmodSync(path, 0o600); // whatever the umask
      return [`--${name}`, path];
    });
    const [command, ...leading] = connector.exec;
    child = spawnTethered(command, [...leading, verb, ...flags], {
      ...(connector.env === undefined ? {} : { env: connector.env }),
      ...(connector.cwd === undefined ? {} : { cwd: connector.cwd }),
    });
    yield* outputOf(child, connector, program, verb);
  } finally {
    if (child !== undefined) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* outputOf(
  child: ChildProcess,
  connector: Connector,
  program: string,
  verb: string,
): AsyncGenerator<ConnectorEvent> {
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const failedToStart = ended.then(
    () => undefined,
    (error: unknown) => connectorNotFound(program, error),
  );
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
    for (const line of text.split('\n')) if (line.trim() !== '') connector.log('debug', line.trimEnd());
  });

  const reader = new MessageReader(connector.longestLine);
  let reason: string | undefined;
  function* events(source: Iterable<ConnectorEvent>): Generator<ConnectorEvent> {
    for (const event of source) {
      if (event.type === 'TEXT') {
        connector.log('info', event.text.slice(0, LOG_LINE_KEPT));
        continue;
      }
      if (event.type === 'MESSAGE') {
        const { message } = event;
        if (message.type === 'LOG') {
          connector.log(LOG_LEVELS[message.log.level] ?? 'debug', message.log.message);
          continue;
        }
        if (message.type === 'CONTROL') {
          const config = renewedConfig(event.text);
          if (config !== undefined) connector.onConfig(config);
          continue;
        }
        if (message.type === 'TRACE') reason = message.trace.error?.message ?? reason;
      }
      yield event;
    }
  }

  const wait = <T>(step: Promise<T>) =>
    unlessSilent(step, connector, program, verb, () => connector.redact(stderr.trim()));
  const chunks = child.stdout?.iterator() as AsyncIterator<Buffer>;
  while (true) {
    const { value, done } = await wait(chunks.next());
    if (done) break;
    yield* events(reader.push(value));
  }
  yield* events(reader.end());

  const startFailure = await wait(failedToStart);
  if (startFailure !== undefined) throw startFailure;
  const [exitCode, signal] = await ended;
  if (exitCode !== 0) {
    const said = reason === undefined ? undefined : connector.redact(reason);
    throw connectorFailed(program, verb, { exitCode, signal }, said, connector.redact(stderr.trim()));
  }
}

/** Waits for the program's next step. The clock runs only while we wait: slow landing is no silence. */
async function unlessSilent<T>(
  step: Promise<T>,
  connector: Connector,
  program: string,
  verb: string,
  stderr: () => string,
): Promise<T> {
  if (connector.signal?.aborted) throw connectorAborted(program, verb);
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const interrupted = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(connectorSilent(program, verb, connector.timeoutSeconds, stderr())),
      connector.timeoutSeconds * 1000,
    );
    onAbort = () => reject(connectorAborted(program, verb));
    connector.signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([step, interrupted]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) connector.signal?.removeEventListener('abort', onAbort);
  }
}

/** Asks the program to end, then makes it. */
async function stop(child: ChildProcess): Promise<void> {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), GRACE_BEFORE_KILL_MS);
  await gone;
  clearTimeout(force);
}

/** The `config` of a CONTROL message, its text as it came: a number in it may not fit a JavaScript number. */
function renewedConfig(text: string): string | undefined {
  const control = memberTexts(memberTexts(text)?.get('control') ?? '');
  return memberTexts(control?.get('connectorConfig') ?? '')?.get('config');
}
