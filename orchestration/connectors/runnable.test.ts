import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSource } from '../../ingest/index.ts';
import { configuredConnector } from '../config/connector.ts';
import { placeOf } from './installed.ts';
import { runnableConnector } from './runnable.ts';

describe('the connector of a source', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-runnable-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const places = (path = '') => ({ connectors: folder, workDir: join(folder, 'work'), path });
  const stripe = configuredConnector.parse({ airbyte: 'stripe', config: { account_id: 'acct_1' } });

  it('is the installed program', () => {
    const { program, stamp } = placeOf(folder, 'stripe');
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, '');
    writeFileSync(stamp, '');
    expect(runnableConnector('billing', stripe, places())).toEqual({
      exec: [program],
      config: { account_id: 'acct_1' },
    });
  });

  it('says how to install one that is not there', () => {
    expect(() => runnableConnector('billing', stripe, places())).toThrow(
      /where it is not\. Run: tenure connectors install stripe/,
    );
  });

  it('does not start one whose installation was cut short', () => {
    const { program } = placeOf(folder, 'stripe');
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, '');
    expect(() => runnableConnector('billing', stripe, places())).toThrow(/cut short/);
  });

  it('stays as it is when it names a program or comes with Tenure', () => {
    for (const connector of [{ exec: ['source-x', '--quiet'] }, { builtin: 'files' }]) {
      expect(runnableConnector('x', configuredConnector.parse(connector), places())).toEqual(connector);
    }
  });

  it('refuses a connector that Tenure does not know', () => {
    expect(configuredConnector.safeParse({ airbyte: 'strype' }).success).toBe(false);
    expect(configuredConnector.safeParse({ airbyte: 'stripe', exec: ['x'] }).success).toBe(false);
  });

  describe('given as an image', () => {
    const image = configuredConnector.parse({
      image: 'airbyte/source-stripe:5.14.1',
      config: { mood: 'good' },
      env: { REGION: 'eu' },
    });

    it('asks for an engine when there is none', () => {
      expect(() => runnableConnector('billing', image, places(folder))).toThrow(/docker or podman/);
    });

    it('reads the configuration that the engine mounts, and answers through it', async () => {
      // Stands in for docker: runs a program in the image's place, if what that program is given is mounted.
      const connector = join(folder, 'connector.mjs');
      writeFileSync(
        connector,
        `import { readFileSync } from 'node:fs';
        const [verb, flag, file] = process.argv.slice(3);
        const [mounted] = process.env.MOUNTED.split(':');
        const { mood } = JSON.parse(readFileSync(file, 'utf8'));
        const isWell = verb === 'check' && flag === '--config' && file.startsWith(mounted + '/') && mood === 'good'
          && process.argv[2] === 'airbyte/source-stripe:5.14.1' && process.env.REGION === 'eu';
        console.log(JSON.stringify({ type: 'CONNECTION_STATUS', connectionStatus: { status: isWell ? 'SUCCEEDED' : 'FAILED', message: process.argv.join(' ') } }));`,
      );
      const engine = join(folder, 'docker');
      writeFileSync(
        engine,
        `#!/bin/sh
        while [ "$1" != "airbyte/source-stripe:5.14.1" ]; do
          [ "$1" = "--volume" ] && export MOUNTED="$2"
          shift
        done
        exec ${process.execPath} ${connector} "$@"\n`,
      );
      chmodSync(engine, 0o755);
      const runnable = runnableConnector('billing', image, places(folder));
      const { workDir } = places();
      const source = { name: 'billing', kind: 'stripe', connector: runnable };
      const options = { workDir, now: () => '2026-01-01T00:00:00Z', timeZone: 'UTC' };
      expect(await checkSource(source, options)).toEqual({ ok: true });
      if (!('exec' in runnable)) throw new Error('expected a program');
      expect(runnable.exec.slice(runnable.exec.indexOf('--env'))).toEqual([
        ...['--env', 'REGION'],
        'airbyte/source-stripe:5.14.1',
      ]);
    });
  });
});
