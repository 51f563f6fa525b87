import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consoleReporter } from '../runtime/reporter.ts';
import { connectorNames, installConnectors, listConnectors, type Runner } from './install.ts';
import { placeOf } from './installed.ts';

describe('tenure connectors install', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-connectors-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** An installer that writes down what it was asked and makes the program, as pip does, unless it is to fail. */
  const installer = (fails: (args: readonly string[]) => boolean = () => false) => {
    const calls: string[] = [];
    const run: Runner = async (command, args) => {
      calls.push([command.split('/').at(-1), ...args].join(' ').replaceAll(folder, ''));
      if (fails(args)) return { code: 1, output: 'no such version' };
      const { program } = placeOf(folder, 'stripe');
      if (args.some((each) => each.startsWith('airbyte-source-'))) {
        mkdirSync(dirname(program), { recursive: true });
        writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
      }
      return { code: 0, output: '' };
    };
    return { calls, run };
  };
  const install = (run: Runner) => installConnectors(folder, ['stripe'], consoleReporter(), run);
  const installed = async () =>
    (await listConnectors(folder)).flatMap((each) => each.installed_version ?? []);

  it('installs the pinned version into a folder of its own', async () => {
    const { calls, run } = installer();
    await install(run);
    expect(calls.at(-1)).toMatch(/install .*airbyte-source-stripe==5\.14\.1$/);
    expect(await installed()).toEqual(['5.14.1']);
  });

  it('leaves alone what is there', async () => {
    await install(installer().run);
    const { calls, run } = installer();
    await install(run);
    expect(calls).toEqual([]);
  });

  it('makes anew what was cut short', async () => {
    await install(installer().run);
    const { environment, stamp } = placeOf(folder, 'stripe');
    rmSync(stamp);
    const leftover = join(environment, 'half-a-package');
    writeFileSync(leftover, '');
    expect(await installed()).toEqual([]);
    await install(installer().run);
    expect(existsSync(leftover)).toBe(false);
    expect(await installed()).toEqual(['5.14.1']);
  });

  it('replaces another version', async () => {
    await install(installer().run);
    const { stamp } = placeOf(folder, 'stripe');
    writeFileSync(stamp, 'airbyte-source-stripe==5.0.0\n');
    await install(installer().run);
    expect(readFileSync(stamp, 'utf8')).toBe('airbyte-source-stripe==5.14.1\n');
  });

  it('takes pip where uv fails', async () => {
    const { calls, run } = installer((args) => args[0] === 'venv');
    await install(run);
    expect(calls.at(-1)).toMatch(/^python -m pip install .*airbyte-source-stripe==5\.14\.1$/);
    expect(await installed()).toEqual(['5.14.1']);
  });

  it('leaves nothing and says why when neither can', async () => {
    const { run } = installer((args) => args.some((each) => each.startsWith('airbyte-source-')));
    await expect(install(run)).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_INSTALLABLE',
      message: expect.stringMatching(/no such version[\s\S]*tenure connectors install stripe/),
    });
    expect(existsSync(placeOf(folder, 'stripe').environment)).toBe(false);
  });

  it('refuses a name it does not know before anything starts', () => {
    expect(() => connectorNames(['stripe', 'strype'])).toThrow(/hubspot.*got strype/);
    expect(() => connectorNames([])).toThrow(/got none/);
    expect(connectorNames(['stripe', 'stripe'])).toEqual(['stripe']);
  });
});
