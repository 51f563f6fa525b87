import type { Vocabulary } from '../vocabularies.ts';

/** An Airbyte connector that Tenure has tried: whoever uses it installs it; it is no part of Tenure, most are under ELv2. */
export interface VendorConnector {
  /** What `connector.airbyte` and `tenure connectors install` call it. */
  readonly name: string;
  /** The version that is installed. */
  readonly version: string;
  /** The Python versions that its package accepts. */
  readonly python: string;
}

/** A variable that the user sets: its name and where it is found. */
export interface Variable {
  readonly name: string;
  readonly hint: string;
}

/** What `tenure init` writes of a vendor. */
export interface VendorSetup {
  /** The name of the source. */
  readonly source: string;
  /** The connector's own configuration, as its specification requires; secrets as `${NAME}`. */
  readonly config: (startDate: string) => Record<string, unknown>;
  /** The streams that the models read: a sync without them reads all that the vendor has. */
  readonly streams: readonly string[];
  readonly variables: readonly Variable[];
}

/** A stream whose records are persons of our customers, and what of a record says nothing of the person. */
export interface PersonStream {
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

/**
 * All that TypeScript knows of a vendor. Its staging models know the rest; the configuration, `init`, `doctor`, the
 * connectors and dbt's variables read it from here.
 */
export interface Vendor {
  /** The `kind` of a source in `tenure.yaml`, and the folder of its staging models. */
  readonly kind: string;
  /** The question of the intake that it answers. */
  readonly system?: 'crm' | 'analytics' | 'ticketing' | 'billing';
  readonly connector?: VendorConnector;
  readonly setup?: VendorSetup;
  /** The schema that it fills itself in the warehouse, for one that needs no connector, and what its source is called. */
  readonly filled?: { readonly source: string; readonly schema: string };
  /** The fields that `fields` of a source may map to a column of its own. */
  readonly fields: readonly string[];
  /** The closed vocabularies whose words are the company's own, and may be mapped by `values`. */
  readonly values: readonly Vocabulary[];
  /** Whether it brings accounts and contracts. */
  readonly hasAccounts?: boolean;
  /** The object that holds its contracts, where a company may keep them in another (`contracts_from`). */
  readonly contractsFrom?: string;
  /** Whether its customers are matched to accounts, by id or by web domain. */
  readonly isMatched?: boolean;
  /** Whether its subscriptions may be contracts. */
  readonly hasSubscriptions?: boolean;
  /** The streams whose records are persons, whom `tenure erase` takes out of them. */
  readonly persons?: readonly PersonStream[];
  /** Columns that tell records apart which are of one key and one instant; the models know which of them is the later. */
  readonly statesOfAnInstant?: readonly string[];
  /** What it cannot say by itself, or what the reader of `tenure.yaml` should know of it: a comment there, a line an item. */
  readonly comments?: readonly string[];
}

/** How `tenure.yaml` refers to a variable. */
export const fromEnvironment = (name: string) => `\${${name}}`;

/** Python versions of most connectors. */
export const PYTHON = '>=3.10,<3.12';
