import { type PersonStream, rawTableName, vendorOf } from '../../../ingest/index.ts';
import type { Config } from '../../config/schema.ts';

/** Canonical columns of contacts that a source may map to fields of its own, and that say nothing of who it is. */
const KEPT_WHEN_MAPPED = ['role', 'is_exec_sponsor', 'is_champion', 'has_consent', 'left_at'];
const DEFAULT_FIELDS: Readonly<Record<string, string>> = {
  is_exec_sponsor: 'Is_Exec_Sponsor__c',
  is_champion: 'Is_Champion__c',
  has_consent: 'Has_Consent__c',
  left_at: 'Left_At__c',
};

/** A table of `raw` with persons. */
export interface PersonTable extends Omit<PersonStream, 'stream'> {
  readonly source: string;
  readonly table: string;
}

/** The tables with persons that Tenure lands, by the sources of a configuration; those of others' schemas are not ours. */
export const personTables = ({ sources }: Pick<Config, 'sources'>): PersonTable[] =>
  sources.flatMap(({ name, kind, connector, fields }) =>
    connector === undefined
      ? []
      : (vendorOf(kind)?.persons ?? []).map(({ stream, kept, ...rest }) => ({
          ...rest,
          kept: [
            ...kept,
            ...KEPT_WHEN_MAPPED.flatMap((column) => {
              const own = fields?.[column];
              if (kind === 'hubspot') return [`properties_${own ?? column}`];
              return own === undefined ? [DEFAULT_FIELDS[column] ?? column] : [own];
            }),
          ],
          source: name,
          table: rawTableName(name, stream),
        })),
  );
