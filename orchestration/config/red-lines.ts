import { vendorOf } from '../../ingest/index.ts';
import { durationMs } from './duration.ts';
import type { SourceConfig } from './schema.ts';

const everyHours = ({ every }: SourceConfig) =>
  every === undefined ? undefined : durationMs(every) / 3_600_000;

/** After how many hours a source is stale: as it says; a day, or a day after one that is read less often than daily. */
export const redLineHours = (source: SourceConfig): number => {
  const every = everyHours(source) ?? 24;
  return source.red_line_hours ?? (every > 24 ? every + 24 : 24);
};

/** After how many hours a person is warned: as it says; for a CRM an hour, or its interval. */
export const warnHours = (source: SourceConfig): number | undefined =>
  source.warn_hours ??
  (vendorOf(source.kind)?.system === 'crm' ? Math.max(1, everyHours(source) ?? 1) : undefined);
