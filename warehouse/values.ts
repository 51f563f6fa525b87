import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { valueOutOfRange } from './errors.ts';

/** The types a column can have on every warehouse. `number` is a double; `timestamp` is a UTC instant. */
export type LogicalType =
  | 'string'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'json';

export interface Column {
  readonly name: string;
  readonly type: LogicalType;
}

/** A calendar day, `2025-03-31`. */
export type IsoDate = string;
/** An instant in UTC, `2025-03-31T08:15:00.000Z`. */
export type IsoInstant = string;

/** The instant of so many microseconds since 1970. */
export const isoInstant = (micros: bigint): IsoInstant => {
  const millis = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n);
  const rest = micros - millis * 1000n;
  const text = new Date(Number(millis)).toISOString();
  return rest === 0n ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
};

const isoDate = (days: number): IsoDate => new Date(days * 86_400_000).toISOString().slice(0, 10);

/**
 * A value as DuckDB gives it, as TypeScript uses it: days and instants are ISO text, 64-bit integers and
 * decimals are numbers. Throws `VALUE_OUT_OF_RANGE` for an integer beyond ±2^53 rather than round it.
 *
 * @example fromDuckDB('n', 42n) // 42
 */
export function fromDuckDB(column: string, value: DuckDBValue): unknown {
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  if (typeof value === 'bigint') {
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
      throw valueOutOfRange(column, value);
    }
    return Number(value);
  }
  if (value instanceof DuckDBDateValue) return isoDate(value.days);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return isoInstant(value.micros);
  }
  if (value instanceof DuckDBTimestampSecondsValue) return isoInstant(value.seconds * 1_000_000n);
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoInstant(value.millis * 1000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return isoInstant(value.nanos / 1000n);
  if (value instanceof DuckDBDecimalValue) {
    const digits = (value.value < 0n ? -value.value : value.value).toString().replace(/0+$/, '');
    if (digits.length > 15) throw valueOutOfRange(column, value);
    return value.toDouble();
  }
  if (value instanceof DuckDBListValue) return value.items.map((item) => fromDuckDB(column, item));
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, item]) => [name, fromDuckDB(`${column}.${name}`, item)]),
    );
  }
  return value.toString();
}

/** The text that an NDJSON load reads back as the same value. Instants lose their `Z`: columns hold UTC. */
export function toLoadText(type: LogicalType, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString().replace('Z', '');
  if (type === 'timestamp') return String(value).replace(/Z$/, '');
  if (type === 'number' && typeof value === 'number' && !Number.isFinite(value)) return null;
  if (type === 'json') return typeof value === 'string' ? value : JSON.stringify(value);
  if (type === 'string') return String(value).replaceAll('\0', '\ufffd'); // BigQuery refuses NUL
  if (type === 'decimal' || type === 'date') return String(value);
  return value;
}
