import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CONNECTOR_NAMES, type ConnectorName, type SourceSpec } from '../../ingest/index.ts';
import type { ConfiguredConnector } from '../config/connector.ts';
import { TenureError } from '../errors.ts';
import { placeOf } from './installed.ts';

type RunnableConnector = SourceSpec['connector'];

export interface Places {
  /** Where `tenure connectors install` puts programs. */
  readonly connectors: string;
  /** The private folder of syncs. */
  readonly workDir: string;
  /** The PATH on which a container engine is looked for. */
  readonly path: string;
}

/**
 * Turns `airbyte:` and `image:` into the program that is run; the other forms stay as they are. Throws
 * `CONNECTOR_NOT_INSTALLED` or `CONTAINER_ENGINE_MISSING`, before anything is started.
 *
 * `{ airbyte: 'stripe', config }` → `{ exec: ['…/connectors/stripe/bin/source-stripe'], config }`
 */
export function runnableConnector(
  source: string,
  connector: ConfiguredConnector,
  places: Places,
): RunnableConnector {
  if ('airbyte' in connector) {
    const { airbyte, ...rest } = connector;
    return { ...rest, exec: [installedProgram(source, airbyte, places.connectors)] };
  }
  if ('image' in connector) {
    const { image, ...rest } = connector;
    return { ...rest, exec: containerCommand(source, image, Object.keys(rest.env ?? {}), places) };
  }
  return connector;
}

function installedProgram(source: string, name: ConnectorName, folder: string): string {
  const { program: path, stamp } = placeOf(folder, name);
  if (existsSync(path) && existsSync(stamp)) return path;
  const isCutShort = existsSync(placeOf(folder, name).environment);
  throw new TenureError(
    'CONNECTOR_NOT_INSTALLED',
    `Source ${source} expects the connector ${name} in ${folder}, ` +
      `${isCutShort ? 'where its installation was cut short' : 'where it is not'}. ` +
      `Run: tenure connectors install ${name}`,
    { exitCode: 2 },
  );
}

/**
 * The connector reads configuration, catalog and state from files in the source's scratch folder, which the container
 * sees, read only, under the same path. It runs as the user who owns them, and gets the variables that the source names.
 */
function containerCommand(
  source: string,
  image: string,
  variables: readonly string[],
  { workDir, path }: Places,
): [string, ...string[]] {
  const engine = ['docker', 'podman'].flatMap((name) => found(name, path)).at(0);
  if (engine === undefined) {
    throw new TenureError(
      'CONTAINER_ENGINE_MISSING',
      `Source ${source} is run from the image ${image}, which needs docker or podman on the PATH; neither is there. ` +
        `Install one, or use an installed connector instead: connector: { airbyte: <one of ${CONNECTOR_NAMES.join(', ')}> }.`,
      { exitCode: 2 },
    );
  }
  const scratch = join(workDir, 'sync', source);
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  return [
    engine,
    ...['run', '--rm', '--interactive', '--init', '--user', user],
    ...(engine.endsWith('podman') ? ['--userns=keep-id'] : []),
    ...['--volume', `${scratch}:${scratch}:ro`],
    ...variables.flatMap((name) => ['--env', name]),
    image,
  ];
}

function found(name: string, path: string): string[] {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .filter((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
