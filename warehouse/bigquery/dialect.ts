import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type QueryCompiler,
  type QueryResult,
  type SchemableIdentifierNode,
} from 'kysely';
import { driverOver } from '../kysely-driver.ts';
import type { Row } from '../warehouse.ts';
import { datasetName, literal, quote } from './sql.ts';

/** A statement whose parameters stand in it as `@p1`, `@p2`, … */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Backticks as MySQL has them; parameters by name, strings escaped by backslash, datasets with the prefix. */
class BigQueryCompiler extends MysqlQueryCompiler {
  readonly #prefix: string;

  constructor(prefix: string) {
    super();
    this.#prefix = prefix;
  }

  protected override getCurrentParameterPlaceholder(): string {
    return `@p${this.numParameters}`;
  }

  /** A null has no type that a parameter could carry. */
  protected override appendValue(value: unknown): void {
    if (value === null) this.append('null');
    else super.appendValue(value);
  }

  protected override appendStringLiteral(value: string): void {
    this.append(literal(value));
  }

  protected override sanitizeIdentifier(identifier: string): string {
    return quote(identifier).slice(1, -1);
  }

  protected override visitSchemableIdentifier(node: SchemableIdentifierNode): void {
    if (node.schema) this.append(`${quote(datasetName(this.#prefix, node.schema.name))}.`);
    this.visitNode(node.identifier);
  }
}

/** A Kysely dialect over whatever runs a statement. */
export class BigQueryDialect implements Dialect {
  readonly #prefix: string;
  readonly #run: (statement: Statement) => AsyncIterable<readonly Row[]>;

  /** `run` gives the rows of a statement in pages. */
  constructor(prefix: string, run: (statement: Statement) => AsyncIterable<readonly Row[]>) {
    this.#prefix = prefix;
    this.#run = run;
  }

  createAdapter(): DialectAdapter {
    return new MysqlAdapter();
  }

  createQueryCompiler(): QueryCompiler {
    return new BigQueryCompiler(this.#prefix);
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new MysqlIntrospector(db);
  }

  createDriver(): Driver {
    const run = this.#run;
    const connection: DatabaseConnection = {
      async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
        const all: Row[] = [];
        for await (const rows of run(query)) for (const row of rows) all.push(row);
        return { rows: all as R[] };
      },
      async *streamQuery<R>(query: CompiledQuery) {
        for await (const rows of run(query)) yield { rows: rows as R[] };
      },
    };
    return driverOver(connection);
  }
}
