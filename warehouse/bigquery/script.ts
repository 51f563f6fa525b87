import type { Statement } from './dialect.ts';
import { literal } from './sql.ts';

/**
 * Statements as one multi-statement transaction, which a failure rolls back; their parameters get names of their own.
 * One statement is whole by itself, and none is nothing to run.
 */
export function scriptOf(statements: readonly Statement[]): Statement | undefined {
  if (statements.length < 2) return statements[0];
  const parameters: unknown[] = [];
  const texts = statements.map((statement) => {
    const offset = parameters.length;
    parameters.push(...statement.parameters);
    return withParameters(statement, (index) => `@p${index + 1 + offset}`);
  });
  return { sql: `begin transaction;\n${texts.join(';\n')};\ncommit transaction;`, parameters };
}

const withParameters = ({ sql, parameters }: Statement, print: (index: number) => string) =>
  parameters.length === 0 ? sql : sql.replace(/@p(\d+)/g, (_, place) => print(Number(place) - 1));

/** An emulator hands a script's parameters to each of its statements and fails on one that has none. */
export const inlined = (statement: Statement): Statement => ({
  sql: withParameters(statement, (index) => {
    const value = statement.parameters[index];
    return typeof value === 'string' ? literal(value) : String(value);
  }),
  parameters: [],
});
