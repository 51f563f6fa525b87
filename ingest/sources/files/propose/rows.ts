import type { ColumnMapping, TableMapping } from '../mapping.ts';
import { TABLES } from '../tables.ts';
import { YES } from '../values.ts';
import type { Headers } from './headers.ts';
import { INVOICE_TYPES, MEANINGS, SUBSCRIPTION_STATES, UNPAID_SUBSCRIPTIONS, words } from './synonyms.ts';

type Rows = Pick<TableMapping, 'only' | 'without'>;

/**
 * Which rows of a file are of a table, where a column says that some are none: subscriptions that nobody pays for and
 * deals that were not won are neither contracts nor customers; of a ledger, invoices are invoices. What is left out, and why, goes to `doubts`.
 */
export function rowsOf(
  table: string,
  headers: Headers,
  columns: Readonly<Record<string, ColumnMapping>>,
  doubts: string[],
): Rows {
  if (table === 'invoices') return invoiceRows(headers, columns, doubts);
  if (table !== 'contracts' && table !== 'accounts') return {};
  return headers.isOfDeals() ? wonDeals(table, headers, doubts) : subscriptionRows(table, headers, doubts);
}

function wonDeals(table: string, headers: Headers, doubts: string[]): Rows {
  const opportunities = TABLES.find(({ name }) => name === 'opportunities')!;
  const { header } = headers.find(opportunities, 'is_won')!.column;
  doubts.push(`rows whose "${header}" does not say yes are no ${table}`);
  return { only: { [header]: YES } };
}

function subscriptionRows(table: string, headers: Headers, doubts: string[]): Rows {
  const status = headers.helper('subscription_status', ({ distinct }) =>
    [...distinct].every((word) => SUBSCRIPTION_STATES.includes(words(word))),
  );
  if (status === undefined) return {};
  const unpaid = [...status.distinct].filter((word) => UNPAID_SUBSCRIPTIONS.includes(words(word)));
  if (unpaid.length > 0)
    doubts.push(
      `rows whose "${status.header}" is ${unpaid.map((each) => `"${each}"`).join(' or ')} are no ${table}`,
    );
  return { without: { [status.header]: UNPAID_SUBSCRIPTIONS } };
}

function invoiceRows(
  headers: Headers,
  columns: Readonly<Record<string, ColumnMapping>>,
  doubts: string[],
): Rows {
  const isInvoice = (word: string) => INVOICE_TYPES.includes(words(word));
  const type = headers.helper('document_type', ({ distinct }) => [...distinct].some(isInvoice));
  const others = [...(type?.distinct ?? [])].filter((word) => !isInvoice(word));
  if (others.length > 0)
    doubts.push(
      `rows whose "${type?.header}" is ${others.map((each) => `"${each}"`).join(' or ')} are no invoices`,
    );
  const only = type && { only: { [type.header]: [...type.distinct].filter(isInvoice) } };
  const paid = columns.paid_at === undefined ? paidRows(headers, columns) : undefined;
  if (paid !== undefined)
    doubts.push(
      `no column says when invoices were paid, and a payment without its day would count as late: those that are paid (by ${Object.keys(
        paid,
      )
        .map((each) => `"${each}"`)
        .join(' or ')}) are left out, and what is open speaks. Export the payment date too`,
    );
  return { ...only, ...(paid && { without: paid }) };
}

/** By which words or numbers an invoice is seen to be paid. */
function paidRows(
  headers: Headers,
  columns: Readonly<Record<string, ColumnMapping>>,
): Rows['without'] | undefined {
  const paid = ['paid', ...(MEANINGS.invoice_status?.paid ?? [])];
  const status = headers.column(columns.status);
  const balance = headers.openBalance(columns.amount);
  const without = {
    ...(status &&
      [...status.distinct].some((word) => paid.includes(words(word))) && { [status.header]: paid }),
    ...(balance && { [balance.header]: [0] }),
  };
  return Object.keys(without).length === 0 ? undefined : without;
}
