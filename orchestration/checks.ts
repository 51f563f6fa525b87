import type { Row } from '../warehouse/index.ts';
import type { Config } from './config.ts';
import { query } from './query.ts';

/** The checks of the latest day, red ones first. */
export async function redChecks(config: Config): Promise<Row[]> {
  const { rows } = await query(
    config,
    `select check_id, as_of_date, value, red_line, is_red, n
     from marts.fct_checks
     where as_of_date = (select max(as_of_date) from marts.fct_checks)
     order by is_red desc, check_id`,
  );
  return rows;
}
