import type { Formats } from '../formats.ts';
import type { ColumnProfile } from './profile.ts';
import type { Question } from './proposal.ts';

/** How a file writes something; what it leaves open; what was taken though it is not certain. */
interface Found<Key extends keyof Formats> {
  readonly is?: Formats[Key];
  readonly question?: Question;
  readonly doubt?: string;
}

/** The order of day and month in what is read of a file, or the question that it leaves open. */
export function datesOf(
  file: string,
  columns: readonly ColumnProfile[],
  answer: Formats['dates'],
): Found<'dates'> {
  const seen = (order: 'day_first' | 'month_first' | 'either') =>
    columns.flatMap((column) => {
      const found = column.orders.get(order);
      return found === undefined ? [] : [{ header: column.header, example: found.example }];
    })[0];
  const [day, month, either] = [seen('day_first'), seen('month_first'), seen('either')];
  if (answer !== undefined) return day || month || either ? { is: answer } : {};
  const choices = ['day_first', 'month_first'];
  if (day && month) {
    const ask = `${file} has days of both orders: "${day.example}" (${day.header}) has the day first, "${month.example}" (${month.header}) the month. Which one holds? Days that cannot be read so are left out`;
    return { question: { flag: 'dates', ask, choices } };
  }
  if (day) return { is: 'day_first' };
  if (month) return { is: 'month_first' };
  if (either === undefined) return {};
  const ask = `Is "${either.example}" (${either.header} in ${file}) the day or the month first? Nothing in the file shows it`;
  return { question: { flag: 'dates', ask, choices } };
}

/** The mark before decimals in what is read of a file, or the question that it leaves open, or what was taken for it. */
export function decimalsOf(
  file: string,
  columns: readonly ColumnProfile[],
  answer: Formats['decimals'],
): Found<'decimals'> {
  const seen = (mark: 'point' | 'comma' | 'either') =>
    columns.flatMap((column) => column.marks.get(mark)?.example ?? [])[0];
  const [point, comma, either] = [seen('point'), seen('comma'), seen('either')];
  if (answer !== undefined) return { is: answer };
  if (point && comma) {
    const ask = `${file} has numbers of both kinds: "${point}" and "${comma}". What stands before decimals?`;
    return { question: { flag: 'decimals', ask, choices: ['point', 'comma'] } };
  }
  if (point) return { is: 'point' };
  if (comma) return { is: 'comma' };
  if (either === undefined) return {};
  const doubt = `"${either}" is read as ${either.replaceAll(/[^\d]/g, '')}: its mark groups thousands`;
  return { is: either.includes(',') ? 'point' : 'comma', doubt };
}
