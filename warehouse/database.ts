import type { Warehouse } from './warehouse.ts';

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Whether records are to land and little else: then it takes no more memory than that needs. */
  readonly isLanding?: boolean;
  /** Where rows lie on their way into it; a process that is killed leaves them there. */
  readonly scratch?: string | undefined;
  /** What each job of a warehouse that bills for what is read bears. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Told the bytes of a statement that would read 1 GiB or more, before it runs, where reads are billed. */
  readonly onLargeRead?: ((bytes: number) => void) | undefined;
}

/** What was looked at, and what was found or is to be done. */
export interface WarehouseCheck {
  readonly check: string;
  readonly is_ok: boolean;
  readonly finding: string;
}

export const ok = (check: string, finding: string): WarehouseCheck => ({ check, is_ok: true, finding });
export const bad = (check: string, finding: string): WarehouseCheck => ({ check, is_ok: false, finding });

/**
 * A warehouse that a configuration names, not yet open: all that differs from one kind to another outside of
 * `Warehouse`. A new kind brings a folder with one of these, and nothing else asks for its name.
 */
export interface Database {
  open(options: OpenOptions): Promise<Warehouse>;
  /** Where it is, in words that stay the same. */
  readonly place: string;
  /** The file that it is, absolute, when it is one. */
  readonly file: string | undefined;
  /** Whether reading costs money. */
  readonly billsReads: boolean;
  /** The days of history that one statement may change, and why; undefined without a limit. */
  readonly mostHistoryDays: { readonly days: number; readonly because: string } | undefined;
  /** How many models of a day dbt builds at a time, where that is another number than its profile has. */
  readonly modelsOfADayAtOnce: number | undefined;
  /** What dbt's profile is told of it. */
  readonly dbtEnvironment: Readonly<Record<string, string>>;
  /**
   * Takes away what was changed or deleted and still lies somewhere in the warehouse, which nobody may have open; says in
   * words what of it stays, and for how long, where it cannot.
   */
  purge(): Promise<string | undefined>;
  /** Looks at what a run needs of it and of the schemas that somebody else fills. Changes nothing and never throws. */
  check(readSchemas: readonly string[]): Promise<WarehouseCheck[]>;
}
