import { type RawBuilder, sql } from 'kysely';
import { AIRBYTE_COLUMNS, type Column, type Warehouse } from '../../../warehouse/index.ts';
import { contentHash } from './content-hash.ts';
import type { FileRow, FileTable } from './tables.ts';

/** The line a row comes from; of overrides set at one instant the later line counts. */
const LINE: Column = { name: '_line_number', type: 'integer' };
const RAW_ID: Column = { name: '_airbyte_raw_id', type: 'string' };
const NO_CHANGES = '{"changes":[]}';
const UNIT_SEPARATOR = '\u001f';

export interface Comparison {
  /** Rows that were there before. */
  readonly heldCount: number;
  /** Rows that were not there before. */
  readonly landed: number;
  readonly rowCount: number;
  /** The table says the same already. */
  readonly isSame: boolean;
  /** Columns that had several values and now have none, though there are rows, with how many they had. */
  readonly emptied: readonly { readonly column: string; readonly before: number }[];
}

/** A raw table that a file becomes as a whole. Call its methods in their order, `replace` inside a transaction. */
export class RawFileTable {
  readonly #warehouse: Warehouse;
  readonly #table: FileTable;
  readonly #target: string;
  readonly #incoming: string;

  constructor(warehouse: Warehouse, table: FileTable, target: string) {
    this.#warehouse = warehouse;
    this.#table = table;
    this.#target = target;
    this.#incoming = `${target}__incoming`;
  }

  /** Takes the rows, with their lines, and holds them beside the table. */
  async take(rows: Iterable<{ readonly line: number; readonly row: FileRow }>): Promise<void> {
    const columns = [...this.#table.columns, LINE, RAW_ID];
    await this.#warehouse.replaceTable('raw', this.#incoming, columns, identified(this.#table, rows));
  }

  /**
   * Lines that a later one of the same key and version makes void, in no order, and whether they say the same as it;
   * they are dropped.
   */
  async dropDuplicates(): Promise<Map<number, boolean>> {
    const { isKeyUnique, key: names, versionedBy } = this.#table;
    if (!isKeyUnique) return new Map();
    const key = [...names, ...(versionedBy === undefined ? [] : [versionedBy])].map((name) => sql.ref(name));
    const id = sql.ref(RAW_ID.name);
    const content = sql`substr(${id}, strpos(${id}, '-') + 1)`;
    const latest = sql`over (partition by ${sql.join(key)} order by ${sql.ref(LINE.name)} desc)`;
    const placed = sql`(
        select
          ${sql.ref(LINE.name)} as line,
          row_number() ${latest} as place,
          ${content} = first_value(${content}) ${latest} as is_repeat
        from ${rawTable(this.#incoming)}
      ) as placed
      where place > 1`;
    const { rows } = await sql<{ line: number; is_repeat: boolean }>`
      select line, is_repeat from ${placed}`.execute(this.#warehouse.db);
    if (rows.length > 0) {
      await sql`delete from ${rawTable(this.#incoming)} where ${sql.ref(LINE.name)} in (select line from ${placed})`.execute(
        this.#warehouse.db,
      );
    }
    return new Map(rows.map(({ line, is_repeat }) => [line, is_repeat]));
  }

  /** What was taken, held against the table as it is. */
  async compare(): Promise<Comparison> {
    const columns = [...this.#table.columns, LINE, ...AIRBYTE_COLUMNS];
    const present = await this.#warehouse.tableColumns('raw', this.#target);
    const isComparable = present !== undefined && shapeOf(present) === shapeOf(columns);
    const rowCount = await this.#count(sql`${rawTable(this.#incoming)}`);
    const landed = isComparable ? await this.#count(this.#unheld()) : rowCount;
    const heldCount = present === undefined ? 0 : await this.#count(sql`${rawTable(this.#target)}`);
    const isSame = isComparable && landed === 0 && rowCount === heldCount;
    const emptied = isSame || rowCount === 0 || present === undefined ? [] : await this.#emptied(present);
    return { heldCount, landed, rowCount, isSame, emptied };
  }

  async #emptied(present: readonly Column[]): Promise<{ column: string; before: number }[]> {
    const names = this.#table.columns
      .map(({ name }) => name)
      .filter((name) => present.some((column) => column.name === name));
    const [before, now] = [
      await this.#filled(this.#target, names),
      await this.#filled(this.#incoming, names),
    ];
    return names
      .map((column, index) => ({ column, before: before[index] ?? 0, now: now[index] ?? 0 }))
      .filter((each) => each.before > 1 && each.now === 0);
  }

  /** Of each column the number of rows that have a value. */
  async #filled(table: string, names: readonly string[]): Promise<number[]> {
    const counts = names.map((name, index) => sql`count(${sql.ref(name)}) as ${sql.ref(`n${index}`)}`);
    const { rows } = await sql<Record<string, number>>`
      select ${sql.join(counts)} from ${rawTable(table)}`.execute(this.#warehouse.db);
    return names.map((_, index) => Number(rows[0]?.[`n${index}`]));
  }

  /** Puts what was taken in the place of the table. */
  async replace(extractedAt: string, generationId: number): Promise<void> {
    await this.#warehouse.moveTable('raw', this.#incoming, this.#target, [
      { name: '_airbyte_extracted_at', type: 'timestamp', value: extractedAt.replace(/Z$/, '') },
      { name: '_airbyte_meta', type: 'json', value: NO_CHANGES },
      { name: '_airbyte_generation_id', type: 'integer', value: generationId },
    ]);
  }

  /** Forgets what was taken and not put in place. */
  async discard(): Promise<void> {
    await this.#warehouse.dropTable('raw', this.#incoming);
  }

  #unheld(): RawBuilder<unknown> {
    const id = sql.ref(RAW_ID.name);
    return sql`${rawTable(this.#incoming)} as sent where not exists (
      select 1 from ${rawTable(this.#target)} as held where held.${id} = sent.${id})`;
  }

  async #count(relation: RawBuilder<unknown>): Promise<number> {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${relation}`.execute(
      this.#warehouse.db,
    );
    return Number(rows[0]?.n);
  }
}

const rawTable = (name: string) => sql.table(`raw.${name}`);

const shapeOf = (columns: readonly Column[]) =>
  columns.map(({ name, type }) => `${name.toLowerCase()} ${type}`).join();

/** Adds each row's line and its id, which is the same for the same values on the same line. */
function* identified(
  table: FileTable,
  rows: Iterable<{ readonly line: number; readonly row: FileRow }>,
): Generator<FileRow> {
  const names = table.columns.map(({ name }) => name);
  for (const { line, row } of rows) {
    let values = '';
    for (const name of names) values += `${row[name] ?? ''}${UNIT_SEPARATOR}`;
    row[LINE.name] = line;
    row[RAW_ID.name] = `${line}-${contentHash(values)}`;
    yield row;
  }
}

/** The values that a column of a landed table of this source has. */
export async function valuesOf(warehouse: Warehouse, table: string, column: string): Promise<string[]> {
  const { rows } = await sql<{ value: string }>`
    select distinct ${sql.ref(column)} as value from ${rawTable(table)}`.execute(warehouse.db);
  return rows.map((row) => row.value);
}
