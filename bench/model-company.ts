import type { Warehouse } from '../warehouse/index.ts';

/** A made-up company's book, the same for the same arguments, and the days whose facts are written. */
export interface BenchCompany {
  readonly accounts: number;
  /** First day of history, and first and last day of the facts to write (ISO dates). */
  readonly start: string;
  readonly from: string;
  readonly to: string;
}

/** A number in [0, 1) that depends on its arguments alone. */
const random = (...parts: (string | number)[]) => `(hash(${parts.join(', ')}) % 1000003 / 1000003.0)`;

/**
 * One row per account: since when it is a customer, when it leaves (one in twelve at each anniversary), its size and how
 * lively it is. Three in ten joined after the start of history.
 */
const book = ({ accounts, start }: BenchCompany) => `
  with born as (
    select
      i,
      'acc-' || lpad(i::varchar, 6, '0') as account_id,
      date '${start}' + cast(${random('i', 1)} * 1200 - 840 as integer) as created_date,
      0.2 + 0.8 * ${random('i', 2)} as liveliness,
      2 + cast(floor(12 * ${random('i', 3)}) as integer) as users,
      round(3000 * exp(4 * ${random('i', 4)} * ${random('i', 5)}), 2) as arr,
      ${random('i', 6)} < 0.3 as auto_renew
    from range(1, ${accounts} + 1) as numbers (i)
  )
  select
    born.*,
    (
      select min(created_date + to_years(n::integer))::date
      from range(1, 6) as years (n)
      where ${random('i', 7, 'n')} < 1 / 12.0
    ) as churn_date
  from born`;

/** The statements that write the accounts and contracts, once. */
const bookStatements = () => [
  `insert into raw.book__accounts by name
   select account_id, 'Account ' || i as name, 'csm-' || i % 40 as owner_id, created_date as created_at,
     case when i % 20 = 0 then 'acc-' || lpad((i - 1)::varchar, 6, '0') end as parent_account_id,
     false as is_acquired, created_date + 60 as onboarded_at, created_date as updated_at
   from book`,
  `insert into raw.book__users by name
   select 'csm-' || i as user_id, 'csm-' || i || '@ours.example' as email, 'CSM ' || i as name, 'csm' as role, true as is_active
   from range(40) as numbers (i)`,
  // Annual contracts, each naming the one before it in half of the accounts; or one that renews itself until cancelled.
  `insert into raw.book__contracts by name
   select 'con-' || i || '-' || n as contract_id, account_id, 'USD' as currency_code,
     (created_date + to_years(n::integer))::date as term_start_date,
     (created_date + to_years(n::integer + 1))::date as term_end_date,
     round(arr * (1 + n * (${random('i', 8, 'n')} - 0.3) / 3), 2) as arr,
     users + 3 as seats, 'core' as product, auto_renew, 30 as notice_days,
     case when n > 0 and i % 2 = 0 then 'con-' || i || '-' || (n - 1) end as previous_contract_id,
     case when auto_renew then churn_date - 45 end as cancelled_at,
     case when auto_renew then churn_date end as cancel_effective_date,
     (created_date + to_years(n::integer))::date - 20 as updated_at
   from book cross join range(6) as years (n)
   where
     (not auto_renew or n = 0)
     and (churn_date is null or (created_date + to_years(n::integer))::date < churn_date)`,
  `insert into raw.book__contracts by name
   select 'add-' || i as contract_id, account_id, 'USD' as currency_code, created_date + 100 as term_start_date,
     created_date + 465 as term_end_date, round(arr / 4, 2) as arr, 2 as seats, 'addon' as product, true as auto_renew,
     churn_date - 45 as cancelled_at, churn_date as cancel_effective_date, created_date + 90 as updated_at
   from book where i % 5 = 0`,
  `insert into raw.book__contacts by name
   select 'p-' || i || '-' || n as contact_id, account_id, 'p' || i || '-' || n || '@customer.example' as email,
     n = 1 as is_exec_sponsor, n = 2 as is_champion, true as has_consent,
     case when ${random('i', 9, 'n')} < 0.1 then created_date + 500 end as left_at, created_date as updated_at
   from book cross join range(1, 4) as numbers (n)`,
  `insert into raw.book__licensed_features by name
   select account_id, 'feature-' || n as feature, created_date as valid_from
   from book cross join range(8) as numbers (n) where ${random('i', 10, 'n')} < 0.75`,
];

