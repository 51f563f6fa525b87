import { once } from 'node:events';
import type { Writable } from 'node:stream';

interface Descriptor {
  readonly name: string;
}

const CHUNK = 256 * 1024;

/** Airbyte messages as lines; they are written in large pieces, at the reader's pace. */
export class Output {
  readonly #target: Writable;
  #pending = '';

  constructor(target: Writable) {
    this.#target = target;
  }

  message(message: Readonly<Record<string, unknown>>): void {
    this.#pending += `${JSON.stringify(message)}\n`;
  }

  trace(type: string, content: Readonly<Record<string, unknown>>): void {
    this.message({ type: 'TRACE', trace: { type, emitted_at: Date.now(), ...content } });
  }

  status(stream_descriptor: Descriptor, status: string): void {
    this.trace('STREAM_STATUS', { stream_status: { stream_descriptor, status } });
  }

  state(
    stream_descriptor: Descriptor,
    stream_state: Readonly<Record<string, unknown>>,
    recordCount: number,
  ): void {
    const state = {
      type: 'STREAM',
      stream: { stream_descriptor, stream_state },
      sourceStats: { recordCount },
    };
    this.message({ type: 'STATE', state });
  }

  /** Records given as JSON texts. */
  async records(stream: string, records: readonly string[]): Promise<void> {
    const head = `{"type":"RECORD","record":{"stream":${JSON.stringify(stream)},"data":`;
    const tail = `,"emitted_at":${Date.now()}}}\n`;
    for (const record of records) {
      this.#pending += head + record + tail;
      if (this.#pending.length >= CHUNK) await this.#flush();
    }
  }

  async end(): Promise<void> {
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const chunk = this.#pending;
    this.#pending = '';
    if (!this.#target.write(chunk)) await once(this.#target, 'drain');
  }
}
