import { z } from 'zod';
import { CONNECTOR_NAMES, sourceSpec } from '../../ingest/index.ts';

const [program, builtin] = sourceSpec.shape.connector.options;
const { exec: _, ...sameAsProgram } = program.shape;

/** A connector that `tenure connectors install` put beside the configuration. */
const airbyteConnector = z.strictObject({ airbyte: z.enum(CONNECTOR_NAMES), ...sameAsProgram });

/** A connector's container image, run by docker or podman. */
const imageConnector = z.strictObject({ image: z.string().min(1), ...sameAsProgram });

/** What `connector` of a source in `tenure.yaml` may say. */
export const configuredConnector = z.union([program, builtin, airbyteConnector, imageConnector]);
export type ConfiguredConnector = z.infer<typeof configuredConnector>;
