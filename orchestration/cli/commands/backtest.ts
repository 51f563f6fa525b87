import { Command } from '@commander-js/extra-typings';
import { presentModelVersion } from '../../../scoring/index.ts';
import { dateParameter, type IsoDate, type Row } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { requireBuilt, requireDay } from '../../pipeline/built.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';
import { table } from '../../runtime/print.ts';
import { configOf, show, verb } from '../context.ts';

/** The headline metrics of the last backtest, or of that of a day, all segments together. */
const backtestTable = (config: Config, asOfDate?: IsoDate): Promise<Row[]> =>
  reading(config, async (warehouse) => {
    await requireBuilt(warehouse, ['marts.fct_backtest_metrics', 'intermediate.int_scores__model_version']);
    if (asOfDate !== undefined) await requireDay(warehouse, 'marts.fct_backtest_metrics', asOfDate);
    return warehouse.db
      .selectFrom('marts.fct_backtest_metrics')
      .select([
        'model_version',
        'unit',
        'horizon_days',
        'metric',
        'value',
        'n',
        'ci_low',
        'ci_high',
        'verdict',
      ])
      .where('segment', '=', 'all')
      .$if(asOfDate !== undefined, (query) => query.where('as_of_date', '=', dateParameter(asOfDate!)))
      .where('model_version', '=', await presentModelVersion(warehouse))
      .orderBy('unit')
      .orderBy('horizon_days')
      .orderBy('metric')
      .execute();
  });

export const backtestVerb = () =>
  verb(new Command('backtest').description('how well the score foretold what happened')).action(
    async (options) => {
      const rows = await backtestTable(await configOf(options.config, 'backtest'), options.asOf);
      const columns = ['unit', 'horizon_days', 'metric', 'value', 'ci_low', 'ci_high', 'n', 'verdict'];
      show(options, { value: rows, text: table(columns, rows) });
    },
  );
