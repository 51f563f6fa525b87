import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { memberTexts, stringValue } from './json-text.ts';

/**
 * A connector's configuration. Connectors with rotating tokens send a new one in a CONTROL message; it is kept in a
 * file that only this user can read (never in the warehouse) and used until the configuration in `tenure.yaml`
 * changes.
 */
export class ConnectorConfig {
  readonly #file: string;
  readonly #basedOn: string;
  #text: string;

  constructor(workDir: string, source: string, configured: unknown) {
    const text = JSON.stringify(configured ?? {});
    this.#file = join(workDir, 'connector-configs', `${source}.json`);
    this.#basedOn = createHash('sha256').update(text).digest('hex');
    this.#text = this.#kept() ?? text;
  }

  /** JSON text to hand to the connector. */
  get text(): string {
    return this.#text;
  }

  /** Keeps what the connector sent, byte for byte, before anything else happens: the old token is gone already. */
  keep(text: string): void {
    this.#text = text;
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const draft = `${this.#file}.draft`;
    rmSync(draft, { force: true });
    writeFileSync(draft, `{"based_on":"${this.#basedOn}","config":${text}}`, { mode: 0o600, flush: true });
    renameSync(draft, this.#file);
  }

  #kept(): string | undefined {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return undefined; // no connector has sent one
    }
    const members = memberTexts(text);
    return stringValue(members?.get('based_on')) === this.#basedOn ? members?.get('config') : undefined;
  }
}
