import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONNECTORS, type ConnectorName } from '../../ingest/index.ts';

/** Where a connector lives below the folder of connectors: a private Python environment each. */
export const placeOf = (folder: string, name: ConnectorName) => {
  const environment = join(folder, name);
  return {
    environment,
    python: join(environment, 'bin', 'python'),
    program: join(environment, 'bin', CONNECTORS[name].program),
    /** Holds `package==version`; written last, so that an installation that was cut short does not count. */
    stamp: join(environment, '.tenure-installed'),
  };
};

export const pinOf = (name: ConnectorName) => `${CONNECTORS[name].package}==${CONNECTORS[name].version}`;

/** The version installed in the folder, or nothing when it is not there as a whole. */
export async function installedVersion(folder: string, name: ConnectorName): Promise<string | undefined> {
  const { program, stamp } = placeOf(folder, name);
  try {
    await access(program, constants.X_OK);
    return (await readFile(stamp, 'utf8')).trim().split('==')[1];
  } catch {
    return undefined;
  }
}
