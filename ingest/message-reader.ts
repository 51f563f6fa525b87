import { lineTooLong } from './errors.ts';
import { memberTexts, replaceUnreadable, stringValue } from './json-text.ts';
import { type AirbyteMessage, parseMessage } from './protocol.ts';

/** Record lines of one stream that follow each other, as they came; each ends in a newline. */
export interface RecordLines {
  readonly type: 'RECORDS';
  readonly stream: string;
  readonly namespace: string | undefined;
  readonly lines: Buffer;
  readonly count: number;
  /** Bytes of the longest line. */
  readonly longest: number;
}

/** Any other message, with its text. */
export interface OtherMessage {
  readonly type: 'MESSAGE';
  readonly message: Exclude<AirbyteMessage, { type: 'RECORD' }>;
  readonly text: string;
}

/** A line that is no message of the protocol: a log line. */
export interface TextLine {
  readonly type: 'TEXT';
  readonly text: string;
}

export type ConnectorEvent = RecordLines | OtherMessage | TextLine;

const NEWLINE = 0x0a;
/** A line is held as a whole; 128 MB hold any record that DuckDB or BigQuery (100 MB a row) would take. */
const LONGEST_LINE = 128 * 1024 * 1024;

/** What a record line opens with when its stream can be told from there. */
const RECORD_OPENING =
  /^\s*\{\s*"type"\s*:\s*"RECORD"\s*,\s*"record"\s*:\s*\{\s*(?:"namespace"\s*:\s*(?:null|"[^"\\]*")\s*,\s*)?"stream"\s*:\s*"[^"\\]*"\s*,/;

interface Opening {
  readonly bytes: Buffer;
  readonly stream: string;
  readonly namespace: string | undefined;
}

/**
 * Turns the chunks of a connector's stdout into events. Records are not read: parsing them costs more than
 * landing them and breaks 64-bit integers. The first record of a stream is looked at to learn how its lines
 * open; a line that opens the same way belongs to the same stream. Lines that put their members in another order
 * are told apart by cutting out the envelope's members, never by parsing the data.
 */
export class MessageReader {
  readonly #longestLine: number;
  #unfinished: Buffer[] = [];
  #unfinishedBytes = 0;
  readonly #openings: Opening[] = [];

  /** `longestLine`: bytes after which a line without an end is given up. */
  constructor(longestLine = LONGEST_LINE) {
    this.#longestLine = longestLine;
  }

  /** The events of the lines that `chunk` ends. Throws `CONNECTOR_LINE_TOO_LONG`. */
  *push(chunk: Buffer): Generator<ConnectorEvent> {
    const first = chunk.indexOf(NEWLINE);
    if (this.#unfinishedBytes + (first < 0 ? chunk.length : first) > this.#longestLine) {
      this.#unfinished = [];
      throw lineTooLong(this.#longestLine);
    }
    if (first < 0) {
      this.#keep(chunk);
      return;
    }
    let start = 0;
    if (this.#unfinished.length > 0) {
      const line = Buffer.concat([...this.#unfinished, chunk.subarray(0, first + 1)]);
      this.#unfinished = [];
      this.#unfinishedBytes = 0;
      yield* this.#lines(line);
      start = first + 1;
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    yield* this.#lines(chunk.subarray(start, end));
    if (end < chunk.length) this.#keep(chunk.subarray(end));
  }

  #keep(part: Buffer): void {
    this.#unfinished.push(part);
    this.#unfinishedBytes += part.length;
  }

  /** The event of a last line that came without a newline. */
  *end(): Generator<ConnectorEvent> {
    if (this.#unfinished.length === 0) return;
    const line = Buffer.concat([...this.#unfinished, Buffer.from('\n')]);
    this.#unfinished = [];
    yield* this.#lines(line);
  }

  *#lines(lines: Buffer): Generator<ConnectorEvent> {
    let run: { opening: Opening; start: number; count: number; longest: number } | undefined;
    let start = 0;
    while (start < lines.length) {
      const end = lines.indexOf(NEWLINE, start) + 1;
      const opening = this.#opening(lines, start, end, run?.opening);
      if (run !== undefined && opening !== run.opening) {
        yield recordLines(run.opening, lines.subarray(run.start, start), run.count, run.longest);
        run = undefined;
      }
      if (opening === undefined) {
        yield* this.#slowly(lines.subarray(start, end));
      } else {
        run ??= { opening, start, count: 0, longest: 0 };
        run.count += 1;
        run.longest = Math.max(run.longest, end - start);
      }
      start = end;
    }
    if (run !== undefined) {
      yield recordLines(run.opening, lines.subarray(run.start), run.count, run.longest);
    }
  }

  /** The known opening of the line, the one of the line before it tried first. */
  #opening(lines: Buffer, start: number, end: number, likely: Opening | undefined): Opening | undefined {
    if (likely !== undefined && opensWith(lines, start, end, likely.bytes)) return likely;
    return this.#openings.find((opening) => opensWith(lines, start, end, opening.bytes));
  }

  *#slowly(line: Buffer): Generator<ConnectorEvent> {
    const text = line.toString('utf8').trim();
    if (text === '') return;
    const envelope = text.startsWith('{') ? memberTexts(text) : undefined;
    if (stringValue(envelope?.get('type')) === 'RECORD') {
      const record = memberTexts(envelope?.get('record') ?? '');
      const stream = stringValue(record?.get('stream'));
      if (record !== undefined && stream !== undefined) {
        const namespace = stringValue(record.get('namespace'));
        const found = this.#learn(text, stream, namespace);
        yield recordLines(found, line, 1, line.length);
        return;
      }
    }
    const message = envelope === undefined ? undefined : parseMessage(parsed(text));
    if (message === undefined || message.type === 'RECORD') yield { type: 'TEXT', text };
    else yield { type: 'MESSAGE', message, text };
  }

  #learn(text: string, stream: string, namespace: string | undefined): Opening {
    const bytes = Buffer.from(RECORD_OPENING.exec(text)?.[0] ?? '');
    const opening = { bytes, stream, namespace };
    // A namespace that only comes after the data cannot be told from the opening.
    const isTold = namespace === undefined || bytes.includes('"namespace"');
    if (bytes.length > 0 && isTold) this.#openings.push(opening);
    return opening;
  }
}

const opensWith = (lines: Buffer, start: number, end: number, opening: Buffer) =>
  end - start > opening.length &&
  lines.compare(opening, 0, opening.length, start, start + opening.length) === 0;

/** How escapes begin that a strict reader may refuse; most of them it takes. */
const UNREADABLE = ['\\ud', '\\uD', '\\u0000'];

function recordLines(opening: Opening, lines: Buffer, count: number, longest: number): RecordLines {
  const isStrange = UNREADABLE.some((opening) => lines.includes(opening));
  const readable = isStrange ? Buffer.from(replaceUnreadable(lines.toString('utf8'))) : lines;
  return {
    type: 'RECORDS',
    stream: opening.stream,
    namespace: opening.namespace,
    lines: readable,
    count,
    longest,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
