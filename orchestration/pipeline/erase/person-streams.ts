import { rawTableName } from '../../../ingest/index.ts';
import type { Config } from '../../config/schema.ts';

/** A stream whose records are persons of our customers, and what of a record says nothing of the person. */
interface PersonStream {
  readonly stream: string;
  /** Its key: the id by which the models know the person. */
  readonly key: string;
  readonly emails: readonly string[];
  /** Columns that make the name, in order. */
  readonly names: readonly string[];
  /** The account, and what else is kept beside the key: which company, which role, when. All other columns are emptied. */
  readonly account: string;
  readonly kept: readonly string[];
}

const PERSON_STREAMS: Readonly<Record<string, readonly PersonStream[]>> = {
  files: [
    {
      stream: 'contacts',
      key: 'contact_id',
      emails: ['email'],
      names: ['name'],
      account: 'account_id',
      kept: ['role', 'is_exec_sponsor', 'is_champion', 'has_consent', 'left_at', 'updated_at', 'known_at'],
    },
  ],
  salesforce: [
    {
      stream: 'Contact',
      key: 'Id',
      emails: ['Email'],
      names: ['Name'],
      account: 'AccountId',
      kept: ['IsDeleted', 'SystemModstamp', 'CreatedDate', 'LastModifiedDate'],
    },
  ],
  hubspot: [
    {
      stream: 'contacts',
      key: 'id',
      emails: ['properties_email'],
      names: ['properties_firstname', 'properties_lastname'],
      account: 'properties_associatedcompanyid',
      kept: [
        ...['createdAt', 'updatedAt', 'archived', 'companies'],
        ...['properties_hs_buying_role', 'properties_hs_merged_object_ids'],
      ],
    },
  ],
  zendesk: [
    {
      stream: 'users',
      key: 'id',
      emails: ['email'],
      names: ['name'],
      account: 'organization_id',
      kept: ['role', 'active', 'created_at', 'updated_at'],
    },
  ],
  intercom: [
    {
      stream: 'contacts',
      key: 'id',
      emails: ['email'],
      names: ['name'],
      account: 'companies',
      kept: ['created_at', 'updated_at'],
    },
  ],
  freshdesk: [
    {
      stream: 'contacts',
      key: 'id',
      emails: ['email'],
      names: ['name'],
      account: 'company_id',
      kept: ['created_at', 'updated_at'],
    },
  ],
};

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
      : (PERSON_STREAMS[kind] ?? []).map(({ stream, kept, ...rest }) => ({
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
