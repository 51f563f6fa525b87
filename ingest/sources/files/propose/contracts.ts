import { monthsIn, timesAYear } from '../formats.ts';
import type { ColumnMapping } from '../mapping.ts';
import { type Headers, headersIn, READABLE } from './headers.ts';
import type { ColumnProfile } from './profile.ts';
import type { Answers, Question } from './proposal.ts';
import { MISLEADING, words } from './synonyms.ts';

type Columns = Record<string, ColumnMapping>;

/**
 * Completes the columns of contracts that no header gives as they are: a year's revenue, the other end of a term, the
 * currency, the key. What is taken though it is not certain goes to `doubts`; gives what only a person can say.
 */
export function completeContracts(
  headers: Headers,
  answers: Answers,
  columns: Columns,
  doubts: string[],
  isTaken: (header: string) => boolean,
): readonly Question[] {
  const sole = (what: string, column: string, fits: (each: ColumnProfile) => boolean) => {
    if (columns[column] !== undefined) return;
    const free = headers.profile.columns.filter(
      (each) =>
        fits(each) &&
        each.filled >= 0.5 * headers.profile.rowCount &&
        !isTaken(each.header) &&
        MISLEADING[words(each.header)] === undefined,
    );
    const [only] = free;
    if (free.length !== 1 || only === undefined) return;
    columns[column] = only.header;
    doubts.push(`"${only.header}" is taken for ${column}, because no other column holds ${what}`);
  };
  if (columns.term_start_date === undefined)
    sole('days', 'term_end_date', ({ days, filled }) => filled > 0 && days >= READABLE * filled);
  const mrr = headers.helper('mrr');
  if (columns.arr === undefined && mrr !== undefined) {
    columns.arr = { from: mrr.header, times: 12 };
    doubts.push(`arr is "${mrr.header}" × 12`);
  }
  sole(
    'money',
    'arr',
    ({ money, numbers, filled }) => filled > 0 && numbers >= READABLE * filled && money > 0,
  );
  const amount = headers.column(columns.arr);
  const interval = headers.helper('interval', ({ distinct }) =>
    [...distinct].every((word) => timesAYear(word) !== undefined),
  );
  // what a contract is worth is not what is paid each time
  const isOfYear = /\barr\b|annual|jahr|jährlich|acv|vertragswert|\b(contract|total) (value|amount)\b/;
  if (amount && interval && typeof columns.arr === 'string' && !isOfYear.test(words(amount.header))) {
    const isWhole = ({ numbers, filled }: ColumnProfile) => numbers === filled;
    // what a plan costs in all is for the whole quantity
    const quantity = /\bplan amount$/.test(words(amount.header))
      ? undefined
      : headers.helper('quantity', isWhole);
    const periods = headers.helper('interval_count', isWhole);
    const times = [...(quantity ? [quantity.header] : []), interval.header];
    columns.arr = { from: amount.header, times, ...(periods && { divided_by: periods.header }) };
    doubts.push(
      `arr is "${amount.header}" × ${times.map((each) => `"${each}"`).join(' × ')} (a month counts 12 times)${periods ? ` ÷ "${periods.header}"` : ''}: compare one of them with its source`,
    );
  } else if (
    amount &&
    /^(amount|value|betrag|vertragswert|contract value|contract amount)$/.test(words(amount.header))
  )
    doubts.push(
      `"${amount.header}" is taken for a year’s revenue: if it is a month’s or a whole term’s, mend contracts.arr`,
    );
  completeCancellation(headers, columns, doubts);
  const questions = completeTerm(headers, answers, columns, doubts);
  completeCurrency(headers, columns);
  completeContractId(headers, columns, doubts);
  return questions;
}

/**
 * Of a system that tells which subscriptions will not renew, the day of a cancellation is the one on which it takes effect: seen
 * by such a word, or by the headers of its exports where no row has the word today.
 */
function completeCancellation(headers: Headers, columns: Columns, doubts: string[]): void {
  const { cancelled_at: cancelled } = columns;
  const status = headers.helper('subscription_status', ({ distinct }) =>
    [...distinct].some((word) => words(word) === 'non renewing'),
  );
  const tells = status ?? headers.header('billing period unit');
  if (tells === undefined || typeof cancelled !== 'string' || columns.cancel_effective_date !== undefined)
    return;
  columns.cancel_effective_date = cancelled;
  delete columns.cancelled_at;
  const because = status
    ? `some that still run have one ("Non Renewing" under "${status.header}")`
    : `exports with "${tells.header}" have it for those that still run too`;
  doubts.push(`"${cancelled}" is taken for the day on which a subscription ends, because ${because}`);
}

function completeTerm(
  headers: Headers,
  answers: Answers,
  columns: Columns,
  doubts: string[],
): readonly Question[] {
  const term = headers.helper('term_months', ({ distinct }) =>
    [...distinct].every((text) => monthsIn(text) !== undefined),
  );
  const months = term?.header ?? answers.termMonths;
  const { term_start_date: start, term_end_date: end } = columns;
  if (start === undefined && typeof end === 'string') {
    columns.term_start_date = { from: end, minus: months ?? 12 };
    if (months === undefined) {
      const ask = `${headers.name()} says when contracts end and not when they began. How many months do they run?`;
      doubts.push(
        `term_start_date is "${end}" less 12 months, because nothing says when terms began: another number with --term-months`,
      );
      return [{ flag: 'term-months', ask, fallback: '12' }];
    }
  }
  if (end === undefined && typeof start === 'string') {
    if (months !== undefined) columns.term_end_date = { from: start, plus: months };
    else {
      const ask = `${headers.name()} says when contracts begin ("${start}") and not when they end. How many months do they run?`;
      return [{ flag: 'term-months', ask }];
    }
  }
  return [];
}

function completeCurrency(headers: Headers, columns: Columns): void {
  const money = headers.column(columns.arr);
  if (columns.currency_code === undefined && money !== undefined && money.currencies.size > 0)
    columns.currency_code = { currency_of: money.header };
}

function completeContractId(headers: Headers, columns: Columns, doubts: string[]): void {
  const own = headers.column(columns.contract_id);
  const isGiven = headers.given('contracts.contract_id') !== undefined;
  if (own !== undefined && (isGiven || headers.tellApart([own.header]))) return;
  if (own !== undefined)
    headers.refused.set(
      own.header,
      'it is not in every row, or not different in each, so it is no contract’s key',
    );
  delete columns.contract_id;
  const [customer] = headersIn(columns.account_id);
  const [end] = headersIn(columns.term_end_date ?? columns.term_start_date);
  if (customer === undefined || end === undefined) return;
  const product = typeof columns.product === 'string' ? [columns.product] : [];
  const [arr] = headersIn(columns.arr);
  const choices = [
    [customer, end],
    [customer, ...product, end],
    [customer, ...product, end, ...(arr ? [arr] : [])],
  ];
  const chosen = choices.find((each) => headers.tellApart(each)) ?? choices[1]!;
  columns.contract_id = { id_of: chosen };
  if (!headers.tellApart(chosen))
    doubts.push(
      `some rows have the same ${chosen.map((each) => `"${each}"`).join(', ')}: of those the last counts. If they are different contracts, add a header to contracts.contract_id that tells them apart`,
    );
}
