import type { Config, DestinationConfig } from '../config/schema.ts';
import type { Destination } from './destination.ts';
import { noSource } from './errors.ts';
import { hubspotDestination } from './hubspot/index.ts';
import { salesforceDestination } from './salesforce/index.ts';

/**
 * The source whose account ids are the ids of the destination's own accounts: the one that `source` of the destination
 * names, else the only one of the destination's kind, else the one of that kind with the destination's name. Throws
 * `DESTINATION_SOURCE` when none is.
 */
export function sourceOfDestination(
  { file, sources }: Pick<Config, 'file' | 'sources'>,
  destination: DestinationConfig,
): Config['sources'][number] {
  const ofKind = sources.filter((each) => each.kind === destination.kind);
  const found =
    destination.source === undefined
      ? ofKind.length === 1
        ? ofKind[0]
        : ofKind.find((each) => each.name === destination.name)
      : sources.find((each) => each.name === destination.source);
  if (found === undefined)
    throw noSource(
      file,
      destination,
      sources.map(({ name }) => name),
    );
  return found;
}

/** The destination of a configuration. Nothing is connected before it is asked to send or to look. */
export function openDestination(
  config: Pick<Config, 'file' | 'sources'>,
  destination: DestinationConfig,
): Destination {
  const { fields } = sourceOfDestination(config, destination);
  switch (destination.kind) {
    case 'salesforce':
      return salesforceDestination(destination, fields);
    case 'hubspot':
      return hubspotDestination(destination, fields);
  }
}