/** The statements that write what happened on the days of `account_days`, up to `to`, after which it was landed. */
const factStatements = (to: string) => [
  // A few people a day, each with one or two features; one row in fifty arrives a day or two late.
  `insert into raw.book__usage_events by name
   select account_id,
     case when u = 1 and i % 5 = 0 then 'p-' || i || '-1' else 'u-' || i || '-' || u end as user_id,
     d + to_seconds(cast(86000 * ${random('i', 'd', 'u', 11)} as integer)) as event_at,
     'feature-' || hash(i, d, u, f, 12) % 8 as feature, 1 + hash(i, d, u, f, 13) % 20 as event_count,
     case when ${random('i', 'd', 14)} < 0.02 then d + to_days(cast(1 + hash(i, d) % 2 as integer)) + to_hours(3) end as known_at,
     timestamp '${to}' + interval 26 hours as _airbyte_extracted_at
   from account_days
   cross join range(1, 14) as people (u)
   cross join range(2) as uses (f)
   where
     u <= users
     and ${random('i', 'd', 'u', 15)} < liveliness * case when isodow(d) < 6 then 0.8 else 0.15 end
     and (f = 0 or ${random('i', 'd', 'u', 16)} < 0.5)`,
  `insert into raw.book__meetings by name
   select 'm-' || i || '-' || d as meeting_id, account_id, case when (d - created_date) % 90 = 45 then 'qbr' else 'sponsor' end as type,
     d + to_hours(10) as scheduled_at,
     case when ${random('i', 'd', 17)} < 0.7 then 'attended' when ${random('i', 'd', 17)} < 0.85 then 'missed' else 'recap' end as status,
     to_json(['p-' || i || '-' || (1 + hash(i, d, 18) % 3)]) as contact_ids, d + to_hours(12) as updated_at
   from account_days where (d - created_date) % 90 in (45, 75)`,
  `insert into raw.book__emails by name
   select 'e-' || i || '-' || d as email_id, account_id, 'p-' || i || '-' || (1 + hash(i, d, 19) % 3) as contact_id,
     d + to_hours(9) as sent_at, case when ${random('i', 'd', 20)} < 0.7 then 'out' else 'in' end as direction,
     case when ${random('i', 'd', 20)} < 0.5 then d + to_hours(cast(10 + 100 * ${random('i', 'd', 21)} as integer)) end as replied_at,
     d + to_hours(9) as updated_at
   from account_days where ${random('i', 'd', 22)} < 0.1`,
  `insert into raw.book__tickets by name
   select 't-' || i || '-' || d as ticket_id, account_id, d + to_hours(11) as created_at,
     d + to_hours(cast(12 + 200 * ${random('i', 'd', 23)} as integer)) as solved_at,
     case when ${random('i', 'd', 24)} < 0.1 then d + to_hours(30) end as escalated_at, 'normal' as priority,
     1 + hash(i, d, 25) % 5 as csat, d + to_hours(11) as updated_at
   from account_days where ${random('i', 'd', 26)} < 0.04`,
  `insert into raw.book__invoices by name
   select 'i-' || i || '-' || d as invoice_id, account_id, d as issued_at, d + 30 as due_date,
     case when ${random('i', 'd', 27)} < 0.97 then d + to_days(cast(5 + 60 * pow(${random('i', 'd', 28)}, 2) as integer)) end as paid_at,
     arr / 4 as amount, case when ${random('i', 'd', 27)} < 0.97 then 'paid' else 'open' end as status, d as updated_at
   from account_days where (d - created_date) % 91 = 0`,
  `insert into raw.book__sentiments by name
   select account_id, ['green', 'green', 'yellow', 'red'][cast(1 + hash(i, d, 29) % 4 as integer)] as sentiment, d + to_hours(15) as set_at,
     'csm-' || i % 40 as set_by
   from account_days where (d - created_date) % 60 = 20`,
  `insert into raw.book__overrides by name
   select account_id, case when hash(i, d, 30) % 2 = 0 then 'up' else 'down' end as direction, 'known better' as reason,
     'csm-' || i % 40 as author, d + to_hours(16) as set_at
   from account_days where i % 100 = 7 and (d - created_date) % 200 = 100`,
];

const LANDED_AS = `_airbyte_extracted_at = coalesce(_airbyte_extracted_at, timestamp '2020-01-01')`;

/**
 * Writes the facts of the days `from` … `to` into the raw tables of the source `book` (made by a sync of empty files),
 * and with the first days the accounts and contracts. About 3 usage rows an account and day.
 */
export async function fillCompany(warehouse: Warehouse, company: BenchCompany): Promise<void> {
  await warehouse.query(`create or replace temp table book as ${book(company)}`);
  await warehouse.query(
    `create or replace temp view account_days as
     select book.*, days.d::date as d
     from book cross join range(timestamp '${company.from}', timestamp '${company.to}' + interval 1 day, interval 1 day) as days (d)
     where days.d::date >= created_date and (churn_date is null or days.d::date < churn_date)`,
  );
  const isFirst = company.from <= company.start;
  for (const statement of [...(isFirst ? bookStatements() : []), ...factStatements(company.to)])
    await warehouse.query(statement);
  for (const table of ['accounts', 'contracts', 'contacts', 'meetings', 'emails', 'tickets', 'invoices'])
    await warehouse.query(`update raw.book__${table} set ${LANDED_AS} where _airbyte_extracted_at is null`);
}
