import type { ValueMapping } from '../../../vocabularies.ts';
import type { Formats } from '../formats.ts';
import type { TableMapping } from '../mapping.ts';
import type { FileTable } from '../tables.ts';
import type { FileProfile } from './profile.ts';

/** How a row names its customer: by an id, or by a name of which an id is made. */
export type CustomerKey = 'id' | 'name';

/** What a person, or a flag, says that the files do not. */
export interface Answers {
  readonly dates?: Formats['dates'];
  readonly decimals?: Formats['decimals'];
  /** How many months a contract runs that says only when it ends, or begins. */
  readonly termMonths?: number;
  /** How the accounts that are there already are named. */
  readonly customerKey?: CustomerKey;
  /** Whether contracts come from elsewhere. */
  readonly hasContracts?: boolean;
  /** The tenant's currency, when it is given. */
  readonly currency?: string;
  /** Headers of canonical columns, by `table.column`; they go before what is found. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** What the files leave open. */
export interface Question {
  readonly flag: 'dates' | 'decimals' | 'term-months' | 'column';
  /** With examples, so that it can be answered without opening the file. */
  readonly ask: string;
  readonly choices?: readonly string[];
  /** What is safe to take without an answer; none where a guess would be dangerous. */
  readonly fallback?: string;
}

export interface TableProposal {
  readonly table: FileTable;
  readonly mapping: TableMapping;
  /** Columns that were found by less than their name, or made. */
  readonly doubts: readonly string[];
}

export interface FileProposal {
  readonly profile: FileProfile;
  readonly tables: readonly TableProposal[];
  readonly leftOut: readonly string[];
  /** What was taken although it is not certain. */
  readonly doubts: readonly string[];
}

export interface Proposal {
  readonly files: readonly FileProposal[];
  readonly questions: readonly Question[];
  /** What words of the files mean, by vocabulary. */
  readonly values: ValueMapping;
  /** The currency that most of the money is in, as far as the files say. */
  readonly currency: string | undefined;
}
