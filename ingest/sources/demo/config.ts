import { addMonths, dayOf, isoDate } from './calendar.ts';

export const SYSTEMS = ['salesforce', 'zendesk', 'stripe', 'segment'] as const;
export type System = (typeof SYSTEMS)[number];

export interface DemoConfig {
  readonly system: System;
  readonly seed: number;
  /** Customers on the first day; those who leave are replaced at about the same rate. */
  readonly accounts: number;
  readonly csms: number;
  readonly startDay: number;
  /** The last day of which anything is told. */
  readonly endDay: number;
  /** The CRM's folder, into which a write-back writes its tasks (`tasks.ndjson`); the CRM has no tasks without it. */
  readonly path: string | undefined;
}

/** JSON Schema of the configuration. */
export const CONFIG_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Demo company',
  type: 'object',
  required: ['system', 'start_date'],
  additionalProperties: true,
  properties: {
    system: {
      type: 'string',
      enum: SYSTEMS,
      description: 'The system of the company whose records are read.',
    },
    seed: { type: 'integer', default: 1, description: 'Another seed is another company.' },
    accounts: {
      type: 'integer',
      minimum: 1,
      maximum: 20_000,
      default: 300,
      description: 'Customers on the first day; those who leave are replaced at about the same rate.',
    },
    csms: {
      type: 'integer',
      minimum: 1,
      maximum: 200,
      default: 6,
      description: 'Customer success managers.',
    },
    start_date: {
      type: 'string',
      format: 'date',
      description: 'The first day of the history that is scored.',
    },
    end_date: {
      type: 'string',
      format: 'date',
      description: 'The last day of which anything is told. A later day adds to the same history.',
    },
    months: {
      type: 'integer',
      minimum: 1,
      default: 30,
      description: 'Length of the history without end_date.',
    },
    path: {
      type: 'string',
      description:
        'Folder of the CRM, in which tasks.ndjson says which tasks were written to it; their owners do, postpone or ignore them.',
    },
  },
} as const;

/** What is wrong with a configuration; the message says which key and what was expected. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
}

/** Reads the configuration, defaults filled in. Throws `ConfigError`. */
export function parseConfig(value: unknown): DemoConfig {
  if (typeof value !== 'object' || value === null)
    throw new ConfigError('The configuration is no JSON object.');
  const given = value as Readonly<Record<string, unknown>>;
  const { properties } = CONFIG_SCHEMA;
  const count = (key: 'seed' | 'accounts' | 'csms' | 'months'): number => {
    const found = given[key] ?? properties[key].default;
    const { minimum, maximum } = { minimum: 0, maximum: 2 ** 31, ...properties[key] };
    if (Number.isInteger(found) && (found as number) >= minimum && (found as number) <= maximum)
      return found as number;
    throw new ConfigError(
      `${key}: expected a whole number from ${minimum} to ${maximum}, got ${JSON.stringify(found)}.`,
    );
  };
  const day = (key: 'start_date' | 'end_date'): number => {
    const found = given[key];
    const parsed = typeof found === 'string' && /^\d{4}-\d\d-\d\d$/.test(found) ? dayOf(found) : Number.NaN;
    if (Number.isNaN(parsed) || isoDate(parsed) !== found)
      throw new ConfigError(`${key}: expected a day as YYYY-MM-DD, got ${JSON.stringify(found)}.`);
    return parsed;
  };
  const system = SYSTEMS.find((name) => name === given.system);
  if (system === undefined)
    throw new ConfigError(
      `system: expected one of ${SYSTEMS.join(', ')}, got ${JSON.stringify(given.system)}.`,
    );
  const startDay = day('start_date');
  const endDay = given.end_date === undefined ? addMonths(startDay, count('months')) : day('end_date');
  if (endDay < startDay) throw new ConfigError('end_date: expected no day before start_date.');
  const { path } = given;
  if (path !== undefined && typeof path !== 'string')
    throw new ConfigError(`path: expected a folder, got ${JSON.stringify(path)}.`);
  return {
    ...{ system, seed: count('seed'), accounts: count('accounts'), csms: count('csms') },
    ...{ startDay, endDay, path },
  };
}
