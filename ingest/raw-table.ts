import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordLines } from './message-reader.ts';

/** The table of a stream in schema `raw`: `<source>__<stream>`; what cannot stand in an identifier becomes `_`. */
export function rawTableName(source: string, stream: string): string {
  return `${source}__${stream.replace(/[^A-Za-z0-9_]/g, '_')}`;
}

/** Record lines ready to land. */
export interface LineFile {
  readonly path: string;
  readonly lineCount: number;
  readonly longestLine: number;
}

/**
 * Holds the record lines of one stream in a file until they may be landed. `mark` says that everything so far is
 * vouched for (by a state, or by the stream's end); `take` hands out what is marked and keeps the rest.
 */
export class LineBuffer {
  readonly #folder: string;
  #part = 0;
  #file: number | undefined;
  #bytes = 0;
  #lines = 0;
  #longest = 0;
  #marked: { readonly bytes: number; readonly lines: number } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Bytes that are marked and not yet taken. */
  get markedBytes(): number {
    return this.#marked?.bytes ?? 0;
  }

  get hasMark(): boolean {
    return this.#marked !== undefined;
  }

  append({ lines, count, longest }: Pick<RecordLines, 'lines' | 'count' | 'longest'>): void {
    this.#file ??= openSync(this.#path(), 'w+', 0o600);
    for (let written = 0; written < lines.length; ) {
      written += writeSync(this.#file, lines, written, lines.length - written);
    }
    this.#bytes += lines.length;
    this.#lines += count;
    this.#longest = Math.max(this.#longest, longest);
  }

  mark(): void {
    this.#marked = { bytes: this.#bytes, lines: this.#lines };
  }

  /** The lines up to the mark, or undefined when nothing was marked since the last call. Delete the file once landed. */
  take(): LineFile | undefined {
    if (this.#marked === undefined) return undefined;
    const marked = this.#marked;
    const taken = { path: this.#path(), lineCount: marked.lines, longestLine: this.#longest };
    const file = this.#file ?? openSync(taken.path, 'w+', 0o600); // no line came: an empty file
    const rest = readTail(file, marked.bytes, this.#bytes);
    const restLines = this.#lines - marked.lines;
    ftruncateSync(file, marked.bytes);
    closeSync(file);

    this.#part += 1;
    this.#file = undefined;
    this.#bytes = 0;
    this.#lines = 0;
    this.#marked = undefined;
    if (rest.length > 0) this.append({ lines: rest, count: restLines, longest: this.#longest });
    return taken;
  }

  /** Forgets what is not taken; what comes later is forgotten with the folder. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#marked = undefined;
  }

  #path(): string {
    return join(this.#folder, `part-${this.#part}.ndjson`);
  }
}

function readTail(file: number, from: number, to: number): Buffer {
  const tail = Buffer.alloc(to - from);
  for (let read = 0; read < tail.length; )
    read += readSync(file, tail, read, tail.length - read, from + read);
  return tail;
}
